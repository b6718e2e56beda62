import ArgumentParser
import NodeService

/// `suture invite`.
struct Invite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Invite a device into the group.",
        discussion: """
            Prints a text for one device, good for 24 hours and for one use. Whoever has it can join, so it is carried like \
            a password: by hand, by phone, by a channel that is trusted. This node must be running and reachable.

            Example:
              suture invite --kind office --office belair
              suture invite --kind laptop
            """)

    @OptionGroup var node: NodeOptions

    @Option(help: ArgumentHelp("What kind of device: office, laptop or relay.", valueName: "kind"))
    var kind: String

    @Option(help: ArgumentHelp("The office whose node it will be.", valueName: "key"))
    var office: String?

    @OptionGroup var actor: ActorOption

    func run() async throws {
        let answer = try await node.ask(
            "invite", ["kind": .string(kind), "office": .optional(office), "as": .optional(actor.staff)])
        node.show(answer) { _ in
            """
            \(answer.text("invitation"))

            On the new device, within 24 hours (the text works once):
              suture join TEXT --data ./suture-data --name NAME

            """
        }
    }
}
