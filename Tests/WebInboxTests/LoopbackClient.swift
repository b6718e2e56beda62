import Foundation
import Glibc

/// Asks a server on loopback one thing and reads the whole answer. Plain HTTP/1.1 over a socket: what a monitor does.
struct LoopbackClient: Sendable {
    let port: Int

    struct Answer: Sendable {
        let status: Int
        /// Names in lower case.
        let headers: [String: String]
        let body: String
    }

    /// Asks for `path`. Waits on a thread of its own: the threads that tests share must stay free for the server's work.
    func get(_ path: String) async throws -> Answer { try await send("GET", path) }

    /// Sends a request with a body, where there is one.
    func send(_ method: String, _ path: String, headers: [String: String] = [:], body: String? = nil) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        let request = Array((head + "\r\n" + (body ?? "")).utf8)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try exchange(request) }) }
        }
    }

    private func exchange(_ request: [UInt8]) throws -> Answer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw LoopbackFailure(text: String(cString: strerror(errno))) }
        var sent = 0
        // A server that refuses a large body closes before all of it is sent: its answer is read all the same.
        while sent < request.count {
            let count = request.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, request.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { break }
            sent += count
        }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = recv(descriptor, &room, room.count, 0)
            if count <= 0 { break }
            bytes += room[..<count]
        }
        return try Self.parse(String(decoding: bytes, as: UTF8.self))
    }

    private static func parse(_ text: String) throws -> Answer {
        guard let split = text.range(of: "\r\n\r\n") else { throw LoopbackFailure(text: "no answer") }
        var lines = text[..<split.lowerBound].split(separator: "\r\n")
        guard let first = lines.first, let status = Int(first.split(separator: " ").dropFirst().first ?? "") else {
            throw LoopbackFailure(text: "no status")
        }
        lines.removeFirst()
        var headers: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description }
        }
        return Answer(status: status, headers: headers, body: String(text[split.upperBound...]))
    }
}

struct LoopbackFailure: Error {
    let text: String
}
