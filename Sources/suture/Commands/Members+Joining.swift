import ArgumentParser
import NodeService

extension Members {
    /// `suture member pending`.
    struct Pending: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the devices that wait to be let in, with their codes.",
            discussion: "Ask at the node that made the invitation.\n\nExample: suture member pending")

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("member-pending")
            node.show(answer) { terminal in
                let pending = answer.list("pending")
                if pending.isEmpty { return "no device waits to be let in\n" }
                let now = answer.moment("now") ?? 0
                var table = TextTable([
                    .init("device", widthMin: 8, isFlexible: true, priority: 5), .init("code", widthMin: 9, priority: 6),
                    .init("kind", widthMin: 6, priority: 3), .init("office", widthMin: 6, priority: 2),
                    .init("since", widthMin: 9, priority: 1),
                ])
                for device in pending {
                    let code = device["code"]?.string.map { "\($0.prefix(4)) \($0.suffix(4))" }
                    table.add([
                        .init(device.text("name"), .accent), .init(code ?? "not known yet"), .init(device.text("kind")),
                        .init(device.text("office")),
                        .init(device.moment("since").map { RelativeTime.of($0, now: now) } ?? ""),
                    ])
                }
                return table.text(in: terminal)
                    + "Let the code be read to you from the device's screen: suture member admit NAME --code CODE\n"
            }
        }
    }

    /// `suture member admit`.
    struct Admit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a device in whose code was compared.",
            discussion: """
                The code is the one that the device's screen shows, read by whoever sits before it. If it is not the one that \
                this node has, nothing is changed.

                Example: suture member admit osei-laptop --code 12345678
                """)

        @Argument(help: "The name that the device asks for.")
        var name: String

        @Option(help: ArgumentHelp("The eight digits on the device's screen.", valueName: "digits"))
        var code: String

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func validate() throws {
            let digits = code.filter { !$0.isWhitespace && $0 != "-" }
            guard digits.count == 8, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
                throw ValidationError("--code: expected the eight digits that the device shows, such as 12345678")
            }
        }

        func run() async throws {
            let answer = try await node.ask(
                "member-admit", ["name": .string(name), "code": .string(code), "as": .optional(actor.staff)])
            node.show(answer) { _ in "'\(PrintableText.oneLine(name))' is a member now\n" }
        }
    }

    /// `suture member decline`.
    struct Decline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Do not let a device in; its invitation ends.", discussion: "Example: suture member decline osei-laptop")

        @Argument(help: "The name that the device asks for.")
        var name: String

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("member-decline", ["name": .string(name), "as": .optional(actor.staff)])
            node.show(answer) { _ in "'\(PrintableText.oneLine(name))' was not let in\n" }
        }
    }
}
