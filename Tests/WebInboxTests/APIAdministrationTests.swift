import Foundation
import InboxModel
import OfficeNode
import ReplicaStore
import Testing

@testable import WebInbox

@Suite("Administering by program")
struct APIAdministrationTests {
    @Test("a person is added, changed, disabled and let in again")
    func people() async throws {
        let inbox = try await TestInbox()
        let token = try await inbox.token(of: "dana")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let program = TestProgram(browser: browser, token: token)
            let fields: [String: Any] = [
                "key": "finn", "name": "Finn Aldous", "role": "front-desk", "offices": ["tow"], "languages": ["en", "es"],
                "password": "a password to change",
            ]
            let made = try await program.post("/people", fields)
            #expect(made.status == 201)
            let id = try #require(made["person"])
            #expect(try await program.post("/people", fields).status == 400, "the name is taken")
            #expect(try await browser.signIn("finn", password: "a password to change").headers["location"] == "/account")
            let shown = try await program.get("/people/finn")
            #expect(shown["id"] == id && shown["role"] == "front-desk" && shown.object["mustChangePassword"] as? Bool == true)
            #expect(!shown.text.contains("argon") && !shown.text.contains("hash"))
            #expect(try await program.get("/people").list("people").contains { $0["key"] as? String == "finn" })

            let changed: [String: Any] = ["name": "Finn Aldous", "role": "billing", "offices": ["every"]]
            #expect(try await program.put("/people/finn", changed).status == 200)
            let entry = try await inbox.node.reader().store.staff(key: "finn")
            #expect(entry?.profile?.role == .billing && entry?.profile?.offices.isEmpty == true)
            #expect(try await program.put("/people/finn", ["name": "F", "role": "billing"]).status == 400, "offices must be said")
            #expect(try await program.put("/people/finn", ["name": "F", "role": "king", "offices": ["tow"]]).status == 400)
            #expect(try await program.put("/people/finn", ["name": "F", "role": "billing", "offices": ["nowhere"]]).status == 400)

            #expect(try await program.post("/people/finn/disable").status == 200)
            #expect(try await browser.get("/account").status == 303, "the session has ended")
            #expect(try await browser.signIn("finn", password: "a password to change").status == 401)
            #expect(try await program.post("/people/finn/enable").status == 200)
            #expect(try await program.post("/people/finn/password", ["password": "short"]).status == 400)
            #expect(try await program.post("/people/finn/password", ["password": "another one to change"]).status == 200)
            #expect(try await browser.signIn("finn", password: "another one to change").status == 303)
            #expect(try await program.post("/people/dana/disable").status == 400, "nobody disables themselves")
            #expect(try await program.get("/people/nobody").status == 404)
        }
        let lines = try await inbox.auditLines()
        #expect(lines.contains { $0.action == .readPeople && $0.detail == "API, finn" && $0.actor == .staff(inbox.id("dana")) })
    }

    @Test("sessions are listed and ended, one or all; a second factor is taken off")
    func sessions() async throws {
        let inbox = try await TestInbox()
        let token = try await inbox.token(of: "dana")
        let own = try await inbox.token(of: "ana")
        let ana = inbox.id("ana")
        let secret = [UInt8](repeating: 7, count: AccountProfile.secondFactorBytes)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let program = TestProgram(browser: browser, token: token)
            let anas = TestProgram(browser: browser, token: own)
            _ = try await browser.signIn("ana")
            let sessions = try await program.get("/people/ana/sessions").list("sessions")
            #expect(sessions.count == 1)
            let name = try #require(sessions.first?["id"] as? String)
            #expect(try await anas.get("/people/ana/sessions").list("sessions").count == 1, "everybody sees their own")
            #expect(try await anas.get("/people/bo/sessions").status == 403)
            #expect(try await anas.post("/people/bo/end-sessions").status == 403)
            #expect(try await program.post("/people/ana/end-sessions", ["session": "none"]).status == 404)
            #expect(try await program.post("/people/bo/end-sessions", ["session": name]).status == 404, "another's session")
            #expect(try await browser.get("/inbox").status == 200)
            #expect(try await program.post("/people/ana/end-sessions", ["session": name]).status == 200)
            #expect(try await browser.get("/inbox").status == 303)
            _ = try await browser.signIn("ana")
            inbox.clock.advance(1)
            #expect(try await program.post("/people/ana/end-sessions").status == 200)
            #expect(try await browser.get("/inbox").status == 303)
            #expect(try await inbox.node.reader().store.account(AccountID(of: ana))?.current?.endedBefore == inbox.clock.now)

            let account = try #require(try await inbox.node.reader().store.account(AccountID(of: ana))?.current)
            _ = try await inbox.node.perform(
                .putDocument(.account(AccountID(of: ana), AccountProfile(account, secondFactor: secret))), as: .system
            ).get()
            #expect(try await program.get("/people/ana").object["secondFactor"] as? Bool == true)
            #expect(try await anas.post("/people/ana/totp-off").status == 403, "one's own takes the password")
            #expect(try await program.post("/people/dana/totp-off").status == 400, "an administrator's too")
            #expect(try await program.post("/people/ana/totp-off").status == 200)
            #expect(try await program.get("/people/ana").object["secondFactor"] as? Bool == false)
        }
    }

    @Test("the page of a person does not take off one's own second factor without the password")
    func ownSecondFactor() async throws {
        let inbox = try await TestInbox()
        let ana = inbox.id("ana")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            try await browser.get("/account")
            #expect(try await browser.post("/people/\(ana)/totp-off").status == 403)
        }
    }

    /// Each operation that changes people or destroys, with a body that would do.
    private static var guarded: [(method: String, path: String, fields: [String: Any])] {
        [
            ("POST", "/people", ["key": "x", "name": "X", "role": "operator", "offices": ["every"], "password": "a long enough one"]),
            ("PUT", "/people/bo", ["name": "Bo", "role": "administrator", "offices": ["every"]]),
            ("POST", "/people/bo/disable", [:]), ("POST", "/people/bo/enable", [:]),
            ("POST", "/people/bo/password", ["password": "a long enough one"]), ("POST", "/people/bo/totp-off", [:]),
            ("POST", "/people/bo/end-sessions", [:]), ("GET", "/people/bo/sessions", [:]), ("GET", "/holds", [:]), ("GET", "/purges", [:]),
            ("GET", "/audit/heads", [:]), ("GET", "/audit/export", [:]), ("GET", "/break-glass", [:]),
            ("POST", "/break-glass/review", ["emergency": "0:1/0", "finding": "fine"]),
            ("POST", "/quarantine/adopt", ["changeSet": "0000000000000001:1"]),
        ]
    }

    @Test("what the role may not, no scope gives", arguments: ["ana", "marsh", "oz", "pat"])
    func roles(name: String) async throws {
        let inbox = try await TestInbox()
        let token = try await inbox.token(of: name)
        let before = try await inbox.node.reader().directory().staff.compactMap(\.profile)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let program = TestProgram(browser: browser, token: token)
            for (method, path, fields) in Self.guarded {
                let answer =
                    switch method {
                    case "GET": try await program.get(path)
                    case "PUT": try await program.put(path, fields)
                    default: try await program.post(path, fields)
                    }
                #expect(answer.status == 403 && answer["code"] == "not-allowed", "\(name) \(method) \(path): \(answer.status)")
            }
        }
        #expect(try await inbox.node.reader().directory().staff.compactMap(\.profile) == before)
    }

    @Test("a token makes tokens that may do no more and last no longer, and takes them back")
    func tokens() async throws {
        let inbox = try await TestInbox()
        let token = try await inbox.token(of: "ana", [.read, .administer], expires: inbox.clock.now + 3_600_000)
        let other = try await inbox.token(of: "bo")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let program = TestProgram(browser: browser, token: token)
            #expect(try await program.post("/tokens", ["name": "more", "scopes": ["write"], "days": 1]).status == 403)
            #expect(try await program.post("/tokens", ["name": "odd", "scopes": ["everything"], "days": 1]).status == 400)
            #expect(try await program.post("/tokens", ["name": "long", "scopes": ["read"], "days": 366]).status == 400)
            let made = try await program.post("/tokens", ["name": "display", "scopes": ["read"], "days": 30])
            #expect(made.status == 201)
            let text = try #require(made["token"])
            let id = try #require(made["id"])
            let display = TestProgram(browser: browser, token: text)
            #expect(try await display.get("/me")["key"] == "ana")
            #expect(try await display.get("/tokens").status == 403)
            let listed = try await program.get("/tokens")
            #expect(!listed.text.contains(text))
            let profile = try #require(
                try await inbox.node.reader().store.tokens().compactMap(\.profile).first { $0.name == "display" })
            #expect(profile.expires == inbox.clock.now + 3_600_000 && profile.scopes == .read)
            #expect(listed.list("tokens").allSatisfy { $0["person"] as? String == "\(inbox.id("ana"))" })
            let bos = TestProgram(browser: browser, token: other)
            #expect(try await bos.post("/tokens/\(id)/revoke").status == 404, "another's token is not there")
            #expect(try await program.post("/tokens/\(id)/revoke").status == 200)
            #expect(try await display.get("/me").status == 401)
            #expect(try await program.get("/tokens").list("tokens").contains { $0["revoked"] as? Bool == true })
        }
    }
}
