import Vault

/// A frame on its way between two nodes, as `SimulatedGroup.drops` sees it.
public struct SimulatedFrame: Sendable {
    /// Who sent it, by number.
    public let from: Int
    /// Who it is for, by number.
    public let to: Int
    /// The bytes that left the node, or what damage left of them.
    public internal(set) var bytes: [UInt8]
    /// The connection it was sent on; nil for the frames of joining.
    var session: Int?
    /// The key that the transport would report to the receiver.
    let key: CurvePublicKey
    /// Whether it is damaged. A real transport's seal would break then, and with it the connection.
    var isDamaged = false
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
    /// Something that a fault does later.
    case work((SimulatedGroup) -> Void)
}

/// What is going to happen, in the order of (time, number): a binary heap. The number is that of adding, so that nothing
/// depends on the order in which a hash table gives its elements.
struct EventQueue {
    /// What the heap moves around: small, so that moving is cheap. The event stands at `slot`.
    private struct Item {
        let time: Int64
        let number: UInt64
        let slot: Int

        func precedes(_ other: Item) -> Bool { time == other.time ? number < other.number : time < other.time }
    }

    private var heap: [Item] = []
    private var events: [SimulatedEvent?] = []
    private var free: [Int] = []
    private var count: UInt64 = 0
    /// Frames that have not arrived yet.
    private(set) var framesUnderWay = 0

    /// When the next event happens; nil where nothing is left.
    var nextTime: Int64? { heap.first?.time }

    mutating func add(_ event: SimulatedEvent, at time: Int64) {
        if case .arrival = event { framesUnderWay += 1 }
        let slot = free.popLast() ?? events.count
        if slot == events.count { events.append(event) } else { events[slot] = event }
        heap.append(Item(time: time, number: count, slot: slot))
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
        guard let event = events[first.slot] else { return nil }
        events[first.slot] = nil
        free.append(first.slot)
        if case .arrival = event { framesUnderWay -= 1 }
        return (first.time, event)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < heap.count && heap[left].precedes(heap[least]) { least = left }
            if left + 1 < heap.count && heap[left + 1].precedes(heap[least]) { least = left + 1 }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
