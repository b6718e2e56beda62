import Glibc

/// One connection to the control socket: a request is read, handled, answered, and then the next one.
///
/// Belongs to the control thread. It never waits: each call does what the socket allows at the moment.
final class ControlConnection {
    enum State {
        /// Waiting for the rest of a request.
        case reading
        /// Waiting for the handler's answer. Further bytes stay in the socket, which holds the sender back.
        case handling(Task<Void, Never>)
        /// Waiting for the socket to take the answer; then the connection ends if nothing more is to come.
        case writing(thenClose: Bool)
        case closed
    }

    /// What came of reading.
    enum Input {
        /// Not a whole request yet.
        case partial
        case request([UInt8])
        case tooLong
        /// The other side has ended, perhaps within a request.
        case ended(withinRequest: Bool)
    }

    let id: UInt64
    let descriptor: Int32
    private(set) var state = State.reading
    /// When to give up unless some byte moves before; `nil` while a request is handled.
    private(set) var deadline: ContinuousClock.Instant?

    private let limits: ControlLimits
    private var input: [UInt8] = []
    /// How much of `input` is known to hold no line end.
    private var searched = 0
    private var inputEnded = false
    private var output: [UInt8] = []
    private var written = 0

    init(id: UInt64, descriptor: Int32, limits: ControlLimits) {
        self.id = id
        self.descriptor = descriptor
        self.limits = limits
        deadline = .now + limits.idleMax
    }

    /// What to wait for in `poll`; the end of the other side is reported in any case.
    var events: Int16 {
        switch state {
        case .reading: Int16(POLLIN)
        case .writing: Int16(POLLOUT)
        case .handling, .closed: 0
        }
    }

    var isReading: Bool {
        if case .reading = state { true } else { false }
    }

    var isHandling: Bool {
        if case .handling = state { true } else { false }
    }

    var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Takes what the socket holds, up to one request.
    func receive() -> Input {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            if let line = nextLine() { return line.count > limits.requestBytesMax ? .tooLong : .request(line) }
            guard input.count <= limits.requestBytesMax else { return .tooLong }
            if inputEnded { return .ended(withinRequest: !input.isEmpty) }
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                input += chunk[..<count]
                deadline = .now + limits.idleMax
            } else if count == 0 {
                inputEnded = true
            } else if errno == EAGAIN {
                return .partial
            } else if errno != EINTR {
                return .ended(withinRequest: false)
            }
        }
    }

    private func nextLine() -> [UInt8]? {
        guard let end = input[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = input.count
            return nil
        }
        let line = Array(input[..<end])
        input.removeSubrange(...end)
        searched = 0
        return line
    }

    func handle(by task: Task<Void, Never>) {
        state = .handling(task)
        deadline = nil
    }

    /// Hands over an answer; ``flush()`` sends it.
    func answer(_ line: [UInt8], thenClose: Bool) {
        output = line
        written = 0
        state = .writing(thenClose: thenClose)
        deadline = .now + limits.idleMax
    }

    /// Sends what the socket takes. Afterwards the connection reads again, or is closed, or goes on writing.
    func flush() {
        guard case .writing(let thenClose) = state else { return }
        while written < output.count {
            // MSG_NOSIGNAL: the other side may be gone, which is no reason to end the process.
            let count = output[written...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                written += count
                deadline = .now + limits.idleMax
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                return close()
            }
        }
        output = []
        if thenClose { return close() }
        state = .reading
    }

    /// Closes at once. The handler is told by cancelling its task; what it did stays done.
    func close() {
        if case .closed = state { return }
        if case .handling(let task) = state { task.cancel() }
        state = .closed
        deadline = nil
        _ = Glibc.close(descriptor)
    }
}
