import ArgumentParser
import NodeService

/// `suture invite`.
struct Invite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Invite a device into the group.",
        discussion: """
            Prints a text for one device, good for 24 hours and for one use; it is carried like a password. Both sides then show \
            a code of eight digits; an administrator compares them on the phone and admits the device (suture member admit). For \
            set-up without anybody watching, --pre-approved lets in whoever has the text first. This node must be running and \
            reachable.

            Example:
              suture invite --kind office --office belair
              suture invite --kind laptop --pre-approved
              suture invite --list
              suture invite --cancel 1f2e3d4c
            """)

    @OptionGroup var node: NodeOptions

    @Option(help: ArgumentHelp("What kind of device: office, laptop or relay.", valueName: "kind"))
    var kind: String?

    @Option(help: ArgumentHelp("The office whose node it will be.", valueName: "key"))
    var office: String?

    @Flag(name: .customLong("pre-approved"), help: "Let the device in without codes being compared.")
    var isPreApproved = false

    @Flag(help: "Show the invitations that this node made, those of the last day that have ended included.")
    var list = false

    @Option(help: ArgumentHelp("Take an invitation back that nobody has used.", valueName: "id"))
    var cancel: String?

    @OptionGroup var actor: ActorOption

    func validate() throws {
        let tasks = (kind == nil ? 0 : 1) + (list ? 1 : 0) + (cancel == nil ? 0 : 1)
        if tasks != 1 { throw ValidationError("give one of --kind (to invite), --list and --cancel") }
        if kind == nil && (office != nil || isPreApproved) {
            throw ValidationError("--office and --pre-approved belong to an invitation: give --kind too")
        }
    }

    func run() async throws {
        if list { return try await showAll() }
        if let cancel { return try await takeBack(cancel) }
        let answer = try await node.ask(
            "invite",
            [
                "kind": .optional(kind), "office": .optional(office), "pre-approved": .bool(isPreApproved),
                "as": .optional(actor.staff),
            ])
        let next =
            isPreApproved
            ? "Whoever has this text first is let in without another question."
            : "The device then shows a code. Compare it and let the device in: suture member pending"
        node.show(answer) { _ in
            """
            \(answer.text("invitation"))

            On the new device, within 24 hours (the text works once):
              suture join TEXT --data ./suture-data --name NAME
            \(next)

            """
        }
    }

    private func takeBack(_ id: String) async throws {
        let answer = try await node.ask("invitation-cancel", ["id": .string(id), "as": .optional(actor.staff)])
        node.show(answer) { _ in "the invitation \(PrintableText.oneLine(id)) lets nobody in any more\n" }
    }

    private func showAll() async throws {
        let answer = try await node.ask("invitations")
        node.show(answer) { terminal in
            let invitations = answer.list("invitations")
            if invitations.isEmpty { return "no invitations\n" }
            let now = answer.moment("now") ?? 0
            var table = TextTable([
                .init("invitation", widthMin: 8, priority: 5), .init("kind", widthMin: 6, priority: 3),
                .init("office", widthMin: 6, priority: 2), .init("stage", widthMin: 8, priority: 4),
                .init("ends", widthMin: 9, priority: 1), .init("device", widthMin: 8, isFlexible: true, priority: 3),
            ])
            for invitation in invitations {
                table.add([
                    .init(invitation.text("id"), .accent), .init(invitation.text("kind")), .init(invitation.text("office")),
                    .init(invitation.text("stage") + (invitation.flag("preApproved") ? ", pre-approved" : "")),
                    .init(invitation.moment("expires").map { RelativeTime.of($0, now: now) } ?? ""),
                    .init(invitation.text("name")),
                ])
            }
            return table.text(in: terminal)
        }
    }
}
