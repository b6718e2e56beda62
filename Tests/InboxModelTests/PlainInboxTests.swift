import Causality
import InboxModel
import PlainInbox
import Testing

@Suite("The plain inbox")
struct PlainInboxTests {
    @Test(
        "Kept by entity it shows what a search through every change set shows, in whatever order they were added",
        arguments: UInt64(0)..<100)
    func indexEqualsNaiveFold(seed: UInt64) {
        var generator = HistoryGenerator(seed: seed)
        let sets = Simulation(replaying: generator.history()).log.map(\.set)
        var random = SplitMix64(seed: seed &+ 0xF01D)
        var shuffled = sets
        for index in shuffled.indices.reversed() { shuffled.swapAt(index, random.pick(Array(0...index))) }
        var inbox = PlainInbox()
        for set in shuffled {
            inbox.add(set)
            if random.once(in: 5) { inbox.add(set) }
        }
        let subjects = Set(sets.flatMap(\.changes).compactMap { $0.subject?.entity })
        #expect(Set(inbox.entities) == subjects)
        #expect(inbox.sets.count == sets.count)
        for entity in subjects {
            // The naive way: only what is about the entity, found by looking at everything.
            let own = sets.filter { $0.changes.contains { $0.subject?.entity == entity } }
            let naive = PlainInbox(own)
            #expect(inbox.count(of: entity) == own.count)
            #expect(inbox.clock(of: entity) == own.reduce(into: VersionVector()) { $0.advance(to: $1.dot) })
            switch entity {
            case .thread(let id): #expect(inbox.thread(id).shown == naive.thread(id).shown, "seed \(seed)")
            case .patient(let id): #expect(inbox.patient(id).shown == naive.patient(id).shown, "seed \(seed)")
            case .office(let id): #expect(inbox.office(id) == naive.office(id), "seed \(seed)")
            case .staff(let id): #expect(inbox.staff(id) == naive.staff(id), "seed \(seed)")
            case .queue(let id): #expect(inbox.queue(id) == naive.queue(id), "seed \(seed)")
            case .category(let id): #expect(inbox.category(id) == naive.category(id), "seed \(seed)")
            case .account(let id): #expect(inbox.account(id) == naive.account(id), "seed \(seed)")
            case .token(let id): #expect(inbox.token(id) == naive.token(id), "seed \(seed)")
            case .authority(let id): #expect(inbox.authority(id) == naive.authority(id), "seed \(seed)")
            }
        }
    }

    @Test("Differences name the fields and say nothing where there are none")
    func differences() {
        let set = ChangeSet(
            stamp: Stamp(Dot(ReplicaID(1), 1), HybridTimestamp(milliseconds: 1)), actor: .staff(Cast.dana), office: nil,
            changes: [.thread(Cast.threads[0], context: VersionVector(), .opened(Cast.opening))])
        let other = ChangeSet(
            stamp: Stamp(Dot(ReplicaID(1), 2), HybridTimestamp(milliseconds: 2)), actor: .staff(Cast.dana), office: nil,
            changes: [.thread(Cast.threads[0], context: VersionVector(set.dot), .priority(.urgent))])
        let before = PlainInbox([set]).thread(Cast.threads[0]).shown
        let after = PlainInbox([set, other]).thread(Cast.threads[0]).shown
        #expect(ShownDifferences(before, before).isEmpty)
        #expect(ShownDifferences(before, after).names == "clock, priority, lastActivity")
    }
}
