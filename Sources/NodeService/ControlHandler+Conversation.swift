import InboxModel
import OfficeNode
import ReplicaStore

extension ControlVerb {
    /// What is said: threads, messages, replies, notes, drafts.
    static let conversationVerbs: [String: ControlVerb] = [
        "thread-open": ControlVerb(
            ["patient", "office", "category", "subject", "text", "channel", "direction", "as"]
        ) { handler, arguments in try await handler.openThread(arguments) },
        "thread-message": ControlVerb(["thread", "text", "channel", "as", "shown"]) { handler, arguments in
            try await handler.enterMessage(arguments)
        },
        "reply": ControlVerb(["thread", "text", "channel", "override", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in
                .reply(
                    try arguments.word("channel") ?? .portal, text: try arguments.requiredText("text"),
                    override: try arguments.flag("override") ?? false)
            }
        },
        "note": ControlVerb(["thread", "text", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .note(text: try arguments.requiredText("text")) }
        },
        "correct": ControlVerb(["thread", "message", "text", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in
                let name = try arguments.requiredText("message")
                guard let message = MessageID(hexadecimal: name.lowercased()) else {
                    throw ControlFailure.invalid("'message' must be the id of a message or note, as 'thread-show' gives it")
                }
                return .correct(message, text: try arguments.text("text"))
            }
        },
        "draft": ControlVerb(["thread", "text", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .saveDraft(text: try arguments.text("text")) }
        },
        "fetch": ControlVerb(["thread", "as"]) { handler, arguments in
            let lookup = try await handler.lookup()
            let thread = try lookup.thread(arguments.requiredText("thread"))
            let missing = try lookup.reader.page(of: thread)?.missing ?? 0
            let staff = try handler.requiredStaff(arguments, lookup)
            var answer = try await handler.perform(.fetch(thread), as: .staff(staff), lookup: lookup)
            if case .object(var members) = answer {
                members["missing"] = .int(missing)
                answer = .object(members)
            }
            return answer
        },
        "read": ControlVerb(["thread", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .markRead }
        },
    ]
}

extension ControlHandler {
    /// Opens a thread: as the patient wrote it, or as a member of staff enters it.
    fileprivate func openThread(_ arguments: ControlArguments) async throws -> JSONValue {
        let lookup = try await lookup()
        let patient = try lookup.patient(arguments.requiredText("patient"))
        let direction = try arguments.word("direction", as: Direction.self) ?? .inbound
        let staff = try direction == .outbound ? requiredStaff(arguments, lookup) : staff(arguments, lookup)
        let draft = ThreadDraft(
            patient: patient, office: try lookup.office(arguments.requiredText("office")),
            category: try lookup.category(arguments.requiredText("category")),
            subject: try arguments.requiredText("subject"), channel: try arguments.word("channel") ?? .portal,
            direction: direction, text: try arguments.requiredText("text"))
        return try await perform(
            .openThread(draft), as: staff.map { .staff($0) } ?? .patient(patient), lookup: lookup)
    }

    /// Enters what the patient said: as the patient, or as the member of staff who took it down.
    fileprivate func enterMessage(_ arguments: ControlArguments) async throws -> JSONValue {
        let lookup = try await lookup()
        let thread = try lookup.thread(arguments.requiredText("thread"))
        let command = ThreadCommand.patientMessage(
            try arguments.word("channel") ?? .portal, text: try arguments.requiredText("text"))
        let actor: Actor
        if let staff = try staff(arguments, lookup) {
            actor = .staff(staff)
        } else if let patient = try lookup.reader.store.state(of: thread)?.opening?.patient {
            actor = .patient(patient)
        } else {
            throw ControlFailure.notFound("the opening of this thread has not arrived here yet: try again later")
        }
        return try await perform(
            .thread(thread, shown: try arguments.shown(), command), as: actor, lookup: lookup)
    }
}
