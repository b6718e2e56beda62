import InboxModel
import OfficeNode

extension ControlVerb {
    /// How a thread is filed, when it is due, and how it ends.
    static let fieldVerbs: [String: ControlVerb] = [
        "category": ControlVerb(["thread", "category", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { lookup in
                .setCategory(try lookup.category(arguments.requiredText("category")))
            }
        },
        "priority": ControlVerb(["thread", "priority", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .setPriority(try arguments.requiredWord("priority")) }
        },
        "review": ControlVerb(["thread", "review", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .setReview(try arguments.requiredFlag("review")) }
        },
        "tag": ControlVerb(["thread", "tag", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .tag(try arguments.requiredText("tag")) }
        },
        "untag": ControlVerb(["thread", "tag", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .untag(try arguments.requiredText("tag")) }
        },
        "snooze": ControlVerb(["thread", "until", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .snooze(until: try arguments.moment("until")) }
        },
        "due": ControlVerb(["thread", "due", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .setDue(try arguments.moment("due")) }
        },
        "move": ControlVerb(["thread", "office", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { lookup in
                .move(try lookup.office(arguments.requiredText("office")))
            }
        },
        "language": ControlVerb(["thread", "language", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .setLanguage(try arguments.requiredText("language")) }
        },
        "merge": ControlVerb(["thread", "into", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { lookup in
                .merge(into: try arguments.text("into").map { name throws in try lookup.thread(name) })
            }
        },
        "split": ControlVerb(["thread", "messages", "into", "category", "office", "subject", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { lookup in try ControlHandler.split(arguments, lookup) }
        },
        "share": ControlVerb(["thread", "with", "days", "as", "shown"]) { handler, arguments in
            let most = Int(ThreadShare.lifetimeMax / 86_400_000)
            let days = try arguments.number("days", in: 1...most) ?? Int(ThreadShare.lifetimeUsual / 86_400_000)
            return try await handler.perform(on: arguments) { lookup in
                .share(with: try lookup.staff(arguments.requiredText("with")), until: WallClock.now() + Int64(days) * 86_400_000)
            }
        },
        "unshare": ControlVerb(["thread", "with", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { lookup in
                .unshare(with: try lookup.staff(arguments.requiredText("with")))
            }
        },
        "resolve": ControlVerb(["thread", "outcome", "told", "note", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in
                .resolve(
                    outcome: try arguments.requiredText("outcome"), told: try arguments.requiredWord("told"),
                    note: try arguments.text("note") ?? "")
            }
        },
        "reopen": ControlVerb(["thread", "note", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .reopen(note: try arguments.text("note") ?? "") }
        },
    ]
}

extension ControlHandler {
    /// Which messages go on where: in the thread `into`, or in a new one of `category` about `subject`.
    fileprivate static func split(_ arguments: ControlArguments, _ lookup: NameLookup) throws -> ThreadCommand {
        let messages = try (try arguments.texts("messages") ?? []).map { name throws(ControlFailure) -> MessageID in
            guard let id = MessageID(hexadecimal: name.lowercased()) else {
                throw .invalid("'\(name)' is no id of a message: 'thread-show' gives them")
            }
            return id
        }
        let category = try arguments.text("category")
        if let into = try arguments.text("into") {
            if category != nil { throw ControlFailure.invalid("'category' is for a new thread: leave it out where 'into' names one") }
            return .split(messages, into: .existing(try lookup.thread(into)))
        }
        guard let category else { throw ControlFailure.invalid("say where they go on: 'into', or 'category' and 'subject'") }
        let office = try arguments.text("office").map { name throws in try lookup.office(name) }
        return .split(
            messages, into: .new(try lookup.category(category), office: office, subject: try arguments.requiredText("subject")))
    }
}
