import Glibc

/// The operating system's view of one of libzmq's TCP connections.
///
/// libzmq has no call to cut one connection of a socket, and does not show a message before its last frame. Both
/// matter: a member that was removed, and one that sends frames without end. The descriptor that libzmq reports is
/// duplicated, so that it stays this connection whatever libzmq does with its own, and released when libzmq reports
/// the connection gone. Reading and writing stay libzmq's business.
final class KernelConnection {
    /// Which side of the connection has the port that is known.
    enum Side {
        case local, remote
    }

    private let descriptor: Int32

    /// `nil` if the descriptor is not, or no longer, a TCP connection with that port.
    init?(duplicating original: Int32, side: Side, port: UInt16) {
        let duplicate = fcntl(original, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { return nil }
        guard KernelConnection.port(of: duplicate, side: side) == port else {
            close(duplicate)
            return nil
        }
        descriptor = duplicate
    }

    deinit {
        close(descriptor)
    }

    /// Ends the connection in both directions. libzmq then finds it closed by the peer.
    func cut() {
        _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Bytes received since the connection was made, or `nil` where the system does not tell.
    var bytesReceived: UInt64? {
        information { $0.loadUnaligned(fromByteOffset: 128, as: UInt64.self) }
    }

    /// Whether neither side has closed the connection yet.
    var isEstablished: Bool {
        information { $0[0] } == 1
    }

    /// Reads Linux's `tcp_info`. Its layout is part of the system's interface and only grows at the end; the C
    /// library's declaration of it is too old to have the count of bytes received.
    private func information<Value>(_ read: (UnsafeRawBufferPointer) -> Value) -> Value? {
        #if os(Linux)
            let byteCount = 136
            return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 8) { buffer in
                var length = socklen_t(byteCount)
                guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, buffer.baseAddress, &length) == 0,
                    Int(length) >= byteCount
                else { return nil }
                return read(UnsafeRawBufferPointer(buffer))
            }
        #else
            return nil
        #endif
    }

    private static func port(of descriptor: Int32, side: Side) -> UInt16? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let found = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                switch side {
                case .local: getsockname(descriptor, address, &length)
                case .remote: getpeername(descriptor, address, &length)
                }
            }
        }
        guard found == 0 else { return nil }
        let family = Int32(storage.ss_family)
        guard family == AF_INET || family == AF_INET6 else { return nil }
        // The port lies at the same place in both families' addresses, in network order.
        return withUnsafeBytes(of: &storage) { UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)) }
    }
}
