import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Random work with a laptop that holds only some threads")
struct RandomHoldingTests {
    private static let hour: Int64 = 3600 * 1000

    @Test(
        "no text is lost: offices hold all, the laptop shows the same states and each text or that it does not hold it", arguments: 1...4)
    func noTextIsLost(_ number: Int) throws {
        let seed = UInt64(number * 2)  // Even ones have a laptop.
        let office = try RandomOffice(seed: seed)
        let laptop = try #require(office.clinic.laptop)
        laptop.laptopScope = LaptopScope(age: Self.hour)
        for _ in 0..<3 {
            try office.work(30)
            try end(office)
            office.clinic.group.run(for: 2 * Self.hour + 600_000)
        }
        try #require(try office.settle(), "seed \(seed): the nodes do not come to rest; \(office.history)")
        office.clinic.group.run(for: 2 * Self.hour + 600_000)
        try #require(try office.settle())
        #expect(Set(try office.clinic.group.digests()).count == 1, "seed \(seed): the inboxes differ; \(office.history)")
        var missing = 0
        for (thread, texts) in office.texts.sorted(by: { $0.key < $1.key }) {
            for node in office.nodes {
                let page = try office.clinic.page(of: thread, at: node)
                missing += page.missing
                let shown = page.entries.map(\.text)
                for text in texts {
                    let isShown = shown.contains(text)
                    #expect(isShown || node === laptop && shown.contains(InboxReader.notHeld), "seed \(seed): \(text) at \(node.name)")
                }
                #expect(node === laptop || page.missing == 0, "seed \(seed): \(node.name) let something go")
            }
        }
        #expect(missing > 0, "seed \(seed): nothing was let go, so nothing was tested")
        for node in office.nodes { #expect(try node.reader.verifyLogs().isSound, "seed \(seed): \(node.name)") }
        laptop.laptopScope = nil
        office.clinic.group.run(for: Self.hour + 600_000)
        for (thread, texts) in office.texts {
            let shown = try office.clinic.page(of: thread, at: laptop).entries.map(\.text)
            for text in texts { #expect(shown.contains(text), "seed \(seed): \(text) did not come back; \(office.history)") }
        }
    }

    /// Resolves what is open at some node, so that something leaves the scope.
    private func end(_ office: RandomOffice) throws {
        guard let node = office.nodes.first(where: \.isRunning) else { return }
        for item in try node.reader.list(ThreadFilter(.open), limit: 6) {
            let command = ThreadCommand.resolve(outcome: "done", told: .told, note: "")
            do {
                _ = try office.clinic.group.submit(.thread(item.id, shown: nil, command), at: node, by: office.clinic.onCall)
            } catch let error as SimulationError where error.code == .nodeDown {
                return
            }
        }
    }
}
