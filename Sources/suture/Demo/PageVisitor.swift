import Foundation
import Glibc

/// Visits the staff's pages of a node of the demonstration, as a browser without scripts would: plain HTTP on the loopback.
struct PageVisitor {
    let port: UInt16
    private var cookie = ""

    init(port: UInt16) { self.port = port }

    /// What a server answered.
    struct Answer {
        let status: Int
        let body: String
        let cookie: String?
    }

    /// Signs in. Throws where the server does not let the person in.
    mutating func signIn(_ name: String, password: String) throws {
        let answer = try exchange("POST", "/sign-in", form: "name=\(name)&password=\(password)")
        guard answer.status == 303, let cookie = answer.cookie else { throw DemoError("the pages do not let \(name) in: \(answer.status)") }
        self.cookie = cookie
    }

    /// The page of that path, or the part of it that an open page fetches anew by itself. Throws where it is not one.
    func page(_ path: String, isPart: Bool = false) throws -> String {
        let answer = try exchange("GET", path, form: nil, isPart: isPart)
        guard answer.status == 200 else { throw DemoError("the page \(path) answers \(answer.status)") }
        return answer.body
    }

    private func exchange(_ method: String, _ path: String, form: String?, isPart: Bool = false) throws -> Answer {
        let descriptor = try Self.connection(to: port)
        defer { close(descriptor) }
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        if isPart { head += "X-Fragment: thread\r\nX-Background: 1\r\n" }
        if !cookie.isEmpty { head += "Cookie: \(cookie)\r\n" }
        if let form { head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(form.utf8.count)\r\n" }
        let request = Array((head + "\r\n" + (form ?? "")).utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { throw DemoError("the pages hung up") }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = recv(descriptor, &room, room.count, 0)
            if count <= 0 { break }
            bytes += room[..<count]
        }
        return try Self.parse(String(decoding: bytes, as: UTF8.self))
    }

    /// A connection to the loopback, which the caller closes.
    static func connection(to port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw DemoError("no socket: \(String(cString: strerror(errno)))") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else {
            let fault = DemoError("the pages on port \(port) do not answer: \(String(cString: strerror(errno)))")
            close(descriptor)
            throw fault
        }
        return descriptor
    }

    /// The same person's browser, on a connection that stays open.
    func browser() throws -> OpenBrowser { try OpenBrowser(port: port, cookie: cookie) }

    /// The same person with a page open that follows what changes.
    func following() throws -> LiveVisitor { try LiveVisitor(port: port, cookie: cookie) }

    private static func parse(_ text: String) throws -> Answer {
        guard let split = text.range(of: "\r\n\r\n"), let status = Int(text.dropFirst("HTTP/1.1 ".count).prefix(3)) else {
            throw DemoError("the pages gave no answer")
        }
        let cookie = text[..<split.lowerBound].split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie:") }
        return Answer(
            status: status, body: String(text[split.upperBound...]),
            cookie: cookie.map { String($0.dropFirst("set-cookie:".count).drop { $0 == " " }.prefix { $0 != ";" }) })
    }
}
