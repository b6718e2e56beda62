import OfficeNode
import Synchronization

/// Commands whose answers are awaited.
final class PendingAnswers: Sendable {
    typealias Answer = Result<CommandOutcome, CommandRefusal>

    private struct Contents {
        var next: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Answer, Never>] = [:]
        var isClosed = false
    }

    private let contents = Mutex(Contents())

    /// Sends a command under a new id and waits for its answer.
    func wait(_ send: (UInt64) -> Void) async -> Answer {
        await withCheckedContinuation { continuation in
            let id = contents.withLock { contents -> UInt64? in
                if contents.isClosed { return nil }
                contents.next += 1
                contents.waiting[contents.next] = continuation
                return contents.next
            }
            guard let id else { return continuation.resume(returning: Self.stopping) }
            send(id)
        }
    }

    func answer(_ id: UInt64, _ answer: Answer) {
        contents.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: answer)
    }

    /// Answers all who still wait, and whoever comes later, that the node is stopping.
    func failAll() {
        let waiting = contents.withLock { contents in
            contents.isClosed = true
            defer { contents.waiting = [:] }
            return contents.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: Self.stopping) }
    }

    private static let stopping = Answer.failure(
        CommandRefusal(.storage, "the node is stopping: nothing was changed, try again when it runs"))
}
