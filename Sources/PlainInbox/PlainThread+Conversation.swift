public import Causality
public import InboxModel

// Messages, and what of them is answered, resolved, seen and unfinished.
extension PlainThread {
    /// The messages from the patient.
    public var inbound: [Write<ThreadChange>] { messages(.inbound) }
    /// The messages to the patient.
    public var outbound: [Write<ThreadChange>] { messages(.outbound) }

    private func messages(_ direction: Direction) -> [Write<ThreadChange>] {
        writes.filter { if case .message(let posting) = $0.change { posting.direction == direction } else { false } }
    }

    private func isResolution(_ change: ThreadChange) -> Bool { if case .resolved = change { true } else { false } }
    private func isReopening(_ change: ThreadChange) -> Bool { if case .reopened = change { true } else { false } }

    /// Dots of what waits: observed-remove sets, from which a reply or resolve removes what it saw.
    private func waiting(_ things: [Write<ThreadChange>]) -> [Dot] {
        let settling = outbound + writes.filter { isResolution($0.change) }
        let left = things.filter { thing in
            !settling.contains { $0.saw(thing) } && !isElsewhere(thing)
        }
        return Set(left.map(\.dot)).sorted()
    }

    // Split: a message that went on elsewhere waits there, if whoever split it had seen it. A copy waits only if the original did.
    private func isElsewhere(_ thing: Write<ThreadChange>) -> Bool {
        guard case .message = thing.change else { return false }
        return writes.contains { write in
            switch write.change {
            case .split(let split): write.saw(thing) && split.parts.contains { $0.changeSet == thing.dot }
            case .continued(let continuation): write.dot == thing.dot && write.saw(thing) && !continuation.isWaiting
            default: false
            }
        }
    }

    /// What went on in other threads.
    var splits: Set<SplitMark> {
        Set(
            writes.compactMap { write in
                guard case .split(let split) = write.change else { return nil }
                return SplitMark(stamp: write.stamp, split: split)
            })
    }

    /// The inbound messages that nobody answered or resolved having seen them. Ascending.
    public var unanswered: [Dot] { waiting(inbound) }
    var reopenings: [Dot] { waiting(writes.filter { isReopening($0.change) }) }

    // A resolution holds until something that goes on with the matter has seen it.
    var resolution: Live<ResolutionMark>? {
        let ends = writes.filter { isResolution($0.change) }
        let goesOn = ends + inbound + outbound + writes.filter { isReopening($0.change) }
        return ends.filter { end in !goesOn.contains { $0.saw(end) } }.compactMap { end in
            guard case .resolved(let resolution) = end.change else { return nil }
            return Live(
                stamp: end.stamp,
                value: ResolutionMark(outcome: resolution.outcome, told: resolution.told, by: end.changeSet.actor))
        }.latest()
    }

    /// The replies to each inbound message. Two are one too many where neither author had seen the other's reply, until
    /// somebody who saw both ends the matter, says so, or answers the message again.
    var answered: [ShownThread.Answer] {
        var replies: [Dot: [Write<ThreadChange>]] = [:]
        for reply in outbound {
            guard case .message(let posting) = reply.change else { continue }
            for message in posting.answers { replies[message, default: []].append(reply) }
        }
        let settling = writes.filter { $0.change == .answeredTwiceAcknowledged || isResolution($0.change) }
        return replies.keys.sorted().map { message in
            let all = replies[message] ?? []
            let isTwice = all.contains { first in
                all.contains { second in
                    second.dot != first.dot && !first.saw(second) && !second.saw(first)
                        && !(settling + all).contains { $0.saw(first) && $0.saw(second) }
                }
            }
            return .init(message: message, replies: Set(all.map(\.dot)).sorted(), isAnsweredTwice: isTwice)
        }
    }

    var tags: [ShownThread.Tag] {
        var labels: [[UInt8]] = []
        for write in writes {
            if case .tagged(let tag) = write.change, !labels.contains(Array(tag.utf8)) { labels.append(Array(tag.utf8)) }
        }
        return labels.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { label in
            let added = writes.observed(
                { change -> Bool? in
                    if case .tagged(let tag) = change, Array(tag.utf8) == label { true } else { nil }
                },
                removedBy: { if case .untagged(let tag) = $0 { Array(tag.utf8) == label } else { false } })
            return added.isEmpty ? nil : .init(label: label, added: Set(added.map(\.stamp.dot)).sorted())
        }
    }

    // Draft: per person and thread; kept side by side; only the person's own writing replaces or ends it.
    var drafts: [ShownThread.Draft] {
        let all = writes.filter { if case .draft = $0.change { $0.changeSet.actor.staff != nil } else { false } }
        let byStaff = Dictionary(grouping: all) { $0.changeSet.actor.staff }
        return byStaff.compactMap { staff, own -> ShownThread.Draft? in
            let texts = own.compactMap { write -> ContentReference? in
                guard case .draft(.some(let content)) = write.change, !own.contains(where: { $0.saw(write) }) else {
                    return nil
                }
                return ContentReference(write.dot, content)
            }
            guard let staff, !texts.isEmpty else { return nil }
            return .init(staff: staff, texts: texts.sorted())
        }.sorted { $0.staff < $1.staff }
    }

    // Read marks: per person, union of what was seen.
    var readMarks: [StaffID: VersionVector] {
        var marks: [StaffID: VersionVector] = [:]
        for write in writes where write.change == .read {
            if let staff = write.changeSet.actor.staff { marks[staff, default: VersionVector()].join(write.context) }
        }
        return marks
    }

    var contentKeys: [[UInt64]] {
        writes.compactMap { write in
            guard case .contentKey(let tag, let content) = write.change else { return nil }
            return ShownThread.key(tag, write.dot, content)
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    var lastActivity: Stamp? {
        writes.filter {
            switch $0.change {
            case .read, .draft, .contentKey, .purgeNoted: false
            default: true
            }
        }.map(\.stamp).max()
    }
}
