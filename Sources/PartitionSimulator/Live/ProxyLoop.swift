import Glibc
import Synchronization

/// The one thread that moves the bytes of any number of proxies, waiting with `poll`.
///
/// Everything it works on is behind one lock that it does not hold while it waits, so whoever changes a proxy finds the
/// change done when the call returns. Each change ends the wait, and what was closed meanwhile is looked at no more.
public final class ProxyLoop: Sendable {
    private let state = Mutex(State())
    /// A byte into it ends the wait.
    private let wakeUp: WakePipe

    private struct State {
        var ports: [Int: ProxyPort] = [:]
        var nextPort = 0
        /// The ports that were asked what they wait for, and how many descriptors each named.
        var asked: [(port: Int, count: Int)] = []
        /// Once set, nobody may use the pipe: the thread closes it. So it is woken with the lock held, before it is let go.
        var isStopped = false
    }

    /// A loop without proxies; its thread runs until `stop`. Throws `FaultingProxyError` where no thread is to be had.
    public init() throws {
        wakeUp = try WakePipe()
        do {
            try LoopThread.start { [self] in run() }
        } catch {
            wakeUp.close()
            throw error
        }
    }

    /// Ends every proxy of the loop, and its thread.
    public func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            for port in state.ports.values { port.close() }
            state.ports = [:]
            state.isStopped = true
            wakeUp.wake()
        }
    }

    /// Adds a port. Returns its number; throws where the loop was stopped.
    func add(_ make: @Sendable () -> ProxyPort) throws -> Int {
        let number: Int? = state.withLock { state in
            guard !state.isStopped else { return nil }
            state.nextPort += 1
            state.ports[state.nextPort] = make()
            wakeUp.wake()
            return state.nextPort
        }
        guard let number else { throw FaultingProxyError("the loop of the proxies was stopped before: make a new one") }
        return number
    }

    /// Does something with a port; nil where it is gone.
    func with<Result: Sendable>(_ number: Int, _ body: @Sendable (ProxyPort) -> Result) -> Result? {
        state.withLock { state in
            guard let port = state.ports[number] else { return nil }
            wakeUp.wake()
            return body(port)
        }
    }

    /// Ends a port. Returns what it did; nil where it is gone.
    func remove(_ number: Int) -> ProxyCounts? {
        state.withLock { state in
            guard let port = state.ports.removeValue(forKey: number) else { return nil }
            port.close()
            wakeUp.wake()
            return port.counts
        }
    }

    // MARK: - The thread

    private func run() {
        // Nobody wakes a loop that was stopped, so the pipe is this thread's alone by then.
        defer { wakeUp.close() }
        while case (var waiting, let due)? = prepare() {
            _ = poll(&waiting, nfds_t(waiting.count), Self.milliseconds(until: due))
            if waiting[0].revents != 0 { wakeUp.drain() }
            step(waiting.map(\.revents))
        }
    }

    /// What to wait for and until when; nil when the loop was stopped.
    private func prepare() -> (waiting: [pollfd], due: Int64?)? {
        state.withLock { state in
            guard !state.isStopped else { return nil }
            var waiting = [pollfd(fd: wakeUp.reading, events: Int16(POLLIN), revents: 0)]
            var due: Int64?
            state.asked = []
            for (number, port) in state.ports {
                let wanted = port.prepare()
                state.asked.append((number, wanted.count))
                waiting += wanted
                if let next = port.nextDue { due = min(due ?? next, next) }
            }
            return (waiting, due)
        }
    }

    private func step(_ said: [Int16]) {
        state.withLock { state in
            let now = MonotonicClock.now()
            var offset = 1
            for (number, count) in state.asked {
                state.ports[number]?.step(said[offset..<offset + count], at: now)
                offset += count
            }
        }
    }

    /// How long `poll` waits: rounded up, so that what is due is due when it returns.
    private static func milliseconds(until due: Int64?) -> Int32 {
        guard let due else { return -1 }
        return Int32(clamping: max(0, (due - MonotonicClock.now() + 999_999) / 1_000_000))
    }
}
