import Vault

/// A frame on its way between two nodes, as `SimulatedGroup.drops` sees it.
public struct SimulatedFrame: Sendable {
    /// Who sent it, by number.
    public let from: Int
    /// Who it is for, by number.
    public let to: Int
    /// The bytes that left the node.
    public let bytes: [UInt8]
    /// The connection it was sent on; nil for the frames of joining.
    let session: Int?
    /// The key that the transport would report to the receiver.
    let key: CurvePublicKey
}

/// Something that happens at a moment of virtual time.
enum SimulatedEvent {
    /// A frame arrives.
    case arrival(SimulatedFrame)
    /// A node handles what has arrived for it. `life` as in `SimulatedNode`.
    case turn(Int, life: Int)
    /// A node's clock ticks.
    case tick(Int, life: Int)
    /// A handshake ends.
    case connect(NodePair)
    /// Both ends notice that nothing comes through any more, unless the link was healed since: `cuts` tells.
    case notice(NodePair, cuts: Int)
}

/// What is going to happen, in the order of (time, number): a binary heap. The number is that of adding, so that nothing
/// depends on the order in which a hash table gives its elements.
struct EventQueue {
    private struct Item {
        let time: Int64
        let number: UInt64
        let event: SimulatedEvent

        func precedes(_ other: Item) -> Bool { time == other.time ? number < other.number : time < other.time }
    }

    private var heap: [Item] = []
    private var count: UInt64 = 0
    /// Frames that have not arrived yet.
    private(set) var framesUnderWay = 0

    /// When the next event happens; nil where nothing is left.
    var nextTime: Int64? { heap.first?.time }

    mutating func add(_ event: SimulatedEvent, at time: Int64) {
        if case .arrival = event { framesUnderWay += 1 }
        heap.append(Item(time: time, number: count, event: event))
        count += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the next event out.
    mutating func next() -> (time: Int64, event: SimulatedEvent)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        if case .arrival = first.event { framesUnderWay -= 1 }
        return (first.time, first.event)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
