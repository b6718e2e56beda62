import Causality
import InboxModel
import Testing

@Suite("Holds and purges")
struct PurgeTests {
    private static let hold = ThreadChange.holdPlaced(LegalHold(token: "2026-17", reason: "lawyer's letter"))
    private static let purge = ThreadChange.purged(PurgeOrder(reason: "retention ended", retentionClass: "adult-7y"))

    private static func note(_ step: PurgeStep, _ purge: Dot) -> ThreadChange { .purgeNoted(step, of: purge) }

    @Test("A purge hides at once what its author saw")
    func hides() {
        var offices = Offices()
        let message = offices.lastDot(at: 0)
        offices.act(at: 1, by: Cast.bo, Self.purge)
        #expect(offices.thread(at: 1).isPurged(message))
        #expect(offices.thread(at: 1).flags.contains(.purged))
        #expect(!offices.thread(at: 0).isPurged(message))
        offices.heal()
        #expect(offices.thread().isPurged(message))
    }

    @Test("A message that arrived without its author knowing of the purge is kept, and the thread needs a reply")
    func unseenMessage() {
        var offices = Offices()
        offices.patientWrites(at: 0)
        let message = offices.lastDot(at: 0)
        offices.act(at: 1, by: Cast.bo, Self.purge)
        offices.heal()
        let thread = offices.thread()
        #expect(thread.flags.contains(.purged))
        #expect(!thread.isPurged(message))
        #expect(thread.unanswered.contains(message))
    }

    @Test("A hold placed while apart stops the purge, and releasing it does not set the purge going again")
    func holdStops() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, Self.purge)
        offices.act(at: 1, by: Cast.bo, Self.hold)
        offices.heal()
        #expect(offices.thread().purgesInEffect.isEmpty)
        #expect(offices.thread().flags.contains(.held))
        offices.act(at: 1, by: Cast.bo, .holdReleased(token: "2026-17"))
        offices.heal()
        #expect(offices.thread().holds.isEmpty)
        #expect(offices.thread().purgesInEffect.isEmpty)
        offices.act(at: 0, by: Cast.dana, Self.purge)
        offices.heal()
        #expect(offices.thread().purgesInEffect.map(\.stamp.dot) == [offices.lastDot(at: 0)])
    }

    @Test("A release takes off the holds that it saw, and no other")
    func release() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, Self.hold)
        offices.heal()
        offices.act(at: 0, by: Cast.dana, .holdReleased(token: "2026-17"))
        offices.act(at: 1, by: Cast.bo, Self.hold)
        offices.act(at: 1, by: Cast.bo, .holdPlaced(LegalHold(token: "audit", reason: "insurer")))
        offices.heal()
        #expect(offices.thread().holds.entries.map(\.value.token) == ["2026-17", "audit"])
        offices.act(at: 0, by: Cast.dana, .holdReleased(token: "2026-17"))
        offices.heal()
        #expect(offices.thread().holds.entries.map(\.value.token) == ["audit"])
    }

    @Test("A purge is due when every replica has acknowledged it, and no longer when a hold has come")
    func due() {
        var offices = Offices(clockOffsets: [0, 0, 0])
        offices.act(at: 0, by: Cast.dana, Self.purge)
        let purge = offices.lastDot(at: 0)
        offices.heal()
        let replicas = (0..<3).map { offices.replica(at: $0) }
        for office in 0..<3 {
            #expect(offices.thread().purgesDue(acknowledgedBy: replicas).isEmpty)
            offices.act(at: office, by: Cast.dana, Self.note(.acknowledged, purge))
            offices.heal()
        }
        #expect(offices.thread().purgesDue(acknowledgedBy: replicas).map(\.stamp.dot) == [purge])
        #expect(offices.thread().note(of: replicas[1], .acknowledged, of: purge) != nil)
        #expect(offices.thread().note(of: replicas[1], .destroyed, of: purge) == nil)
        offices.act(at: 2, by: Cast.bo, Self.hold)
        offices.heal()
        #expect(offices.thread().purgesDue(acknowledgedBy: replicas).isEmpty)
    }

    @Test("Acknowledging is no activity of the thread")
    func noActivity() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, Self.purge)
        let purge = offices.lastDot(at: 0)
        offices.act(at: 0, by: Cast.dana, Self.note(.destroyed, purge))
        #expect(offices.thread().lastActivity?.dot == purge)
    }

    /// What a purge of a short thread destroys. The first key lies at content 0, texts at 1 and later.
    private static func destroyed(late: ThreadChange?, seesPurge: Bool = false) -> [ContentReference] {
        let replica = ReplicaID(1)
        let message = MessageID(high: 1, low: 1)
        func set(_ number: UInt64, _ seen: UInt64, _ kinds: ThreadChange...) -> ChangeSet {
            let context = VersionVector(Dot(replica, seen))
            let stamp = Stamp(Dot(replica, number), HybridTimestamp(milliseconds: Int64(number), counter: 0))
            return ChangeSet(
                stamp: stamp, actor: .staff(Cast.dana), office: nil,
                changes: kinds.map { .thread(Cast.threads[0], context: context, $0) })
        }
        let posting = MessagePosting(id: message, direction: .inbound, channel: .portal, content: 1)
        var sets = [
            set(1, 0, .opened(Cast.opening), .contentKey(tag: 0, content: 0), .message(posting)), set(2, 1, purge),
        ]
        if let late { sets.append(set(3, seesPurge ? 2 : 1, late)) }
        var state = ThreadState(id: Cast.threads[0])
        for set in sets {
            for case .thread(_, let context, let kind) in set.changes { state.apply(kind, context: context, of: set) }
        }
        return state.contents(destroyedBy: state.purgesInEffect, in: sets)
    }

    @Test("A purge destroys the texts that it saw and the key that they are sealed under")
    func contents() {
        let opening = Dot(ReplicaID(1), 1)
        let all = [ContentReference(opening, 0), ContentReference(opening, 1)]
        #expect(Self.destroyed(late: nil) == all)
        #expect(Self.destroyed(late: .read) == all)
    }

    @Test("A late correction of what was purged is destroyed too")
    func lateCorrection() {
        let correction = ThreadChange.correction(of: MessageID(high: 1, low: 1), content: 0)
        #expect(Self.destroyed(late: correction).last == ContentReference(Dot(ReplicaID(1), 3), 0))
        #expect(Self.destroyed(late: correction).count == 3)
    }

    @Test("A key stays as long as something is sealed under it that the purge had not seen")
    func keyStays() {
        let note = ThreadChange.note(MessageID(high: 2, low: 2), content: 0)
        #expect(Self.destroyed(late: note) == [ContentReference(Dot(ReplicaID(1), 1), 1)])
        #expect(Self.destroyed(late: note, seesPurge: true).count == 2, "sealed under a new key: the old one can go")
    }
}
