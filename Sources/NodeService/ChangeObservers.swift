import Synchronization

/// Pages that want to know what the brain tells of: which threads changed, who signs in elsewhere.
final class ChangeObservers<Change: Sendable>: Sendable {
    private struct Contents {
        var next = 0
        var streams: [Int: AsyncStream<[Change]>.Continuation] = [:]
    }

    private let contents = Mutex(Contents())

    func subscribe() -> AsyncStream<[Change]> {
        let (stream, continuation) = AsyncStream<[Change]>.makeStream(bufferingPolicy: .bufferingNewest(256))
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

    func tell(_ changes: [Change]) {
        let streams = contents.withLock { Array($0.streams.values) }
        for stream in streams { stream.yield(changes) }
    }
}
