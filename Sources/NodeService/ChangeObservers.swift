import InboxModel
import Synchronization

/// Pages that want to know which threads changed.
final class ChangeObservers: Sendable {
    private struct Contents {
        var next = 0
        var streams: [Int: AsyncStream<[ThreadID]>.Continuation] = [:]
    }

    private let contents = Mutex(Contents())

    func subscribe() -> AsyncStream<[ThreadID]> {
        let (stream, continuation) = AsyncStream<[ThreadID]>.makeStream(bufferingPolicy: .bufferingNewest(256))
        let id = contents.withLock { contents in
            contents.next += 1
            contents.streams[contents.next] = continuation
            return contents.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.contents.withLock { $0.streams[id] = nil }
        }
        return stream
    }

    func tell(_ threads: [ThreadID]) {
        let streams = contents.withLock { Array($0.streams.values) }
        for stream in streams { stream.yield(threads) }
    }
}
