import Foundation
import HTTPTypes
import InboxModel
import OfficeNode
import ReplicaStore
import Testing

@testable import WebInbox

@Suite("The JSON API")
struct APITests {
    @Test("every operation is described, its route exists, and takes a token of its scope")
    func routes() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let none = try await inbox.token(of: "dana", [])
        let document = try #require(try JSONSerialization.jsonObject(with: Data(OpenAPI.document.text.utf8)) as? [String: Any])
        let described = try #require(document["paths"] as? [String: [String: [String: Any]]])
        // By path and method: what the description calls the operation.
        let names = described.mapValues { $0.mapValues { $0["operationId"] as? String } }
        #expect(document["openapi"] as? String == "3.1.0")
        let count = names.values.reduce(0) { $0 + $1.count }
        #expect(count == APIOperation.all.count)
        #expect(Set(APIOperation.all.map(\.id)).count == APIOperation.all.count)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            for operation in APIOperation.all {
                let method = operation.method.rawValue
                #expect(names[operation.path]?[method.lowercased()] == operation.id)
                let path = operation.path.replacing("{thread}", with: "\(thread)").replacing("{patient}", with: "\(inbox.practice.patient)")
                    .replacing("{person}", with: "bo").replacing("{token}", with: "\(TokenID(high: 7, low: 7))")
                    .replacing("{changeSet}", with: "0123456789abcdef:1")
                let without = try await browser.api(method, path, token: nil).status
                #expect(without == 401, "\(operation.id)")
                let outOfScope = try await browser.api(method, path, token: none, json: "{}").status
                #expect(outOfScope == 403, "\(operation.id)")
            }
            #expect(try await browser.api("GET", "/openapi.json", token: nil).body == OpenAPI.document.text)
            #expect(try await browser.api("GET", "/nowhere", token: none).status == 404)
        }
    }

    @Test("a token acts for its person, within its scopes, until it ends or is revoked")
    func tokens() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let reading = try await inbox.token(of: "ana", .read)
        let ended = try await inbox.token(of: "ana", .all, expires: inbox.clock.now)
        let other = try await inbox.token(of: "bo", .all)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            #expect(try await browser.api("GET", "/threads?list=open", token: reading).body.contains("Moving Friday"))
            #expect(try await browser.api("GET", "/threads/\(thread)", token: reading).body.contains("May I come on Friday?"))
            #expect(try await browser.api("POST", "/threads/\(thread)/claim", token: reading, json: "{}").status == 403)
            #expect(try await browser.api("GET", "/me", token: ended).status == 401)
            #expect(try await browser.api("GET", "/threads/\(thread)", token: other).status == 404)
            #expect(try await browser.api("GET", "/audit", token: other).status == 403)
            #expect(try await browser.api("GET", "/me", token: StaffServer.tokenPrefix + "guess").status == 401)
        }
    }

    @Test("a program works a thread: claims, is held on a stale reply, answers, resolves")
    func working() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let token = try await inbox.token(of: "ana", .all)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            func post(_ action: String, _ json: String) async throws -> LoopbackClient.Answer {
                try await browser.api("POST", "/threads/\(thread)/\(action)", token: token, json: json)
            }
            #expect(try await post("claim", "{}").status == 200)
            let page = try await browser.api("GET", "/threads/\(thread)", token: token).body
            let object = try #require(try JSONSerialization.jsonObject(with: Data(page.utf8)) as? [String: Any])
            let shown = try #require(object["shown"] as? String)
            _ = try await inbox.node.perform(
                .thread(thread, shown: nil, .patientMessage(.portal, text: "Or Monday?")), as: .patient(inbox.practice.patient)
            ).get()
            let stale = #"{"text":"Friday is fine","shown":"\#(shown)"}"#
            let anyway = #"{"text":"Either is fine","shown":"\#(shown)","override":true}"#
            let end = #"{"outcome":"answered","told":"told"}"#
            let stray = #"{"stray":1}"#
            let deep = #"{"text":{"deep":1}}"#
            let code = #""code":"held""#
            let held = try await post("reply", stale)
            #expect(held.status == 409 && held.body.contains(code))
            #expect(held.headers["content-type"] == "application/problem+json")
            #expect(try await post("reply", anyway).status == 200)
            #expect(try await post("resolve", end).status == 200)
            #expect(try await post("claim", stray).status == 400)
            #expect(try await post("note", "[]").status == 400)
            #expect(try await post("note", "{").status == 400)
            #expect(try await post("note", deep).status == 400)
        }
        #expect(try await inbox.node.reader().store.state(of: thread)?.status == .resolved)
    }
}
