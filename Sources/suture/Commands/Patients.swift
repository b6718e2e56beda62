import ArgumentParser
import NodeService

/// `suture patient`.
struct Patients: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patient", abstract: "Patients' records.",
        discussion: "Example: suture patient list lopez",
        subcommands: [List.self, Add.self, Edit.self, Agree.self], defaultSubcommand: List.self)

    /// `suture patient list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show patients.", discussion: "Example: suture patient list lopez")

        @Argument(help: "Part of a name; all patients without it.")
        var name: String?

        @OptionGroup var node: NodeOptions

        @Option(help: ArgumentHelp("How many at most.", valueName: "count"))
        var limit = 50

        func run() async throws {
            let answer = try await node.ask("patients", ["text": .optional(name), "limit": .int(limit)])
            node.show(answer) { terminal in
                let patients = answer.list("patients")
                if patients.isEmpty { return "no patients\n" }
                var table = TextTable([
                    .init("name", widthMin: 12, isFlexible: true, priority: 5), .init("born", widthMin: 10, priority: 4),
                    .init("phone", widthMin: 12, priority: 3), .init("language", widthMin: 5, priority: 1),
                    .init("reached by", widthMin: 6, priority: 1), .init("office", widthMin: 6, priority: 1),
                    .init("id", widthMin: 32, priority: 2),
                ])
                for patient in patients {
                    let mark = patient.flag("conflicted") ? " (two versions)" : ""
                    table.add([
                        .init(patient.text("name") + mark), .init(patient.text("born")), .init(patient.text("phone")),
                        .init(patient.text("language")), .init(patient.text("channel")), .init(patient.text("office")),
                        .init(patient.text("id"), .dim),
                    ])
                }
                return table.text(in: terminal)
            }
        }
    }

    /// What a record holds.
    struct Details: ParsableArguments {
        @Option(help: ArgumentHelp("Birth date.", valueName: "YYYY-MM-DD"))
        var born: String?

        @Option(help: ArgumentHelp("Telephone number.", valueName: "number"))
        var phone: String?

        @Option(help: ArgumentHelp("E-mail address.", valueName: "address"))
        var email: String?

        @Option(help: ArgumentHelp("Language, such as en or es.", valueName: "tag"))
        var language: String?

        @Option(help: ArgumentHelp("How they want to be reached: portal, sms, email, phone, desk.", valueName: "channel"))
        var channel: String?

        @Option(help: ArgumentHelp("Their usual office.", valueName: "key"))
        var office: String?

        var arguments: [String: JSONValue] {
            [
                "born": .optional(born), "phone": .optional(phone), "email": .optional(email),
                "language": .optional(language), "channel": .optional(channel), "office": .optional(office),
            ]
        }
    }

    /// `suture patient add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a patient.",
            discussion: "Example: suture patient add \"Maria Lopez\" --born 1984-12-14 --phone 410-555-0101 --office towson")

        @Argument(help: "The full name.")
        var name: String

        @OptionGroup var details: Details
        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let arguments: [String: JSONValue] = ["name": .string(name), "as": .optional(actor.staff)]
            let answer = try await node.ask("patient-put", arguments.merging(details.arguments) { $1 })
            node.show(answer) { _ in "added patient \(answer.text("patient"))\n" }
        }
    }

    /// `suture patient edit`.
    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a patient's details; what is not named stays.",
            discussion: "Example: suture patient edit \"Maria Lopez\" --phone 410-555-0102")

        @Argument(help: "The patient: a name that only one has, or the id.")
        var patient: String

        @Option(help: ArgumentHelp("The full name.", valueName: "name"))
        var name: String?

        @OptionGroup var details: Details
        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let arguments: [String: JSONValue] = [
                "patient": .string(patient), "name": .optional(name), "as": .optional(actor.staff),
            ]
            let answer = try await node.ask("patient-put", arguments.merging(details.arguments) { $1 })
            node.show(answer) { _ in "changed patient \(answer.text("patient"))\n" }
        }
    }

    /// `suture patient consent`.
    struct Agree: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "consent", abstract: "Record that a patient agrees to be contacted, or withdraws.",
            discussion: "Example: suture patient consent \"Maria Lopez\" --channel sms --purpose reminders --no-agreed")

        @Argument(help: "The patient: a name that only one has, or the id.")
        var patient: String

        @Option(help: ArgumentHelp("By which channel: portal, sms, email, phone, desk.", valueName: "channel"))
        var channel: String

        @Option(help: ArgumentHelp("For what: care, reminders, billing.", valueName: "purpose"))
        var purpose: String

        @Flag(inversion: .prefixedNo, exclusivity: .exclusive, help: "Whether the patient agrees.")
        var agreed: Bool

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask(
                "consent",
                [
                    "patient": .string(patient), "channel": .string(channel), "purpose": .string(purpose),
                    "granted": .bool(agreed), "as": .optional(actor.staff),
                ])
            node.show(answer) { _ in "recorded\n" }
        }
    }
}
