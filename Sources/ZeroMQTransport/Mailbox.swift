import Synchronization

/// What the owner asks of the transport's thread, besides sending frames.
enum LoopRequest: Sendable {
    case connect(CurveKey, Endpoint)
    case disconnect(CurveKey)
    /// The authentication handler refused this key.
    case refused(CurveKey)
}

/// Requests on their way to the transport's thread. Any thread may post.
final class Mailbox: Sendable {
    private struct State {
        var requests: [LoopRequest] = []
        var stopped = false
        var refusals = 0
    }

    let wake: WakeSignal
    private let state = Mutex(State())

    /// Reports of refused keys that may wait: strangers must not be able to fill the memory of a busy node.
    private static let refusalsMax = 1024

    init() throws(TransportError) {
        wake = try WakeSignal()
    }

    /// - Returns: `false` if the request was not taken, because the transport stopped or too many refusals wait.
    @discardableResult
    func post(_ request: LoopRequest) -> Bool {
        let taken = state.withLock { state in
            guard !state.stopped else { return false }
            if case .refused = request {
                guard state.refusals < Mailbox.refusalsMax else { return false }
                state.refusals += 1
            }
            state.requests.append(request)
            return true
        }
        if taken { wake.signal() }
        return taken
    }

    /// Asks the thread to end. Further posts are ignored.
    func stop() {
        state.withLock { $0.stopped = true }
        wake.signal()
    }

    var isStopped: Bool { state.withLock { $0.stopped } }

    func take() -> [LoopRequest] {
        state.withLock { state in
            defer {
                state.requests = []
                state.refusals = 0
            }
            return state.requests
        }
    }
}
