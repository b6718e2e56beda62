import Glibc

/// One proxied connection: two sockets and what is on its way between them. Belongs to the loop's thread and whoever
/// holds its lock.
final class ProxyConnection {
    /// Whether the sockets are still held.
    private(set) var isOpen = true
    /// Whether one side was closed and the other left to believe in the connection.
    private(set) var isAbandoned = false
    private var dialer: Int32?
    private var target: Int32?
    private var isConnected: Bool
    private var toTarget: Flow
    private var toDialer: Flow

    /// One direction.
    private struct Flow {
        var stream: ProxyStream
        /// The receiver takes no more for now.
        var isBlocked = false
        /// Everything arrived, the end included.
        var isFinished = false
    }

    /// A connection of two sockets that it closes. `target` may still be connecting.
    init(dialer: Int32, target: Int32, isConnected: Bool, toTarget: ProxyStream, toDialer: ProxyStream) {
        self.dialer = dialer
        self.target = target
        self.isConnected = isConnected
        self.toTarget = Flow(stream: toTarget)
        self.toDialer = Flow(stream: toDialer)
    }

    /// Whether bytes are missing in the middle: such a connection can only end.
    var hasGap: Bool { isAbandoned || toTarget.stream.hasGap || toDialer.stream.hasGap }

    /// What to wait for: the dialer's socket first. A descriptor of -1 where there is nothing to wait for.
    var waiting: (dialer: pollfd, target: pollfd) {
        if !isConnected {
            return (pollfd(fd: -1, events: 0, revents: 0), pollfd(fd: target ?? -1, events: Int16(POLLOUT), revents: 0))
        }
        return (wait(on: dialer, reads: toTarget, writes: toDialer), wait(on: target, reads: toDialer, writes: toTarget))
    }

    private func wait(on descriptor: Int32?, reads: Flow, writes: Flow) -> pollfd {
        var events: Int16 = 0
        if reads.stream.room > 0 { events |= Int16(POLLIN) }
        if writes.isBlocked { events |= Int16(POLLOUT) }
        // Without events the descriptor stays out: its end would be reported over and over.
        return pollfd(fd: events == 0 ? -1 : descriptor ?? -1, events: events, revents: 0)
    }

    /// When something on its way is due that can be delivered; nil if nothing is.
    func nextDue(_ conditions: [ProxyDirection: ProxyConditions]) -> Int64? {
        guard isConnected, !isAbandoned else { return nil }
        let flows = [(ProxyDirection.toTarget, toTarget), (.toDialer, toDialer)]
        return flows.compactMap { direction, flow in
            flow.isBlocked || flow.isFinished || conditions[direction]?.isJammed == true ? nil : flow.stream.nextDue
        }.min()
    }

    /// Moves what can be moved. `ready` is what the system said about the two sockets.
    func step(
        ready: (dialer: Int16, target: Int16), at now: Int64, _ conditions: [ProxyDirection: ProxyConditions],
        _ counts: inout ProxyCounts, buffer: inout [UInt8]
    ) {
        if !isConnected {
            guard ready.target != 0, let target else { return }
            guard LoopbackSocket.hasConnected(target) else {
                counts.refused += 1
                return close(reset: true)
            }
            isConnected = true
            counts.connections += 1
        }
        let readable = Int16(POLLIN | POLLHUP | POLLERR)
        if ready.dialer & readable != 0 { read(.toTarget, at: now, conditions, &counts, &buffer) }
        if isOpen, ready.target & readable != 0 { read(.toDialer, at: now, conditions, &counts, &buffer) }
        // Readiness to write, and every fault of a socket, show when it is tried.
        if ready.dialer != 0 { toDialer.isBlocked = false }
        if ready.target != 0 { toTarget.isBlocked = false }
        for direction in ProxyDirection.allCases where isOpen && !isAbandoned {
            deliver(direction, at: now, conditions, &counts)
        }
    }

    private func read(
        _ direction: ProxyDirection, at now: Int64, _ conditions: [ProxyDirection: ProxyConditions],
        _ counts: inout ProxyCounts, _ buffer: inout [UInt8]
    ) {
        guard let source = direction == .toTarget ? dialer : target else { return }
        var conditions = conditions[direction] ?? .good
        // Nobody is there any more to receive what the side that believes sends.
        if isAbandoned { conditions.isSilent = true }
        while flow(direction).stream.room > 0 {
            switch LoopbackSocket.read(source, into: &buffer, room: flow(direction).stream.room) {
            case .moved(let count):
                with(direction) { $0.stream.take(Array(buffer[..<count]), at: now, conditions, &counts) }
                // A sender that never pauses must not keep the others waiting.
                if count < buffer.count || conditions.isSilent { return }
            case .blocked: return
            case .ended:
                if isAbandoned { return close(reset: false) }
                return with(direction) { $0.stream.takeEnd(.finish, at: now, conditions) }
            case .failed:
                if isAbandoned { return close(reset: true) }
                return with(direction) { $0.stream.takeEnd(.reset, at: now, conditions) }
            }
        }
    }

    private func deliver(
        _ direction: ProxyDirection, at now: Int64, _ conditions: [ProxyDirection: ProxyConditions],
        _ counts: inout ProxyCounts
    ) {
        guard let receiver = direction == .toTarget ? target : dialer, conditions[direction]?.isJammed != true else { return }
        while !flow(direction).isBlocked, let item = flow(direction).stream.next(at: now) {
            switch item {
            case .bytes(let bytes):
                switch LoopbackSocket.write(bytes, to: receiver) {
                case .moved(let count):
                    counts.bytes += count
                    with(direction) { $0.stream.advance(by: count) }
                case .blocked: with(direction) { $0.isBlocked = true }
                case .ended, .failed: return close(reset: true)
                }
            case .finish:
                LoopbackSocket.finish(receiver)
                with(direction) {
                    $0.stream.advance(by: 0)
                    $0.isFinished = true
                }
                if toTarget.isFinished && toDialer.isFinished { return close(reset: false) }
            case .close: return close(reset: false)
            case .reset: return close(reset: true)
            }
        }
    }

    /// Closes one side and leaves the other to believe in the connection.
    func abandon(closing side: ProxyDirection) {
        guard isOpen, !isAbandoned else { return }
        isAbandoned = true
        // The end of the line that leads to the side is where it stood.
        if side == .toTarget, let descriptor = target {
            LoopbackSocket.close(descriptor, reset: true)
            target = nil
        } else if side == .toDialer, let descriptor = dialer {
            LoopbackSocket.close(descriptor, reset: true)
            dialer = nil
        }
        isConnected = true
    }

    /// Ends the connection for both sides.
    func close(reset: Bool) {
        guard isOpen else { return }
        isOpen = false
        for descriptor in [dialer, target] { if let descriptor { LoopbackSocket.close(descriptor, reset: reset) } }
        dialer = nil
        target = nil
    }

    private func flow(_ direction: ProxyDirection) -> Flow { direction == .toTarget ? toTarget : toDialer }

    private func with(_ direction: ProxyDirection, _ body: (inout Flow) -> Void) {
        if direction == .toTarget { body(&toTarget) } else { body(&toDialer) }
    }
}
