import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

@testable import ZeroMQTransport

/// Passes one TCP connection on, with pauses if asked to, and after a number of bytes holds back what the caller sends.
/// libzmq itself sends a message only when it is complete; this way the receiver never sees its end.
final class WithholdingRelay: Sendable {
    struct Failed: Error {}

    /// Where to call.
    let endpoint: String
    private let state: State
    private let thread: LoopThread

    private final class State: Sendable {
        let isOver = Atomic<Bool>(false)
        let forwarded = Atomic<Int>(0)
        let wasCut = Atomic<Bool>(false)
        let isReset = Atomic<Bool>(false)
    }

    /// Bytes of the caller's that were passed on.
    var forwarded: Int { state.forwarded.load(ordering: .relaxed) }
    /// Whether the receiver has ended the connection.
    var wasCut: Bool { state.wasCut.load(ordering: .relaxed) }

    /// Breaks the connection to the receiver off, as when the caller's machine dies.
    func reset() {
        state.isReset.store(true, ordering: .relaxed)
        thread.join()
    }

    init(to target: String, forwardingMax: Int = .max, pause: Duration = .zero) throws {
        let listening = socket(AF_INET, PlainConnection.stream, 0)
        guard listening >= 0, PlainConnection.withLoopback(port: 0, { bind(listening, $0, $1) }) == 0,
            listen(listening, 1) == 0
        else { throw Failed() }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listening, $0, &length) }
        }
        guard named == 0 else { throw Failed() }
        endpoint = "tcp://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        let state = State()
        self.state = state
        thread = try LoopThread {
            defer { close(listening) }
            guard let outgoing = try? PlainConnection(to: target) else { return }
            let incoming = accept(listening, nil, nil)
            guard incoming >= 0 else { return }
            defer { close(incoming) }
            WithholdingRelay.pass(incoming, outgoing.descriptor, forwardingMax, pause, state)
        }
    }

    deinit {
        state.isOver.store(true, ordering: .relaxed)
        // Wakes an accept that nobody called; fails harmlessly otherwise.
        _ = try? PlainConnection(to: endpoint)
        thread.join()
    }

    private static func pass(
        _ caller: Int32, _ target: Int32, _ forwardingMax: Int, _ pause: Duration, _ state: State
    ) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while !state.isOver.load(ordering: .relaxed) {
            if state.isReset.load(ordering: .relaxed) {
                // Closing without lingering sends a reset instead of an orderly end.
                var abortive = linger(l_onoff: 1, l_linger: 0)
                setsockopt(target, SOL_SOCKET, SO_LINGER, &abortive, socklen_t(MemoryLayout<linger>.size))
                return
            }
            usleep(useconds_t(pause.millisecondsRoundedUp * 1000))
            let isHolding = state.forwarded.load(ordering: .relaxed) >= forwardingMax
            var items = [
                pollfd(fd: isHolding ? -1 : caller, events: Int16(POLLIN), revents: 0),
                pollfd(fd: target, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&items, 2, 20) > 0 else { continue }
            if items[1].revents != 0 {
                let count = read(target, &buffer, buffer.count)
                guard count > 0, send(caller, buffer, count, Int32(MSG_NOSIGNAL)) == count else {
                    state.wasCut.store(true, ordering: .relaxed)
                    return
                }
            }
            if items[0].revents != 0 {
                let count = read(caller, &buffer, buffer.count)
                guard count > 0 else { return }
                guard send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else {
                    state.wasCut.store(true, ordering: .relaxed)
                    return
                }
                state.forwarded.add(count, ordering: .relaxed)
            }
        }
    }
}
