import Foundation
import Synchronization

/// A bare connection to a control socket, for requests that the client of the module would never send. It waits on
/// threads of its own: the threads that `async` code shares are needed by the handlers it waits for.
final class RawConnection: Sendable {
    private let descriptor: Int32
    private let input = Mutex<[UInt8]>([])

    struct Failure: Error {
        let operation: String
        let number: Int32
    }

    init(to path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(operation: "socket", number: errno) }
        var address = Self.address(path)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw Failure(operation: "connect", number: errno) }
        // A bound for everything that waits: a test that would hang fails instead.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    static func address(_ path: String) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return address
    }

    private func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await onOwnThread { [self] in try write(bytes) }
    }

    private func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(operation: "send", number: errno) }
            sent += count
        }
    }

    /// Says that nothing more will be sent, and goes on listening.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// The next line, or `nil` once the other side has closed.
    func line() async throws -> String? {
        try await onOwnThread { [self] in try readLine() }
    }

    private func readLine() throws -> String? {
        while true {
            let line: String? = input.withLock { input in
                guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { input.removeSubrange(...end) }
                return String(decoding: input[..<end], as: UTF8.self)
            }
            if let line { return line }
            var chunk = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count == 0 || count < 0 && errno == ECONNRESET { return nil }
            guard count > 0 else { throw Failure(operation: "recv", number: errno) }
            input.withLock { $0 += chunk[..<count] }
        }
    }

    /// Leaves a socket file behind, as a process does that is killed.
    static func leaveStaleSocket(at path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(path)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(descriptor, 1) == 0 else { throw Failure(operation: "bind", number: errno) }
    }
}
