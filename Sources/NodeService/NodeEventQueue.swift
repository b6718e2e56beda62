import OfficeNode
import Synchronization

/// Events on their way to the node, from any thread, in order. Whoever applies them takes a batch at a time.
final class NodeEventQueue: Sendable {
    private struct Contents {
        var events: [NodeEvent] = []
        var hasTick = false
    }

    private let contents = Mutex(Contents())
    private let signal: AsyncStream<Void>.Continuation
    /// Yields when there is something to take; several arrivals may share one signal.
    let arrivals: AsyncStream<Void>

    init() {
        (arrivals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds an event. A tick that is not taken yet is not added again.
    func push(_ event: NodeEvent) {
        let added = contents.withLock { contents in
            if case .tick = event {
                if contents.hasTick { return false }
                contents.hasTick = true
            }
            contents.events.append(event)
            return true
        }
        if added { signal.yield() }
    }

    /// Takes the oldest events: at most `runsMax` runs with all that lies between them, so that a transaction stays short.
    func take(runsMax: Int) -> [NodeEvent] {
        contents.withLock { contents in
            var runs = 0
            var count = 0
            for event in contents.events {
                if case .frame(_, .run) = event {
                    if runs == runsMax { break }
                    runs += 1
                }
                count += 1
            }
            let taken = Array(contents.events.prefix(count))
            contents.events.removeFirst(count)
            if contents.hasTick {
                contents.hasTick = contents.events.contains { if case .tick = $0 { true } else { false } }
            }
            return taken
        }
    }

    /// Whether nothing waits.
    var isEmpty: Bool { contents.withLock { $0.events.isEmpty } }

    /// Ends `arrivals`.
    func close() { signal.finish() }
}
