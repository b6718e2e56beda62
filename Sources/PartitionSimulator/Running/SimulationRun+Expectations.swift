import InboxModel
import OfficeNode
import ReplicaStore

extension SimulationRun {
    /// Checks what the scenario says must come of it, at every node that hangs together with the first one.
    func checkExpectations() throws {
        // A relay shows nothing.
        let main = (group.components.first { $0.contains { $0.index == 0 } } ?? []).filter { $0.kind != .relay }
        for (name, expected) in plan.expectations.threads.sorted(by: { $0.key < $1.key }) {
            guard let thread = threads[name] else {
                miss("thread \(name) was never opened", at: nil)
                continue
            }
            for node in main {
                guard let state = try node.store.reader.state(of: thread) else {
                    miss("thread \(name) is not there", at: node.name)
                    continue
                }
                for (field, found, wanted) in differences(expected, state) {
                    miss("thread \(name), \(field): \(found), and \(wanted) was expected", at: node.name)
                }
            }
        }
        try checkPatients(at: main)
        try checkLetGo()
        checkSaid()
        checkViolation()
    }

    private func checkPatients(at nodes: [SimulatedNode]) throws {
        guard let deeds else { return }
        for (number, expected) in plan.expectations.patients.sorted(by: { $0.key < $1.key }) {
            let id = try deeds.patient(number)
            for node in nodes {
                guard let state = try node.store.reader.patient(id) else {
                    miss("patient \(number) is not there", at: node.name)
                    continue
                }
                let reminders = state.consent(in: ConsentScope(.sms, .reminders)) ?? false
                if let wanted = expected.isContested, wanted != state.isConflicted {
                    miss("patient \(number), contested: \(state.isConflicted ? "yes" : "no")", at: node.name)
                }
                if let wanted = expected.reminders, wanted != reminders {
                    miss("patient \(number), reminders: \(reminders ? "yes" : "no")", at: node.name)
                }
            }
        }
    }

    private func checkSaid() {
        for (name, codes) in plan.expectations.warnings.sorted(by: { $0.key < $1.key }) {
            let given = group.nodes.first { $0.name == name }?.warningCounts ?? [:]
            for code in codes where given[code] == nil {
                miss("warning \(code) was expected; given were \(given.keys.sorted().joined(separator: ", "))", at: name)
            }
        }
        for (name, kinds) in plan.expectations.notices.sorted(by: { $0.key < $1.key }) {
            let given = Set(group.nodes.first { $0.name == name }?.notices.map(\.kindName) ?? [])
            for kind in kinds where !given.contains(kind) {
                miss("notice \(kind) was expected; given were \(given.sorted().joined(separator: ", "))", at: name)
            }
        }
    }

    private func checkViolation() {
        guard let wanted = plan.expectations.violates else { return }
        if !checker.violations.contains(where: { $0.invariant == wanted }) {
            miss("a violation of \(wanted.name) was expected", at: nil)
        }
    }

    /// What differs: the field, what it shows, what was wanted.
    private func differences(_ expected: Expectations.Thread, _ state: ThreadState) -> [(String, String, String)] {
        guard let deeds else { return [] }
        var found: [(String, String, String)] = []
        func compare(_ field: String, _ shown: String, _ wanted: String?) {
            if let wanted, wanted != shown { found.append((field, shown, wanted)) }
        }
        if let wanted = expected.status, !state.status.isCalled(wanted) { found.append(("status", state.status.name, wanted)) }
        compare("owner", state.owner.map(deeds.key(of:)) ?? "nobody", expected.owner)
        let claimants = state.flags.contains(.contested) ? state.claimants.map(deeds.key(of:)).sorted() : []
        compare("contested", "\(claimants)", expected.contested.map { "\($0.sorted())" })
        compare("messages", "\(state.messageCount)", expected.messages.map { "\($0)" })
        compare("needs-reply", state.flags.contains(.needsReply) ? "yes" : "no", expected.needsReply.map { $0 ? "yes" : "no" })
        compare("tags", "\(state.tags.map(\.tag).sorted())", expected.tags.map { "\($0.sorted())" })
        compare("priority", String(describing: state.priority), expected.priority)
        if let wanted = expected.category, state.category?.category != deeds.category(wanted) {
            found.append(("category", "another one", wanted))
        }
        compare("escalation", "\(state.escalationLevel)", expected.escalation.map { "\($0)" })
        compare("drafts", "\(state.drafts.map { deeds.key(of: $0.staff) }.sorted())", expected.drafts.map { "\($0.sorted())" })
        if let wanted = expected.office, state.office != deeds.office(wanted) { found.append(("office", "another one", wanted)) }
        for flag in expected.flags ?? [] where !state.flags.names.contains(flag) {
            found.append(("flags", "\(state.flags.names)", flag))
        }
        return found
    }
}

extension ThreadStatus {
    /// As scenario files write it.
    var name: String { self == .waitingOnPatient ? "waiting" : String(describing: self) }

    /// Whether a scenario may call it that: by its name, or `open` for all that is neither resolved nor merged.
    func isCalled(_ text: String) -> Bool { text == name || text == "open" && self != .resolved && self != .merged }
}

extension ThreadFlags {
    /// The flags as scenario files write them, and `Expectations.Thread.flags` names them.
    static let scenarioNames: [(name: String, flag: ThreadFlags)] = [
        ("contested", .contested), ("answered-twice", .answeredTwice), ("filed-twice", .filedTwice),
        ("unseen-by-resolver", .unseenByResolver), ("needs-reply", .needsReply), ("clinical-review", .clinicalReview),
        ("hand-off-pending", .handOffPending), ("reopened", .reopened), ("held", .held), ("purged", .purged),
    ]

    /// The names of the flags that are set.
    var names: [String] { Self.scenarioNames.filter { contains($0.flag) }.map(\.name) }
}

extension Notice {
    /// What kind of notice, as scenario files write it.
    var kindName: String {
        switch self {
        case .contested: "contested"
        case .answeredTwice: "answered-twice"
        case .filedTwice: "filed-twice"
        case .unseenByResolver: "unseen-by-resolver"
        case .settled: "settled"
        case .offered: "offered"
        case .newReplica: "new-replica"
        case .forked: "forked"
        case .deviceWaits: "device-waits"
        }
    }
}
