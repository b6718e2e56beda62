import Foundation
import Testing

/// A browser as far as tests need one: keeps cookies, fills in what a page's forms hide, follows nothing by itself.
actor TestBrowser {
    private let client: LoopbackClient
    private var cookies: [String: String] = [:]
    /// The page shown last.
    private(set) var body = ""

    init(port: Int) { client = LoopbackClient(port: port) }

    var cookie: String? { cookies["__Host-suture"] }

    func setCookie(_ value: String) { cookies["__Host-suture"] = value }

    @discardableResult
    func get(_ path: String, headers: [String: String] = [:]) async throws -> LoopbackClient.Answer {
        try await send("GET", path, headers: headers, body: nil)
    }

    /// Sends a form with the hidden fields of the page shown last.
    @discardableResult
    func post(
        _ path: String, _ fields: [String: String] = [:], csrf: String? = nil, headers: [String: String] = [:]
    ) async throws -> LoopbackClient.Answer {
        var all = fields
        if let token = csrf ?? hidden("csrf") { all["csrf"] = token }
        if all["shown"] == nil, let shown = hidden("shown") { all["shown"] = shown }
        let text = all.sorted { $0.key < $1.key }.map { "\(Self.encoded($0.key))=\(Self.encoded($0.value))" }.joined(separator: "&")
        let type = ["Content-Type": "application/x-www-form-urlencoded"]
        return try await send("POST", path, headers: type.merging(headers) { _, new in new }, body: text)
    }

    func signIn(_ name: String, password: String = TestInbox.password, code: String = "") async throws -> LoopbackClient.Answer {
        try await get("/sign-in")
        return try await post("/sign-in", ["name": name, "password": password, "code": code])
    }

    /// A program's request.
    func api(_ method: String, _ path: String, token: String?, json: String? = nil) async throws -> LoopbackClient.Answer {
        var headers: [String: String] = ["Content-Type": "application/json"]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        return try await client.send(method, "/api/v1" + path, headers: headers, body: json)
    }

    func raw(_ method: String, _ path: String, headers: [String: String], body: String?) async throws -> LoopbackClient.Answer {
        try await send(method, path, headers: headers, body: body)
    }

    private func send(_ method: String, _ path: String, headers: [String: String], body: String?) async throws -> LoopbackClient.Answer {
        var headers = headers
        if !cookies.isEmpty { headers["Cookie"] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        let answer = try await client.send(method, path, headers: headers, body: body)
        if let set = answer.headers["set-cookie"], let pair = set.split(separator: ";").first?.split(separator: "=", maxSplits: 1),
            pair.count >= 1
        {
            cookies[String(pair[0])] = pair.count > 1 && !set.contains("Max-Age=0") ? String(pair[1]) : nil
        }
        if answer.headers["content-type"]?.hasPrefix("text/html") == true {
            self.body = answer.body
            // Templates take values of any type; one that may be absent would be written with the word.
            if answer.body.contains("Optional(") { Issue.record("\(method) \(path) shows a value that may be absent") }
        }
        return answer
    }

    /// The value of the first hidden field of that name on the page shown last.
    func hidden(_ name: String) -> String? {
        guard let start = body.range(of: "name=\"\(name)\" value=\"") else { return nil }
        return String(body[start.upperBound...].prefix { $0 != "\"" })
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
