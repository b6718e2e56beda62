import Causality
import Testing

@Suite("Version vector")
struct VersionVectorTests {
    static let seeds = UInt64(0)..<200

    @Test("Joining is commutative, associative and idempotent, and the empty vector changes nothing", arguments: seeds)
    func joinLaws(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let (a, b, c) = (random.vector(), random.vector(), random.vector())
        #expect(a.joined(with: b) == b.joined(with: a), "seed \(seed)")
        #expect(a.joined(with: b).joined(with: c) == a.joined(with: b.joined(with: c)), "seed \(seed)")
        #expect(a.joined(with: a) == a, "seed \(seed)")
        #expect(a.joined(with: VersionVector()) == a, "seed \(seed)")
        #expect(VersionVector().joined(with: a) == a, "seed \(seed)")
    }

    @Test("A join is the least vector that dominates both", arguments: seeds)
    func leastUpperBound(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let (a, b, other) = (random.vector(), random.vector(), random.vector())
        let join = a.joined(with: b)
        #expect(join.dominates(a) && join.dominates(b), "seed \(seed)")
        #expect(plain(join) == plain(a).merging(plain(b), uniquingKeysWith: max), "seed \(seed)")
        let bound = other.joined(with: a).joined(with: b)
        #expect(bound.dominates(join), "seed \(seed)")
    }

    @Test("What two vectors have in common is the greatest vector that both dominate", arguments: seeds)
    func greatestLowerBound(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let (a, b, other) = (random.vector(), random.vector(), random.vector())
        let meet = a.meet(b)
        #expect(meet == b.meet(a), "seed \(seed)")
        #expect(a.dominates(meet) && b.dominates(meet), "seed \(seed)")
        #expect(meet.dominates(other) == (a.dominates(other) && b.dominates(other)), "seed \(seed)")
        #expect(a.meet(a.joined(with: b)) == a, "seed \(seed)")
        #expect(a.joined(with: meet) == a, "seed \(seed)")
        #expect(meet.entries.allSatisfy { $0.sequence > 0 }, "seed \(seed)")
    }

    @Test("Order compares over the union of the replicas, with an absent one as 0", arguments: seeds)
    func orderOverUnion(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let (a, b) = (random.vector(), random.vector())
        let isBehind = RandomVectors.replicas.contains { a[$0] < b[$0] }
        let isAhead = RandomVectors.replicas.contains { a[$0] > b[$0] }
        let expected: CausalOrder =
            switch (isBehind, isAhead) {
            case (false, false): .equal
            case (true, false): .before
            case (false, true): .after
            case (true, true): .concurrent
            }
        #expect(a.order(against: b) == expected, "seed \(seed)")
        #expect(a.isConcurrent(with: b) == (expected == .concurrent), "seed \(seed)")
        #expect(a.dominates(b) == !isBehind, "seed \(seed)")
        #expect((a == b) == (expected == .equal), "seed \(seed)")
    }

    @Test("Order seen from the other side is the opposite order", arguments: seeds)
    func orderIsAntisymmetric(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let (a, b) = (random.vector(), random.vector())
        let opposite: CausalOrder =
            switch a.order(against: b) {
            case .equal: .equal
            case .before: .after
            case .after: .before
            case .concurrent: .concurrent
            }
        #expect(b.order(against: a) == opposite, "seed \(seed)")
    }

    @Test("A vector with an entry that the other lacks is ahead of it, whichever side has more entries")
    func absentCountsAsZero() {
        let one = VersionVector(Dot(ReplicaID(1), 1))
        let both = VersionVector([.init(ReplicaID(1), 1), .init(ReplicaID(2), 1)])
        let second = VersionVector(Dot(ReplicaID(2), 1))
        #expect(one.order(against: both) == .before)
        #expect(both.order(against: one) == .after)
        #expect(one.order(against: second) == .concurrent)
        #expect(VersionVector().order(against: one) == .before)
        #expect(VersionVector().order(against: VersionVector()) == .equal)
    }

    @Test("A vector covers a dot exactly when it has seen the dot's replica that far", arguments: seeds)
    func covering(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let vector = random.vector()
        let dot = random.dot()
        #expect(vector.covers(dot) == (vector[dot.replica] >= dot.sequence), "seed \(seed)")
        #expect(vector.covers(dot) == vector.dominates(VersionVector(dot)), "seed \(seed)")
        var advanced = vector
        advanced.advance(to: dot)
        #expect(advanced.covers(dot), "seed \(seed)")
        #expect(advanced == vector.joined(with: VersionVector(dot)), "seed \(seed)")
        #expect((advanced == vector) == vector.covers(dot), "seed \(seed)")
    }

    @Test("The delta against a base, joined to the base, gives the join of both", arguments: seeds)
    func deltaAndJoin(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let (a, base) = (random.vector(), random.vector())
        let delta = a.delta(against: base)
        #expect(base.joined(with: VersionVector(delta)) == base.joined(with: a), "seed \(seed)")
        #expect(delta.allSatisfy { a[$0.replica] == $0.sequence && base[$0.replica] < $0.sequence }, "seed \(seed)")
        #expect(delta.isEmpty == base.dominates(a), "seed \(seed)")
    }

    @Test("Equal vectors are equal whatever order they were built in", arguments: seeds)
    func buildOrder(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let entries = random.entries()
        let shuffled = entries.shuffled(using: &random.generator)
        let forward = VersionVector(entries)
        let mixed = VersionVector(shuffled)
        #expect(forward == mixed, "seed \(seed)")
        #expect(forward.hashValue == mixed.hashValue, "seed \(seed)")
        #expect(forward.entries == mixed.entries, "seed \(seed)")
    }

    @Test("Entries ascend by replica, never repeat one and never hold 0", arguments: seeds)
    func entriesAreSorted(seed: UInt64) {
        var random = RandomVectors(seed: seed)
        let entries = random.vector().joined(with: random.vector()).entries
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.replica < $1.replica }, "seed \(seed)")
        #expect(entries.allSatisfy { $0.sequence > 0 }, "seed \(seed)")
    }

    @Test("Advancing never lowers an entry, and advancing to 0 adds none")
    func advanceNeverLowers() {
        var vector = VersionVector(Dot(ReplicaID(3), 5))
        vector.advance(ReplicaID(3), to: 4)
        vector.advance(ReplicaID(4), to: 0)
        #expect(vector.entries == [.init(ReplicaID(3), 5)])
        #expect(VersionVector(Dot(ReplicaID(3), 0)).isEmpty)
    }

    @Test("A description names the entries in order")
    func description() {
        let vector = VersionVector([.init(ReplicaID(2), 7), .init(ReplicaID(1), 3)])
        #expect(vector.description == "{0000000000000001:3, 0000000000000002:7}")
        #expect(VersionVector().description == "{}")
    }
}
