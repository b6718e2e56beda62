import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import Testing
import Vault

@Suite("One seed, one trace")
struct DeterminismTests {
    @Test("the same seed gives the same trace, digests and keys, twice in one process", arguments: [1, 2, 3] as [UInt64])
    func same(_ seed: UInt64) throws {
        let one = try outcome(seed)
        let other = try outcome(seed)
        #expect(one.trace == other.trace)
        #expect(one.digests == other.digests)
        #expect(one.members == other.members)
        #expect(one.records > 300)
    }

    @Test("another seed gives another trace")
    func different() throws {
        let traces = try (1...4).map { try outcome(UInt64($0)).trace }
        #expect(Set(traces).count == 4)
    }

    private func outcome(_ seed: UInt64) throws -> (trace: Digest, records: Int, digests: [Digest], members: [String]) {
        let world = try World(seed: seed, conditions: .bad)
        try world.work()
        return (
            world.group.trace.hash, world.group.trace.count, try world.group.digests(),
            world.nodes.map { "\($0.identity.member)" }
        )
    }
}
