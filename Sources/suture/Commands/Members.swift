import ArgumentParser
import NodeService

/// `suture member`.
struct Members: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "Members: the devices that share the inbox, and their keys.",
        discussion: """
            A device that was invited shows a code, and so does the node that invited it. An administrator compares the two on \
            the phone and lets the device in: suture member pending, suture member admit osei-laptop --code 12345678.

            A stolen laptop: suture member revoke laptop --reason "stolen from a car". It is spoken to no more, a new key is \
            made for the others, and what it wrote that this node did not have is set aside for review. What it had read it \
            still has: think of the passphrase and of who must be told.
            """,
        subcommands: [
            List.self, Pending.self, Admit.self, Decline.self, Revoke.self, Retire.self, Rotate.self, Role.self, Office.self,
            Policy.self,
        ],
        defaultSubcommand: List.self)

    /// `suture member list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show members, and those who were removed.", discussion: "Example: suture member list")

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("members")
            node.show(answer) { MembersView(answer: answer, terminal: $0).text }
        }
    }

    /// `suture member revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shut a device out at once, and make a new key for the others.",
            discussion: "Example: suture member revoke laptop --reason \"stolen from a car\"")

        @OptionGroup var removal: RemovalOptions
        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("member-revoke", removal.arguments(actor))
            node.show(answer) { _ in
                "'\(removal.member)' is shut out, and a new key is in use\nlook at what it wrote last: suture quarantine list\n"
            }
        }
    }

    /// `suture member retire`.
    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a device go in good order, when it has synced.",
            discussion: "Example: suture member retire old-laptop --reason \"replaced\"")

        @OptionGroup var removal: RemovalOptions
        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("member-retire", removal.arguments(actor))
            node.show(answer) { _ in "'\(removal.member)' is a member no longer\n" }
        }
    }

    /// `suture member rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new key for all members.",
            discussion: "It happens by itself every 30 days and with each removal.\nExample: suture member rotate")

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("member-rotate", ["as": .optional(actor.staff)])
            node.show(answer) { _ in "a new key is in use\n" }
        }
    }

    /// `suture member role`.
    struct Role: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a device an administrator's, or not.",
            discussion: "Example: suture member role belair --administrator --office belair")

        @Argument(help: "The member's name.")
        var member: String

        @Flag(inversion: .prefixedNo, help: "Whether it may admit and remove members.")
        var administrator: Bool

        @Option(
            name: .customLong("office"),
            help: ArgumentHelp("For devices of which office it may act; may be repeated. All without it.", valueName: "key"))
        var offices: [String] = []

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask(
                "member-role",
                [
                    "member": .string(member), "administrator": .bool(administrator), "offices": .optional(offices),
                    "as": .optional(actor.staff),
                ])
            node.show(answer) { _ in "'\(member)' is \(administrator ? "an" : "no") administrator\n" }
        }
    }

    /// `suture member office`.
    struct Office: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move a device to another office.", discussion: "Example: suture member office tablet --to belair")

        @Argument(help: "The member's name.")
        var member: String

        @Option(name: .customLong("to"), help: ArgumentHelp("The office; none without it.", valueName: "key"))
        var office: String?

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask(
                "member-office", ["member": .string(member), "office": .optional(office), "as": .optional(actor.staff)])
            node.show(answer) { _ in "'\(member)' belongs to \(office.map { "office '\($0)'" } ?? "no office")\n" }
        }
    }

    /// `suture member policy`.
    struct Policy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what the group demands of its nodes.",
            discussion: "Example: suture member policy --epoch-days 14 --contact-days 30")

        @Option(help: ArgumentHelp("A new key at the latest after so many days.", valueName: "days"))
        var epochDays: Int?

        @Option(help: ArgumentHelp("A laptop that met no office for so many days closes until it has.", valueName: "days"))
        var contactDays: Int?

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask(
                "policy",
                [
                    "epochDays": epochDays.map { .int($0) } ?? .null, "contactDays": contactDays.map { .int($0) } ?? .null,
                    "as": .optional(actor.staff),
                ])
            node.show(answer) { _ in "the policy is written\n" }
        }
    }
}

/// What removing a member needs.
struct RemovalOptions: ParsableArguments {
    @Argument(help: "The member's name, or the beginning of its id.")
    var member: String

    @Option(help: ArgumentHelp("Why, for the record. No patient's words.", valueName: "text"))
    var reason: String

    func arguments(_ actor: ActorOption) -> [String: JSONValue] {
        ["member": .string(member), "reason": .string(reason), "as": .optional(actor.staff)]
    }
}
