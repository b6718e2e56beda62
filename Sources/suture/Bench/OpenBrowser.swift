import Foundation
import Glibc

/// Somebody's browser that asks for one page after another on a connection that stays open, as browsers do. It looks at nothing of a page
/// but its status and length, so that what is measured is the server.
final class OpenBrowser {
    private let descriptor: Int32
    private let head: String
    private var room = [UInt8](repeating: 0, count: 256 * 1024)

    /// Connects to the pages at `port` as whoever `cookie` signed in.
    init(port: UInt16, cookie: String) throws {
        descriptor = try PageVisitor.connection(to: port)
        head = " HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\n\r\n"
        // So that a server that says nothing is noticed.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Fetches the page of that path. Throws where it is not one; the browser is of no more use then.
    func page(_ path: String) throws {
        let request = Array("GET \(path)\(head)".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { throw DemoError("the pages hung up") }
        var count = 0
        var headEnd: Int?
        while headEnd == nil {
            guard count < room.count else { throw DemoError("the head of the page \(path) does not end") }
            count += try receive(from: count)
            headEnd = Self.end(of: room[..<count])
        }
        let end = headEnd ?? 0
        let lines = String(decoding: room[..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
        guard let status = lines.first, status.hasPrefix("http/1.1 200") else { throw DemoError("the page \(path) is not one") }
        guard let length = lines.first(where: { $0.hasPrefix("content-length:") }).flatMap({ Int($0.drop { !$0.isNumber }) }) else {
            throw DemoError("the page \(path) does not say how long it is")
        }
        var left = length - (count - end)
        while left > 0 { left -= try receive(from: 0) }
    }

    private func receive(from place: Int) throws -> Int {
        let count = room.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress?.advanced(by: place), $0.count - place, 0) }
        guard count > 0 else { throw DemoError("the pages hung up, or said nothing for a minute") }
        return count
    }

    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0..<$0 + mark.count].elementsEqual(mark) }.map { $0 + mark.count }
    }
}
