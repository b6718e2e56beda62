import Foundation
import InboxModel
import OfficeNode
import ReplicaStore
import Testing
import Vault

@testable import WebInbox

/// A program that uses the JSON API with one token.
struct TestProgram: Sendable {
    /// An answer as a program reads it.
    struct Answer {
        let status: Int
        let text: String
        /// The members of its JSON object; empty for anything else.
        let object: [String: Any]

        subscript(_ name: String) -> String? { object[name] as? String }

        /// The objects of a list.
        func list(_ name: String) -> [[String: Any]] { object[name] as? [[String: Any]] ?? [] }
    }

    let browser: TestBrowser
    let token: String

    func get(_ path: String) async throws -> Answer { try await send("GET", path, nil) }

    func post(_ path: String, _ fields: [String: Any] = [:]) async throws -> Answer { try await send("POST", path, fields) }

    func put(_ path: String, _ fields: [String: Any]) async throws -> Answer { try await send("PUT", path, fields) }

    private func send(_ method: String, _ path: String, _ fields: [String: Any]?) async throws -> Answer {
        let json = try fields.map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) }
        let answer = try await browser.api(method, path, token: token, json: json)
        let isJSON = answer.headers["content-type"]?.contains("json") == true && !answer.body.isEmpty
        let object = isJSON ? (try? JSONSerialization.jsonObject(with: Data(answer.body.utf8))) as? [String: Any] : nil
        return Answer(status: answer.status, text: answer.body, object: object ?? [:])
    }
}

extension TestInbox {
    /// A token of somebody, good for an hour.
    func token(of key: String, _ scopes: TokenProfile.Scopes = .all, expires: Int64? = nil) async throws -> String {
        let token = StaffServer.tokenPrefix + Token.text(SystemRandomSource().bytes(32))
        let profile = TokenProfile(
            name: "test", staff: id(key), hash: StaffServer.hash(ofToken: token).bytes, scopes: scopes,
            expires: expires ?? clock.now + 3_600_000)
        let id = TokenID(high: 7, low: UInt64.random(in: 0...UInt64.max))
        _ = try await node.perform(.putDocument(.token(id, profile)), as: .system).get()
        return token
    }
}
