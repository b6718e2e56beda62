import Glibc

/// The system calls of the proxy: TCP sockets on loopback that never block.
enum LoopbackSocket {
    /// What came of reading or writing.
    enum Transfer: Equatable {
        case moved(Int)
        /// Nothing now.
        case blocked
        /// The other end sends no more.
        case ended
        /// The connection is gone.
        case failed
    }

    /// Listens on a free port. Returns the descriptor and the port.
    static func listen() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = try open()
        var address = address(of: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                guard bind(descriptor, $0, length) == 0, Glibc.listen(descriptor, 64) == 0 else { return Int32(-1) }
                return getsockname(descriptor, $0, &length)
            }
        }
        guard result == 0 else {
            let error = FaultingProxyError("no loopback port is to be had: \(reason())")
            Glibc.close(descriptor)
            throw error
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// The next connection that waits at `listener`; nil if none does, or it cannot be had now.
    static func accept(at listener: Int32) -> Int32? {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        sendAtOnce(descriptor)
        return descriptor
    }

    /// Begins to connect to `port`. Nil if nobody listens there.
    static func connect(to port: UInt16) -> (descriptor: Int32, isConnected: Bool)? {
        // Without a socket the connection fails like one that nobody takes.
        guard let descriptor = try? open() else { return nil }
        sendAtOnce(descriptor)
        var address = address(of: port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return (descriptor, true) }
        if errno == EINPROGRESS { return (descriptor, false) }
        Glibc.close(descriptor)
        return nil
    }

    /// Whether a connection that was begun came to be.
    static func hasConnected(_ descriptor: Int32) -> Bool {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0
    }

    /// Reads at most `room` bytes into `buffer`.
    static func read(_ descriptor: Int32, into buffer: inout [UInt8], room: Int) -> Transfer {
        transfer(Glibc.recv(descriptor, &buffer, min(buffer.count, room), 0))
    }

    /// Writes as much of `bytes` as goes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Transfer {
        transfer(Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)))
    }

    /// Sends no more.
    static func finish(_ descriptor: Int32) { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes; with a reset the other end sees a failure instead of an end, and unread bytes are gone.
    static func close(_ descriptor: Int32, reset: Bool) {
        if reset {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        } else {
            // Another thread may be waiting on the socket, and then closing alone would end nothing yet.
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
        Glibc.close(descriptor)
    }

    private static func transfer(_ count: Int) -> Transfer {
        if count > 0 { return .moved(count) }
        if count == 0 { return .ended }
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? .blocked : .failed
    }

    private static func open() throws -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0 else { throw FaultingProxyError("no socket is to be had: \(reason())") }
        return descriptor
    }

    /// Delays are the proxy's to make, not the system's.
    private static func sendAtOnce(_ descriptor: Int32) {
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func address(of port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// What the last system call said.
    static func reason() -> String { String(cString: strerror(errno)) }
}
