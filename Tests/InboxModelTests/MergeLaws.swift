import Causality
import InboxModel
import PlainInbox

/// Checks one history against every law of merging.
struct MergeLaws {
    /// How threads are merged: the model's way, or a broken one.
    var merge = Inbox.merge

    /// The first law that the history breaks, in readable lines; nil where all hold.
    func breach(in history: History) -> String? {
        let simulation = Simulation(replaying: history)
        for (number, replica) in simulation.replicas.enumerated() {
            let sets = replica.arrived.map(\.set)
            if let breach = breach(applying: sets, name: "what arrived at replica \(number)") { return breach }
        }
        let sets = simulation.log.map(\.set)
        if let breach = breach(applying: sets, name: "all, in the order it was made") { return breach }
        if let breach = supersededUnseen(in: sets) { return breach }

        let digest = Inbox(applying: sets, merge: merge).digest
        var random = SplitMix64(seed: history.seed &+ 0xD1CE)
        for _ in 0..<3 {
            let order = Deliveries.causal(simulation.log, using: &random)
            var applied = VersionVector()
            var other = Inbox(merge: merge)
            for set in order where !applied.covers(set.dot) {
                applied.advance(to: set.dot)
                other.apply(set)
            }
            if Set(order) != Set(sets) { return "not all change sets can be delivered in causal order" }
            let bytes = other.digest
            for (entity, expected) in digest where bytes[entity] != expected {
                let dots = order.map(\.dot.description).joined(separator: " ")
                return Cast.readable("\(entity) has other bytes when delivered as \(dots)")
            }
        }
        return nil
    }

    /// Applies `sets` one by one and compares what is shown at the end with the reference.
    private func breach(applying sets: [ChangeSet], name: String) -> String? {
        var inbox = Inbox(merge: merge)
        for set in sets {
            let before = inbox.threads.mapValues(\.messageCount)
            inbox.apply(set)
            for (id, state) in inbox.threads {
                if state.messageCount < before[id] ?? 0 { return Cast.readable("\(set.dot) removed a message of \(id)") }
                if state.opening != nil && state.owner == nil {
                    return Cast.readable("\(set.dot) left \(id) without an owner")
                }
            }
        }
        let reference = PlainInbox(sets)
        var lines = differences(inbox, reference)
        for (id, state) in inbox.threads { lines += purgeDifferences(state, reference.thread(id), sets) }
        if !lines.isEmpty { return (["\(name) differs from the reference"] + lines).joined(separator: "\n  ") }
        return roundTripBreach(in: inbox)
    }

    /// What would be destroyed is what the reference says, and keys; nothing where there is a hold.
    private func purgeDifferences(_ state: ThreadState, _ reference: PlainThread, _ sets: [ChangeSet]) -> [String] {
        let destroyed = Set(state.contents(destroyedBy: state.purgesInEffect, in: sets))
        let expected = Set(reference.purgedContents)
        let keys = Set(state.contentKeys.map(\.reference))
        var lines: [String] = []
        if !destroyed.isSuperset(of: expected) || !destroyed.subtracting(expected).isSubset(of: keys) {
            lines.append("\(state.id): a purge would destroy \(destroyed.sorted()), reference \(expected.sorted())")
        }
        if !reference.holds.isEmpty && !destroyed.isEmpty { lines.append("\(state.id): a purge would destroy what is held") }
        for write in reference.writes where state.isPurged(write.dot) != reference.isPurged(write.dot) {
            lines.append("\(state.id): \(write.dot) is purged in one, not in the other")
        }
        return lines.map { Cast.readable($0) }
    }

    private func differences(_ inbox: Inbox, _ reference: PlainInbox) -> [String] {
        var lines: [String] = []
        func compare<Value: Equatable>(_ name: String, _ merged: Value, _ expected: Value) {
            let differences = ShownDifferences(merged, expected)
            if differences.isEmpty { return }
            let fields = differences.fields.map { "\($0.name): merged \($0.first), reference \($0.second)" }
            lines += (fields.isEmpty ? [differences.names] : fields).map { Cast.readable("\(name): \($0)") }
        }
        for (id, state) in inbox.threads { compare("\(id)", ShownThread(state), reference.thread(id).shown) }
        for (id, state) in inbox.patients { compare("\(id)", ShownPatient(state), reference.patient(id).shown) }
        for (id, state) in inbox.offices { compare("\(id)", ShownDocument(state), reference.office(id)) }
        for (id, state) in inbox.staff { compare("\(id)", ShownDocument(state), reference.staff(id)) }
        for (id, state) in inbox.queues { compare("\(id)", ShownDocument(state), reference.queue(id)) }
        for (id, state) in inbox.categories { compare("\(id)", ShownDocument(state), reference.category(id)) }
        for (id, state) in inbox.accounts { compare("\(id)", ShownDocument(state), reference.account(id)) }
        for (id, state) in inbox.tokens { compare("\(id)", ShownDocument(state), reference.token(id)) }
        for (id, state) in inbox.authorities { compare("\(id)", ShownDocument(state), reference.authority(id)) }
        if Set(inbox.threads.keys) != reference.threadIDs { lines.append("the threads are not those of the change sets") }
        if Set(inbox.patients.keys) != reference.patientIDs { lines.append("the patients are not those of the change sets") }
        return lines
    }

    /// Decoding what was encoded gives the value back, and the value the same bytes.
    private func roundTripBreach(in inbox: Inbox) -> String? {
        func survives<Value: CanonicalCodable & Equatable>(_ value: Value) -> Bool {
            guard let copy = try? Value(canonicalBytes: value.canonicalBytes) else { return false }
            return copy == value && copy.canonicalBytes == value.canonicalBytes
        }
        let isWhole =
            inbox.threads.values.allSatisfy(survives) && inbox.patients.values.allSatisfy(survives)
            && inbox.offices.values.allSatisfy(survives) && inbox.staff.values.allSatisfy(survives)
            && inbox.queues.values.allSatisfy(survives) && inbox.categories.values.allSatisfy(survives)
        return isWhole ? nil : "a state did not survive encoding and decoding"
    }

    /// No write is superseded by one whose context does not cover it: whatever is no longer live was seen by somebody.
    private func supersededUnseen(in sets: [ChangeSet]) -> String? {
        let inbox = Inbox(applying: sets, merge: merge)
        let reference = PlainInbox(sets)
        for (id, state) in inbox.threads {
            let writes = reference.thread(id).writes
            let live: [ThreadChange.Kind: Set<Dot>] = [
                .priority: Set(state.priorities.entries.map(\.stamp.dot)),
                .review: Set(state.reviews.entries.map(\.stamp.dot)),
                .category: Set(state.categories.entries.map(\.stamp.dot)),
                .escalated: Set(state.escalations.entries.map(\.stamp.dot)),
                .due: Set(state.dues.entries.map(\.stamp.dot)),
                .snoozed: Set(state.snoozes.entries.map(\.stamp.dot)),
                .moved: Set(state.offices.entries.map(\.stamp.dot)),
                .resolved: Set(state.resolutions.entries.map(\.stamp.dot)),
                .reopened: Set(state.attention.filter { $0.kind == .reopening }.map(\.stamp.dot)),
                .tagged: Set(state.tags.flatMap(\.added)),
                .mergedInto: Set(state.merges.entries.map(\.stamp.dot)),
            ]
            for write in writes {
                guard let dots = live[write.change.kind], !dots.contains(write.dot) else { continue }
                if !writes.contains(where: { $0.saw(write) }) {
                    return Cast.readable("\(write.change) of \(write.dot) is gone though nobody had seen it")
                }
            }
        }
        return nil
    }
}
