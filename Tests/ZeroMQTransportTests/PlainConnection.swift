#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

@testable import ZeroMQTransport

/// A bare TCP connection, for peers that say nothing, or nothing sensible.
final class PlainConnection {
    struct Failed: Error {}

    let descriptor: Int32

    init(to text: String) throws {
        descriptor = socket(AF_INET, PlainConnection.stream, 0)
        guard descriptor >= 0 else { throw Failed() }
        let port = try Endpoint(text, for: .connect).port
        let result = PlainConnection.withLoopback(port: port) { connect(descriptor, $0, $1) }
        guard result == 0 else { throw Failed() }
    }

    deinit {
        close(descriptor)
    }

    func write(_ bytes: [UInt8]) {
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Sends what the other side takes now, without waiting: how many bytes; nil once it has hung up.
    func push(_ bytes: [UInt8]) -> Int? {
        let count = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    static var stream: Int32 {
        #if os(Linux)
            Int32(SOCK_STREAM.rawValue)
        #else
            SOCK_STREAM
        #endif
    }

    /// Calls `body` with the address of a port on this machine.
    static func withLoopback(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
