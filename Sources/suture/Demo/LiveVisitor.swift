import Foundation
import Glibc

/// An open page of the staff's pages: holds its stream of live updates, as a browser does, and says what came.
final class LiveVisitor: Sendable {
    private let descriptor: Int32

    /// Opens the stream of whoever `cookie` signed in. Throws where the server does not give one.
    init(port: UInt16, cookie: String) throws {
        descriptor = try PageVisitor.connection(to: port)
        let request = Array("GET /events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count, try read().hasPrefix("HTTP/1.1 200") else {
            close(descriptor)
            throw DemoError("the pages give no live updates")
        }
        // So that a node that says nothing is noticed.
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Waits until the stream names `thread` as changed. Throws where it ends or says nothing of it for ten seconds.
    func waitForChange(of thread: String) throws {
        var text = ""
        while !text.contains(thread) {
            // Enough for a name that came in two parts.
            text = String(text.suffix(64)) + (try read())
        }
    }

    private func read() throws -> String {
        var room = [UInt8](repeating: 0, count: 16 * 1024)
        let count = recv(descriptor, &room, room.count, 0)
        guard count > 0 else { throw DemoError("the live updates of the pages ended, or said nothing for ten seconds") }
        return String(decoding: room[..<count], as: UTF8.self)
    }
}
