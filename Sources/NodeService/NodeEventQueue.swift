import ChangeLog
import OfficeNode
import Synchronization

/// Events on their way to the node, from any thread. Whoever applies them takes a batch at a time: commands first, because a
/// person waits for each and none depends on what peers say; the rest in order.
final class NodeEventQueue: Sendable {
    private struct Contents {
        var commands: [NodeEvent] = []
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
            switch event {
            case .command:
                contents.commands.append(event)
                return true
            case .tick:
                if contents.hasTick { return false }
                contents.hasTick = true
            case .frame, .connected, .disconnected, .startReplica: break
            }
            contents.events.append(event)
            return true
        }
        if added { signal.yield() }
    }

    /// Takes all commands and the oldest other events: at most `runsMax` runs with all that lies between them, so that a
    /// transaction stays short.
    func take(runsMax: Int) -> [NodeEvent] {
        contents.withLock { contents in
            var runs = 0
            var count = 0
            for event in contents.events {
                if case .frame(_, .run) = event {
                    if runs == runsMax { break }
                    runs += 1
                }
                if case .tick = event { contents.hasTick = false }
                count += 1
            }
            let taken = contents.commands + contents.events.prefix(count)
            contents.commands = []
            contents.events.removeFirst(count)
            return taken
        }
    }

    /// Whether nothing waits.
    var isEmpty: Bool { contents.withLock { $0.commands.isEmpty && $0.events.isEmpty } }

    /// Ends `arrivals`.
    func close() { signal.finish() }
}
