import Glibc
import Synchronization

/// What the rest of the process leaves for the control thread: finished answers and the wish to stop. Whoever leaves
/// something wakes the thread through a pipe, because it waits in `poll`.
final class ControlMailbox: Sendable {
    /// The answer to the request that a connection is waiting for.
    struct Answer: Sendable {
        let connection: UInt64
        let line: [UInt8]
    }

    private struct State {
        var answers: [Answer] = []
        var stopping = false
        var ended = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// Readable as soon as something was left.
    let wakeDescriptor: Int32
    private let writeEnd: Int32

    init() throws(NodeServiceError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw NodeServiceError(
                .inputOutput, "no pipe could be made: \(String(cString: strerror(errno))); raise the limit on open files",
                errorNumber: errno)
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (wakeDescriptor, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(wakeDescriptor)
        close(writeEnd)
    }

    func post(_ answer: Answer) {
        state.withLock { $0.answers.append(answer) }
        wake()
    }

    func requestStop() {
        state.withLock { $0.stopping = true }
        wake()
    }

    /// Returns when the thread has closed everything.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state in
                if !state.ended { state.waiters.append(continuation) }
                return state.ended
            }
            if ended { continuation.resume() }
        }
    }

    // MARK: - On the control thread

    /// Takes what was left. Clears the pipe first, so that something left afterwards wakes again.
    func take() -> (answers: [Answer], stopping: Bool) {
        var bytes: UInt64 = 0
        while read(wakeDescriptor, &bytes, MemoryLayout<UInt64>.size) > 0 {}
        return state.withLock { state in
            defer { state.answers = [] }
            return (state.answers, state.stopping)
        }
    }

    func end() {
        let waiters = state.withLock { state in
            state.ended = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// A full pipe already wakes.
    private func wake() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }
}
