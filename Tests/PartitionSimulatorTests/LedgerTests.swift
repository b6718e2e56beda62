import Causality
import ChangeLog
import InboxModel
import Testing

@testable import PartitionSimulator

@Suite("The ledger")
struct LedgerTests {
    private let one = ReplicaID(1)
    private let two = ReplicaID(2)

    private func body(_ dot: Dot, clock: [(ReplicaID, UInt64)] = [], isFull: Bool = false) -> ChangeSetBody {
        let set = ChangeSet(
            stamp: Stamp(dot, HybridTimestamp(milliseconds: Int64(dot.sequence))), actor: .system, office: nil, changes: [])
        return ChangeSetBody(set: set, clock: clock.map { TaggedClockEntry($0.0, $0.1, tag: 0) }, isFullClock: isFull)
    }

    private func hash(_ number: UInt64) -> ChangeSetHash { ChangeSetHash(words: (number, 0, 0, 0)) }

    @Test("Clocks grow by what each change set says of them, and begin anew with a full one")
    func clocks() throws {
        let ledger = Ledger()
        ledger.record(body(Dot(one, 1), clock: [(two, 3)], isFull: true), hash: hash(1), previous: .zero, by: 0, at: 5)
        ledger.record(body(Dot(one, 2), clock: [(ReplicaID(3), 2)]), hash: hash(2), previous: hash(1), by: 0, at: 6)
        ledger.record(body(Dot(one, 3), clock: [(two, 4)], isFull: true), hash: hash(3), previous: hash(2), by: 0, at: 7)
        #expect(ledger.entry(at: Dot(one, 1))?.clock == VersionVector([.init(two, 3)]))
        #expect(ledger.entry(at: Dot(one, 2))?.clock == VersionVector([.init(one, 1), .init(two, 3), .init(ReplicaID(3), 2)]))
        #expect(ledger.entry(at: Dot(one, 3))?.clock == VersionVector([.init(one, 2), .init(two, 4)]))
        #expect(ledger.replicas == [one] && ledger.count == 3)
        #expect([Dot(one, 4), Dot(one, 0), Dot(two, 1)].allSatisfy { ledger.entry(at: $0) == nil })
    }

    @Test("Both change sets of one name are kept, each with its history")
    func forks() throws {
        let ledger = Ledger()
        for number in UInt64(1)...3 {
            let previous = number == 1 ? .zero : hash(number - 1)
            ledger.record(body(Dot(one, number)), hash: hash(number), previous: previous, by: 0, at: 0)
        }
        #expect(ledger.forked.isEmpty)
        #expect(!ledger.record(body(Dot(one, 2)), hash: hash(2), previous: hash(1), by: 0, at: 0), "known already")
        ledger.record(body(Dot(one, 2)), hash: hash(12), previous: hash(1), by: 1, at: 0)
        ledger.record(body(Dot(one, 3)), hash: hash(13), previous: hash(12), by: 1, at: 0)
        ledger.record(body(Dot(one, 4)), hash: hash(14), previous: hash(13), by: 1, at: 0)
        #expect(ledger.forked == [one] && ledger.count == 6)
        #expect(ledger.history(endingAt: LogHead(one, 3, hash(3)))?.map(\.hash) == [hash(1), hash(2), hash(3)])
        #expect(ledger.history(endingAt: LogHead(one, 4, hash(14)))?.map(\.hash) == [hash(1), hash(12), hash(13), hash(14)])
        #expect(ledger.history(endingAt: LogHead(one, 4, hash(4))) == nil)
        #expect(ledger.knows(LogHead(one, 3, hash(13))) && !ledger.knows(LogHead(one, 3, hash(14))))
        #expect(ledger.knows(LogHead(empty: two)))
    }

    @Test("A branch is known by the name that its first change set gives it, and what a disk lost is what does not lead to its end")
    func branches() throws {
        let ledger = Ledger()
        for number in UInt64(1)...3 {
            let previous = number == 1 ? .zero : hash(number - 1)
            ledger.record(body(Dot(one, number)), hash: hash(number), previous: previous, by: 0, at: 0)
            ledger.acknowledge(Dot(one, number), hash(number))
        }
        ledger.record(body(Dot(one, 2)), hash: hash(12), previous: hash(1), by: 0, at: 0)
        let (first, second) = (ReplicaID(branchOf: one, from: hash(2)), ReplicaID(branchOf: one, from: hash(12)))
        #expect(ledger.knows(LogHead(first, 3, hash(3))) && ledger.knows(LogHead(second, 2, hash(12))))
        #expect(ledger.knows(LogHead(second, 1, hash(1))), "nothing is held of it yet")
        #expect(!ledger.knows(LogHead(second, 3, hash(3))) && !ledger.knows(LogHead(ReplicaID(99), 3, hash(3))))
        #expect(ledger.origin(of: first) == one && ledger.origin(of: two) == two)
        #expect(ledger.writeOff(beyond: LogHead(one, 2, hash(12)), by: 0) == [Dot(one, 2), Dot(one, 3)])
    }

    @Test("Acknowledging one of two change sets of one name leaves the other alone")
    func acknowledging() throws {
        let ledger = Ledger()
        ledger.record(body(Dot(one, 1)), hash: hash(1), previous: .zero, by: 0, at: 0)
        ledger.record(body(Dot(one, 1)), hash: hash(11), previous: .zero, by: 1, at: 0)
        ledger.acknowledge(Dot(one, 1), hash(11))
        #expect(ledger.entry(at: Dot(one, 1), hash(1))?.isAcknowledged == false)
        #expect(ledger.entry(at: Dot(one, 1), hash(11))?.isAcknowledged == true)
        #expect(ledger.writtenOff.isEmpty)
    }
}
