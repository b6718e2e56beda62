import ArgumentParser
import Glibc
import NodeService
import OfficeNode

/// `suture init`.
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Found a group: make its first node.",
        discussion: """
            Example:
              suture init --data ./towson --group "Chesapeake Oral Surgery" --name towson \\
                --office towson:Towson:America/New_York --endpoint tcp://towson.example.net:7400

            The other nodes join by invitation (suture invite, suture join). The folder then holds this member's keys:
            it belongs to one node and is never copied to another. It is sealed: by default with a key in a file beside it, \
            with --seal passphrase under one that is asked for at each start.
            """)

    @OptionGroup var node: NodeOptions

    @Option(help: ArgumentHelp("The practice group's name.", valueName: "name"))
    var group: String

    @Option(help: ArgumentHelp("This node's name: lower-case letters, digits and hyphens.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("The office whose node this is: its key, name and IANA time zone.", valueName: "key:name:zone"))
    var office: String?

    @Option(help: ArgumentHelp("Where the others reach this node, if that is known already.", valueName: "tcp://host:port"))
    var endpoint: String?

    @Option(
        name: .customLong("recovery-key"),
        help: ArgumentHelp("A recovery signer's key, as `suture recover key` made it; may be repeated.", valueName: "key"))
    var recoveryKeys: [String] = []

    @Option(help: ArgumentHelp("How many recovery signers must sign. Default: more than half.", valueName: "count"))
    var recoveryThreshold: Int?

    /// Who can appoint an administrator when the last one is lost.
    private var recovery: RecoverySigners {
        get throws {
            let signers = try recoveryKeys.map { try RecoveryKey.signer($0) }
            return RecoverySigners(signers: signers, threshold: recoveryThreshold ?? (signers.isEmpty ? 0 : signers.count / 2 + 1))
        }
    }
    @OptionGroup var sealing: SealOptions

    func validate() throws {
        do { _ = try recovery } catch { throw ValidationError("--recovery-key: \(error)") }
        try MemberArguments.check(name: name, endpoint: endpoint)
        if group.allSatisfy(\.isWhitespace) { throw ValidationError("--group: the group needs a name") }
        if let office { _ = try Self.parts(ofOffice: office) }
    }

    func run() async throws {
        umask(0o077)
        let folder = try node.dataDirectory()
        let office = try office.map { try Self.parts(ofOffice: $0) }
        try Joining.found(
            dataDirectory: folder, groupName: group, name: name,
            office: office.map { OfficeFounding(key: $0.key, name: $0.name, timeZone: $0.zone) }, endpoint: endpoint ?? "",
            recovery: try recovery, keeping: try sealing.choice(for: folder), passphrase: sealing.passphrase.source(choosing: true))
        let answer: JSONValue = [
            "group": .string(group), "name": .string(name), "data": .string(folder), "office": .optional(office?.key),
        ]
        node.show(answer) { _ in
            """
            founded \(PrintableText.oneLine(group)) with this node as '\(name)'
            its replica and its secret keys are in \(folder): they belong to this node alone
            \(sealing.explanation(for: folder))
            start it: suture run --data \(folder) --listen tcp://0.0.0.0:7400 --advertise tcp://HOST:7400

            """
        }
    }

    /// The parts of `--office`. Names may hold colons; keys and zones do not.
    private static func parts(ofOffice text: String) throws -> (key: String, name: String, zone: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 3, let key = parts.first, let zone = parts.last, !key.isEmpty, !zone.isEmpty else {
            throw ValidationError("--office: expected key:name:zone, such as towson:Towson:America/New_York")
        }
        let name = parts.dropFirst().dropLast().joined(separator: ":")
        guard !name.isEmpty else { throw ValidationError("--office: the name between the colons is empty") }
        try TimeZoneArgument.check(zone, option: "--office")
        return (key, name, zone)
    }
}

/// What `init` and `join` ask about this node.
enum MemberArguments {
    static func check(name: String, endpoint: String?) throws {
        guard Member.isValidName(name) else {
            throw ValidationError(
                "--name: 1 to 40 lower-case letters, digits and hyphens, beginning with a letter, such as towson")
        }
        if let endpoint, !NodeConfiguration.isDialEndpoint(endpoint) {
            throw ValidationError(
                "--endpoint: expected tcp://host:port that the others can dial, such as tcp://towson.example.net:7400")
        }
    }
}

/// IANA time zones by name.
enum TimeZoneArgument {
    private static let database = "/usr/share/zoneinfo"

    /// Throws where the system's time zone database has no such zone. Where there is no database, names are taken as they are.
    static func check(_ zone: String, option: String) throws {
        let isPlain = zone.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/_+-".contains($0)) }
        guard isPlain, zone.first?.isLetter == true,
            access("\(database)/\(zone)", F_OK) == 0 || access(database, F_OK) != 0
        else {
            throw ValidationError("\(option): there is no time zone '\(zone)': expected one such as America/New_York")
        }
    }
}
