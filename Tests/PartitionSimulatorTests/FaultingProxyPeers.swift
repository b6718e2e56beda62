import Glibc

/// One end of a plain TCP connection on loopback. Every call waits for what it needs, at most ten seconds.
final class PlainSocket {
    /// What a reader saw.
    enum Ending: Equatable {
        case open
        case ended
        case reset
    }

    private let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Connects to a port; nil where nobody listens.
    static func connect(to port: UInt16) -> PlainSocket? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        return PlainSocket(descriptor)
    }

    static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Writes all of `bytes`. False where the connection ended or nobody took them in time.
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = send(descriptor, Array(bytes[sent...]), bytes.count - sent, Int32(MSG_NOSIGNAL))
            if count > 0 { sent += count } else if errno != EAGAIN || !wait(POLLOUT) { return false }
        }
        return true
    }

    /// Writes what goes without waiting. Returns how much that was.
    func writeNow(_ bytes: [UInt8]) -> Int { max(0, send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))) }

    /// Reads until `count` bytes are there, or the end.
    func read(_ count: Int) -> (bytes: [UInt8], ending: Ending) {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < count {
            let got = recv(descriptor, &room, min(room.count, count - bytes.count), 0)
            if got > 0 {
                bytes += room[..<got]
            } else if got == 0 {
                return (bytes, .ended)
            } else if errno == EAGAIN {
                if !wait(POLLIN) { return (bytes, .open) }
            } else {
                return (bytes, .reset)
            }
        }
        return (bytes, .open)
    }

    /// Whether something, or an end, waits to be read at this moment.
    var hasNews: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    /// Sends no more.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func wait(_ events: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return poll(&waiting, 1, 10_000) > 0
    }
}

/// A listening socket on loopback.
final class PlainListener {
    let port: UInt16
    private let descriptor: Int32

    init() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = PlainSocket.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length)
                listen(descriptor, 128)
                return getsockname(descriptor, $0, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// The next connection; nil if none comes in ten seconds.
    func accept() -> PlainSocket? {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 10_000) > 0 else { return nil }
        let connection = Glibc.accept(descriptor, nil, nil)
        return connection < 0 ? nil : PlainSocket(connection)
    }
}

/// Waits until `condition` holds, at most ten seconds. Returns whether it did.
func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if condition() { return true }
        // Gives the processor to the thread that makes it true.
        sched_yield()
    }
    return condition()
}
