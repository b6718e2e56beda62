import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import Testing

@Suite("The checker over honest runs")
struct InvariantRunTests {
    @Test("A long run with every fault that nodes must bear has no violation, and was looked at", arguments: UInt64(0)..<8)
    func honestRun(seed: UInt64) throws {
        let world = try InvariantWorld(seed: seed, conditions: seed % 2 == 0 ? .good : .bad)
        for _ in 0..<4 {
            try world.work(60)
            try world.settle()
        }
        world.checker.finish(world.group)
        #expect(world.checker.violations.isEmpty, "seed \(seed): \(world.checker.violations.map(\.description))")
        #expect(world.checker.remarks.isEmpty, "seed \(seed): \(world.checker.remarks)")
        #expect(world.checker.ledger.acknowledgedCount > 100)
        #expect(world.checker.ledger.replicas.count == 4)
        #expect(world.checker.writtenOff.isEmpty)
    }

    @Test("A run goes the same way with and without a checker")
    func withoutChecker() throws {
        let hashes = try [true, false].map { isChecked in
            let world = try InvariantWorld(seed: 11, isChecked: isChecked)
            try world.work(80)
            if isChecked { try world.settle() } else { try world.settleUnseen() }
            try world.work(20)
            return world.group.trace.hash
        }
        #expect(hashes[0] == hashes[1])
    }
}
