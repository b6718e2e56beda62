import Glibc
import Synchronization

/// One direction of a link between two real node processes: a TCP relay on loopback that can be cut and healed.
///
/// Cutting closes every connection and refuses new ones, as a router does that lost its line. Nodes know nothing of it.
public final class LinkProxy: Sendable {
    /// The port to connect to instead of the target's.
    public let port: UInt16

    private let target: UInt16
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var isCut = false
        var isStopped = false
        var sockets: Set<Int32> = []
    }

    /// A relay from a free loopback port to loopback port `target`. Throws `LinkProxyError` where no port or thread is to be had.
    public init(target: UInt16) throws {
        self.target = target
        listener = try Self.listen()
        port = try Self.port(of: listener)
        try Self.thread { [self] in accept() }
    }

    /// Ends every connection and refuses new ones.
    public func cut() {
        let sockets = state.withLock { state in
            state.isCut = true
            return state.sockets
        }
        // Only the relaying threads close: here the number could be somebody else's by then.
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// Lets connections through again.
    public func heal() { state.withLock { $0.isCut = false } }

    /// Cuts, and gives the port up.
    public func stop() {
        cut()
        let wasStopped = state.withLock { state in
            defer { state.isStopped = true }
            return state.isStopped
        }
        if !wasStopped { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    private func accept() {
        defer { close(listener) }
        while true {
            let client = Glibc.accept(listener, nil, nil)
            if state.withLock({ $0.isStopped }) {
                if client >= 0 { close(client) }
                return
            }
            guard client >= 0 else {
                // Out of file descriptors, or a connection that ended before it was taken: the next one may do better.
                if errno == EBADF || errno == EINVAL { return }
                continue
            }
            relay(client)
        }
    }

    private func relay(_ client: Int32) {
        let isCut = state.withLock { $0.isCut }
        guard !isCut, let server = Self.connect(to: target) else {
            close(client)
            return
        }
        let pair = SocketPair(client, server)
        let admitted = state.withLock { state in
            if state.isCut || state.isStopped { return false }
            state.sockets.formUnion([client, server])
            return true
        }
        guard admitted else { return pair.close() }
        for (from, to) in [(client, server), (server, client)] {
            let started: Void? = try? Self.thread { [self] in
                Self.copy(from, to)
                // Either direction's end is the connection's end: half-open is a fault of its own, injected on purpose elsewhere.
                shutdown(from, Int32(SHUT_RDWR))
                shutdown(to, Int32(SHUT_RDWR))
                if pair.finishOne() {
                    state.withLock { $0.sockets.subtract([client, server]) }
                    pair.close()
                }
            }
            if started == nil, pair.finishOne() {
                state.withLock { $0.sockets.subtract([client, server]) }
                pair.close()
            }
        }
    }

    private static func copy(_ from: Int32, _ to: Int32) {
        var room = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(from, &room, room.count)
            if count <= 0 { return }
            var sent = 0
            while sent < count {
                let written = room.withUnsafeBytes {
                    send(to, $0.baseAddress.map { $0 + sent }, count - sent, Int32(MSG_NOSIGNAL))
                }
                if written <= 0 { return }
                sent += written
            }
        }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func listen() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw LinkProxyError("no socket is to be had: \(String(cString: strerror(errno)))") }
        var address = loopback(0)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, Glibc.listen(descriptor, 64) == 0 else {
            close(descriptor)
            throw LinkProxyError("no loopback port is to be had: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    private static func port(of descriptor: Int32) throws -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { throw LinkProxyError("the relay's port is unknown: \(String(cString: strerror(errno)))") }
        return UInt16(bigEndian: address.sin_port)
    }

    private static func connect(to port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
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
        return descriptor
    }

    private static func thread(_ body: @escaping @Sendable () -> Void) throws {
        let argument = Unmanaged.passRetained(ThreadBody(body)).toOpaque()
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, argument)
        guard status == 0 else {
            Unmanaged<ThreadBody>.fromOpaque(argument).release()
            throw LinkProxyError("no thread is to be had: \(String(cString: strerror(status)))")
        }
        pthread_detach(thread)
    }
}

/// The two sockets of one relayed connection; the second direction to end closes both.
private final class SocketPair: Sendable {
    private let first: Int32
    private let second: Int32
    private let running = Mutex(2)

    init(_ first: Int32, _ second: Int32) {
        self.first = first
        self.second = second
    }

    func finishOne() -> Bool {
        running.withLock { running in
            running -= 1
            return running == 0
        }
    }

    func close() {
        Glibc.close(first)
        Glibc.close(second)
    }
}

/// What a thread of the relay does.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Why a relay could not be made.
public struct LinkProxyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was missing.
    public let description: String

    init(_ description: String) { self.description = description }
}
