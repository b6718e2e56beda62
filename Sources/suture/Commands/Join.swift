import ArgumentParser
import ChangeLog
import Glibc
import NodeService
import OfficeNode

/// `suture join`.
struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Join a group with an invitation.",
        discussion: """
            Example:
              suture join suture-join-CAESI... --data ./belair --name belair --endpoint tcp://belair.example.net:7400
              suture join - --data ./laptop --name osei-laptop    reads the text from standard input

            The node that made the invitation must be running. Unless the invitation is pre-approved, this device shows a code: \
            read it to an administrator, who lets the device in. The command waits; cut short, it goes on when it is run again.
            """)

    @Argument(help: "The invitation's text, or - for standard input.")
    var text: String

    @OptionGroup var node: NodeOptions

    @Option(help: ArgumentHelp("This node's name: lower-case letters, digits and hyphens.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("Where the others reach this node, if they can.", valueName: "tcp://host:port"))
    var endpoint: String?

    @Option(help: ArgumentHelp("How long to try to reach the inviting node, in seconds.", valueName: "seconds"))
    var timeout = 20

    @OptionGroup var sealing: SealOptions
    @Option(help: ArgumentHelp("How long to wait for the administrator, in seconds.", valueName: "seconds"))
    var patience = 600

    func validate() throws {
        try MemberArguments.check(name: name, endpoint: endpoint)
        if !(1...3600).contains(timeout) { throw ValidationError("--timeout: expected 1 to 3600 seconds") }
        if !(1...86_400).contains(patience) { throw ValidationError("--patience: expected 1 to 86400 seconds") }
    }

    func run() async throws {
        umask(0o077)
        let invitation = try Invitation(text: try MessageText.read(text))
        let folder = try node.dataDirectory()
        try Joining.join(
            dataDirectory: folder, invitation: invitation, name: name, endpoint: endpoint ?? "",
            timeout: .seconds(timeout), patience: .seconds(patience), keeping: try sealing.choice(for: folder),
            passphrase: sealing.passphrase.source(choosing: true)
        ) { code in
            if node.json {
                // A line of its own, before the answer: whoever reads it can show it.
                StandardOutput.write(JSONValue.object(["code": .string(code.digits)]).oneLine + "\n")
            } else {
                StandardOutput.write(
                    "code: \(code)\nRead it to the administrator who invited this device, and ask them to compare it.\n")
            }
        }
        let answer: JSONValue = [
            "group": .string(invitation.groupName), "name": .string(name), "kind": .string(invitation.kind.name),
            "data": .string(folder),
        ]
        node.show(answer) { _ in
            """
            joined \(PrintableText.oneLine(invitation.groupName)) as '\(name)' (\(invitation.kind.name))
            its replica and its secret keys are in \(folder): they belong to this node alone
            \(sealing.explanation(for: folder))
            start it: suture run --data \(folder)

            """
        }
    }
}
