import Foundation
import Glibc
import Hummingbird
import OfficeNode
import Testing

@testable import WebInbox

@Suite("Connections that do not do their part")
struct ConnectionPatienceTests {
    @Test("first a head is due, then its body, nothing while it is answered, then the next head")
    func order() {
        let patience = ConnectionPatience(firstHead: .seconds(1), body: .seconds(2), nextHead: .seconds(3), taking: .seconds(4))
        var dues = ConnectionDues()
        #expect(dues.due == .firstHead && dues.patience(patience) == .seconds(1))
        dues.headCame()
        #expect(dues.due == .body && dues.patience(patience) == .seconds(2))
        dues.requestEnded()
        #expect(dues.due == .nothing && dues.patience(patience) == nil)
        dues.answerEnded()
        #expect(dues.due == .nextHead && dues.patience(patience) == .seconds(3))
    }

    @Test("an answer that is written before its request is whole leaves the body due; requests that came together are answered first")
    func overlapping() {
        var dues = ConnectionDues()
        dues.headCame()
        dues.answerEnded()
        #expect(dues.due == .body)
        dues.requestEnded()
        #expect(dues.due == .nextHead)
        for _ in 0..<2 {
            dues.headCame()
            dues.requestEnded()
        }
        dues.answerEnded()
        #expect(dues.due == .nothing)
        dues.answerEnded()
        #expect(dues.due == .nextHead)
    }

    /// What is sent before the other side falls silent, and what is due then.
    private static let silences: [(sent: String, due: any WritableKeyPath<ConnectionPatience, Duration> & Sendable)] = [
        ("", \.firstHead), ("GET /sign-in HT", \.firstHead),
        ("POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nname", \.body),
        ("GET /assets/none HTTP/1.1\r\nHost: localhost\r\n\r\n", \.nextHead),
    ]

    @Test("a connection that falls silent is closed by the server, wherever it does", arguments: silences)
    func closed(sent: String, due: any WritableKeyPath<ConnectionPatience, Duration> & Sendable) async throws {
        let inbox = try await TestInbox()
        let long = Duration.seconds(600)
        var limits = ConnectionPatience(firstHead: long, body: long, nextHead: long, taking: long)
        limits[keyPath: due] = .milliseconds(50)
        let patience = limits
        try await inbox.serving(waiting: patience) { port in
            // Ends only when the server closes.
            let answer = try await RawLoopback(port: port).sendAndReadToEnd(sent)
            #expect(answer.isEmpty != sent.contains("/assets"))
        }
    }

    @Test("a connection that does its part is left alone: live updates go on for longer than anything is waited for")
    func kept() async throws {
        let inbox = try await TestInbox()
        let patience = ConnectionPatience(
            firstHead: .seconds(600), body: .seconds(600), nextHead: .milliseconds(20), taking: .seconds(600))
        try await inbox.serving(waiting: patience) { port in
            let browser = TestBrowser(port: port)
            _ = try await browser.signIn("ana")
            let cookie = try #require(await browser.cookie)
            let (begun, begin) = AsyncStream<Void>.makeStream()
            let stream = Task {
                try await RawLoopback(port: port).sendAndReadToEnd(
                    "GET /events HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-suture=\(cookie)\r\n\r\n"
                ) { if $0.contains(": suture") { begin.finish() } }
            }
            for await _ in begun {}
            // Several patiences later the stream still tells what happens, and ends because the session does.
            let thread = try await inbox.openThread()
            for _ in 0..<20 { try await browser.get("/threads/\(thread)", headers: ["X-Background": "1"]) }
            inbox.server.live.tell([thread])
            inbox.server.live.end(inbox.id("ana"))
            let told = try await stream.value
            #expect(told.contains("event: threads") && told.contains("event: bye"))
        }
    }
}

/// A connection over which anything can be sent.
struct RawLoopback: Sendable {
    let port: Int

    /// Sends a text and reads until the server closes; `note` sees what has come each time more of it has. Waits on a thread of its own.
    func sendAndReadToEnd(_ text: String, note: @escaping @Sendable (String) -> Void = { _ in }) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try exchange(Array(text.utf8), note) }) }
        }
    }

    private func exchange(_ request: [UInt8], _ note: (String) -> Void) throws -> String {
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
        guard request.isEmpty || send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw LoopbackFailure(text: "not sent")
        }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &room, room.count, 0)
            if count <= 0 { break }
            bytes += room[..<count]
            note(String(decoding: bytes, as: UTF8.self))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
