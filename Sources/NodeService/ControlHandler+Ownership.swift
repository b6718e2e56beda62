import Causality
import InboxModel
import OfficeNode
import ReplicaStore

extension ControlVerb {
    /// Who is accountable.
    static let ownershipVerbs: [String: ControlVerb] = [
        "claim": ControlVerb(["thread", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .claim }
        },
        "release": ControlVerb(["thread", "to", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { lookup in
                .release(to: try arguments.text("to").map { name throws in try lookup.queue(name) })
            }
        },
        "handoff": ControlVerb(["thread", "to", "note", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { lookup in
                .offer(to: try lookup.owner(arguments.requiredText("to")), note: try arguments.text("note") ?? "")
            }
        },
        "accept": ControlVerb(["thread", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .accept }
        },
        "decline": ControlVerb(["thread", "note", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .decline(note: try arguments.text("note") ?? "") }
        },
        "assign": ControlVerb(["thread", "to", "note", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { lookup in
                .assign(to: try lookup.owner(arguments.requiredText("to")), note: try arguments.text("note") ?? "")
            }
        },
        "escalate": ControlVerb(["thread", "level", "note", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in
                let level = try arguments.number("level", in: 1...255) ?? 1
                return .escalate(level: UInt8(level), note: try arguments.text("note") ?? "")
            }
        },
        "acknowledge": ControlVerb(["thread", "as", "shown"]) { handler, arguments in
            try await handler.perform(on: arguments) { _ in .acknowledgeEscalation }
        },
        "settle": ControlVerb(["thread", "to", "category", "note", "as", "shown"]) { handler, arguments in
            try await handler.settle(arguments)
        },
    ]
}

extension ControlHandler {
    /// Settles what people did while apart, each by the command that the thread's page offers for it: a contested thread by
    /// assigning it to `to`, or by claiming it; one filed twice by filing it as `category`; one answered twice by saying so.
    fileprivate func settle(_ arguments: ControlArguments) async throws -> JSONValue {
        let lookup = try await lookup()
        let thread = try lookup.thread(arguments.requiredText("thread"))
        guard let state = try lookup.reader.store.state(of: thread) else {
            throw ControlFailure.notFound("there is no thread \(thread) here")
        }
        let staff = try requiredStaff(arguments, lookup)
        let steps = try settlingSteps(of: state, arguments, lookup)
        guard !steps.isEmpty else { throw Self.nothingToSettle(state) }
        var shown = try arguments.shown()
        var last = CommandOutcome?.none
        for step in steps {
            let command = Command.thread(thread, shown: shown, step.command)
            let outcome = try await carryOut(command, as: .staff(staff), lookup: lookup)
            // The next step has seen the one before, and of the rest what the page showed.
            if let dot = outcome.dot { shown?.advance(to: dot) }
            last = outcome
        }
        guard let last, case .object(var members) = try json(last, lookup: lookup) else { return .null }
        members["settled"] = JSONValue(texts: steps.map(\.word))
        return .object(members)
    }

    private func settlingSteps(
        of state: ThreadState, _ arguments: ControlArguments, _ lookup: NameLookup
    ) throws -> [(word: String, command: ThreadCommand)] {
        var steps: [(word: String, command: ThreadCommand)] = []
        if state.flags.contains(.contested) {
            let note = try arguments.text("note") ?? ""
            let owner = try arguments.text("to").map { name throws in try lookup.owner(name) }
            steps.append(("contested", owner.map { .assign(to: $0, note: note) } ?? .claim))
        }
        if state.flags.contains(.filedTwice) {
            let named = try arguments.text("category").map { name throws in try lookup.category(name) }
            if let category = named ?? state.category?.category { steps.append(("filed-twice", .setCategory(category))) }
        }
        if state.flags.contains(.answeredTwice) { steps.append(("answered-twice", .acknowledgeAnsweredTwice)) }
        return steps
    }

    private static func nothingToSettle(_ state: ThreadState) -> ControlFailure {
        let advice =
            state.flags.contains(.unseenByResolver)
            ? "; a message arrived that the resolver had not seen: reply to it, or resolve the thread again" : ""
        return ControlFailure(code: "conflict", message: "nothing on this thread waits to be settled\(advice)")
    }
}
