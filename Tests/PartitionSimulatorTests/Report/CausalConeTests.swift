@testable import PartitionSimulator
import Testing

@Suite("The causal cone")
struct CausalConeTests {
    /// The cone by walking backwards over every single event: slow and plain.
    private struct PlainCone {
        private(set) var entries: Set<Int> = []
        private(set) var frames: Set<Int> = []

        private struct Event {
            let node: Int
            /// Arrivals come before what else happens in their millisecond.
            let order: (Int64, Int, Int)
            let entry: Int
            let isArrival: Bool
        }

        init(_ record: RunRecord, at: Int64, node: Int) {
            var events: [Event] = []
            for (index, entry) in record.entries.enumerated() {
                let ends = entry.kind == .frame ? [entry.node] : [entry.node, entry.peer]
                for case let end? in ends { events.append(Event(node: end, order: (entry.at, 1, index), entry: index, isArrival: false)) }
                guard entry.kind == .frame, let peer = entry.peer else { continue }
                for arrival in entry.arrivals ?? [] {
                    events.append(Event(node: peer, order: (arrival, 0, index), entry: index, isArrival: true))
                }
            }
            var reached = events.map { $0.node == node && $0.order.0 <= at }
            var waiting = events.indices.filter { reached[$0] }
            while let place = waiting.popLast() {
                let event = events[place]
                for other in events.indices where !reached[other] {
                    let isEarlier = events[other].node == event.node && events[other].order < event.order
                    let isDeparture = event.isArrival && events[other].entry == event.entry && !events[other].isArrival
                    if isEarlier || isDeparture {
                        reached[other] = true
                        waiting.append(other)
                    }
                }
            }
            for (place, event) in events.enumerated() where reached[place] {
                if event.isArrival { frames.insert(event.entry) } else { entries.insert(event.entry) }
            }
        }
    }

    @Test("equals the plain walk over all events, on random records", arguments: 1...60)
    func reference(_ seed: UInt64) {
        // Short steps, so that frames overtake each other and much happens in one millisecond.
        let record = SampleRecord(seed: seed, nodes: 2 + Int(seed % 5), entries: 90, step: seed % 2 == 0 ? 3 : 700).record
        for share in [2, 3, 4] {
            let at = record.entries[record.entries.count * (share - 1) / share].at
            let node = Int(seed) % record.nodes.count
            let plain = PlainCone(record, at: at, node: node)
            let cone = CausalCone(record, at: at, node: node)
            let entries = record.entries.enumerated().filter { cone.contains($0.offset, $0.element) }.map(\.offset)
            let frames = record.entries.enumerated().filter { $0.element.kind == .frame && cone.carries($0.element) }.map(\.offset)
            #expect(Set(entries) == plain.entries, "seed \(seed), node \(node), time \(at)")
            #expect(Set(frames) == plain.frames, "seed \(seed), node \(node), time \(at)")
        }
    }

    @Test("reaches through a node in the middle, and not to what that node heard later")
    func chain() {
        var record = RunRecord(
            name: "chain", seed: 1, duration: 1_000, start: 0, nodes: ["a", "b", "c"].map { .init(name: $0, kind: "office") })
        func deed(_ at: Int64, _ node: Int) { record.entries.append(TraceEntry(at: at, kind: .deed, node: node)) }
        func run(_ at: Int64, _ from: Int, _ to: Int, _ arrival: Int64) {
            var entry = TraceEntry(at: at, kind: .frame, node: from, peer: to)
            entry.arrivals = [arrival]
            record.entries.append(entry)
        }
        deed(10, 0)
        run(20, 0, 1, 50)
        deed(30, 0)
        run(60, 1, 2, 100)
        run(70, 0, 1, 80)
        deed(100, 2)
        let cone = CausalCone(record, at: 100, node: 2)
        let inside = record.entries.enumerated().filter { cone.contains($0.offset, $0.element) }.map(\.offset)
        #expect(inside == [0, 1, 3, 5])
        #expect(cone.carries(record.entries[1]))
        #expect(!cone.carries(record.entries[4]))
    }

    @Test("of what no single node shows holds all that came before, and nothing after")
    func everybody() {
        let record = SampleRecord(seed: 3).record
        let at = record.entries[60].at
        let cone = CausalCone(record, at: at, node: nil)
        for (index, entry) in record.entries.enumerated() {
            #expect(cone.contains(index, entry) == (entry.at <= at))
        }
    }

    @Test("a frame that is said to arrive before it left carries nothing")
    func impossibleArrival() {
        var record = RunRecord(name: "x", seed: 1, duration: 100, start: 0, nodes: ["a", "b"].map { .init(name: $0, kind: "office") })
        var entry = TraceEntry(at: 50, kind: .frame, node: 0, peer: 1)
        entry.arrivals = [10]
        record.entries = [entry]
        let cone = CausalCone(record, at: 60, node: 1)
        #expect(!cone.contains(0, entry))
        #expect(!cone.carries(entry))
    }
}
