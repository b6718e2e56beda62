import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Random work under random faults")
struct RandomWorkTests {
    @Test(
        "after the last heal all nodes show one inbox, nothing acknowledged is lost, and somebody is accountable",
        arguments: 1...60)
    func converges(_ seed: Int) throws {
        let office = try RandomOffice(seed: UInt64(seed))
        try office.work(110)
        try #require(try office.settle(), "seed \(seed): the nodes do not come to rest; \(office.history)")
        #expect(office.acknowledged.count > 10, "the seed does something")

        let digests = try office.clinic.group.digests()
        try #require(Set(digests).count == 1, "seed \(seed): the inboxes differ; \(office.history)")
        let statistics = try office.nodes.map { try $0.store.reader.statistics() }
        #expect(Set(statistics.map(\.changeSets)).count == 1 && Set(statistics.map(\.messages)).count == 1)
        for node in office.nodes {
            #expect(try node.reader.verifyLogs().isSound, "seed \(seed): \(node.name)")
            #expect(try node.store.reader.quarantine().isEmpty)
            for dot in office.acknowledged {
                #expect(node.progress(dot.replica).merged >= dot.sequence, "seed \(seed): \(dot) is lost at \(node.name)")
            }
            for item in try node.reader.list(ThreadFilter(.open), limit: 1_000) { #expect(item.owner != "nobody") }
        }
        let node = office.nodes[seed % office.nodes.count]
        try expectTexts(office, at: node, seed)
        let rebuilt = try #require(node.brain).rebuild()
        #expect(rebuilt.before == rebuilt.after, "seed \(seed): a rebuild differs")
    }

    /// Every acknowledged text is in its thread's history, once.
    private func expectTexts(_ office: RandomOffice, at node: SimulatedNode, _ seed: Int) throws {
        for (thread, texts) in office.texts {
            let shown = try office.clinic.page(of: thread, at: node).entries.map(\.text)
            for text in texts { #expect(shown.count { $0 == text } == 1, "seed \(seed): \(text) at \(node.name)") }
        }
    }
}
