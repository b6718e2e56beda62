import Causality
import InboxModel
import OfficeNode
import ReplicaStore
import Testing
import Vault

@testable import WebInbox

@Suite("Signing in, sessions and what keeps others out")
struct SignInTests {
    @Test("a name and password open a session in a cookie that only this host gets, over TLS, out of reach of scripts")
    func signIn() async throws {
        let inbox = try await TestInbox()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            #expect(try await browser.get("/inbox").status == 303)
            let answer = try await browser.signIn("Ana")
            #expect(answer.status == 303)
            #expect(answer.headers["location"] == "/inbox")
            let cookie = try #require(answer.headers["set-cookie"])
            for part in ["__Host-suture=", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"] { #expect(cookie.contains(part)) }
            #expect(try await browser.get("/inbox").status == 200)
            #expect(await browser.body.contains("Ana Whitfield"))
        }
        let lines = try await inbox.auditLines()
        #expect(
            lines.contains {
                $0.action == .signIn && $0.outcome == .done && $0.actor == .staff(inbox.id("ana")) && $0.address == "127.0.0.1"
            })
    }

    @Test(
        "what was wrong is not told, and it is recorded",
        arguments: [("ana", "not the password"), ("nobody", TestInbox.password), ("ana", "")])
    func wrong(name: String, password: String) async throws {
        let inbox = try await TestInbox()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let answer = try await browser.signIn(name, password: password)
            #expect([400, 401].contains(answer.status))
            #expect(answer.headers["set-cookie"] == nil)
            if !password.isEmpty { #expect(answer.body.contains("The name, password or code is not right.")) }
        }
        if !password.isEmpty { #expect(try await inbox.auditLines().contains { $0.action == .signIn && $0.outcome == .failed }) }
    }

    @Test("after eight failures an account is shut out for a while, even with the right password, and then no more")
    func shutOut() async throws {
        let clock = TestClock()
        let desk = SignInDesk(
            work: try PasswordWork(random: SystemRandomSource(), cost: .minimum), pause: { _ in })
        let inbox = try await TestInbox()
        let reader = try await inbox.node.reader()
        func attempt(_ password: String) async throws -> String {
            switch try await desk.attempt(name: "ana", password: password, code: "", address: "192.0.2.1", reader: reader, now: clock.now) {
            case .right: "right"
            case .wrong: "wrong"
            case .shutOut: "shut out"
            }
        }
        for _ in 0..<SignInDesk.failuresMax { #expect(try await attempt("guess") == "wrong") }
        #expect(try await attempt(TestInbox.password) == "shut out")
        clock.advance(SignInDesk.shutOutTime + 1)
        #expect(try await attempt(TestInbox.password) == "right")
        #expect(try await attempt("guess") == "wrong")
    }

    @Test("failures at other nodes count too, until somebody signs in there, the time is over, or a new password is set")
    func elsewhere() async throws {
        let inbox = try await TestInbox()
        let ana = inbox.id("ana")
        let desk = inbox.server.desk
        func elsewhere(_ count: Int, of replica: UInt64, isRight: Bool = false) -> [SignInElsewhere] {
            (0..<count).map { _ in SignInElsewhere(staff: ana, at: inbox.clock.now, isRight: isRight, replica: ReplicaID(replica)) }
        }
        func attempt(_ password: String) async throws -> Int {
            let reader = try await inbox.node.reader()
            let outcome = try await desk.attempt(
                name: "ana", password: password, code: "", address: "192.0.2.1", reader: reader, now: inbox.clock.now)
            return switch outcome {
            case .right: 303
            case .wrong: 401
            case .shutOut: 429
            }
        }
        await desk.note(elsewhere(4, of: 1) + elsewhere(3, of: 2))
        #expect(try await attempt(TestInbox.password) == 303, "seven are not too many")
        await desk.note(elsewhere(1, of: 2))
        #expect(try await attempt(TestInbox.password) == 429)
        await desk.note(elsewhere(1, of: 2, isRight: true))
        #expect(try await attempt(TestInbox.password) == 303)
        await desk.note(elsewhere(6, of: 2))
        #expect(try await attempt(TestInbox.password) == 429)
        inbox.clock.advance(SignInDesk.shutOutTime)
        #expect(try await attempt(TestInbox.password) == 303)
        await desk.note(elsewhere(9, of: 3))
        #expect(try await attempt(TestInbox.password) == 429)
        inbox.clock.advance(1)
        let id = AccountID(of: ana)
        let account = try #require(try await inbox.node.reader().store.account(id)?.current)
        let anew = AccountProfile(staff: ana, passwordHash: account.passwordHash, endedBefore: inbox.clock.now)
        _ = try await inbox.node.perform(.putDocument(.account(id, anew)), as: .system).get()
        #expect(try await attempt(TestInbox.password) == 303)
    }

    @Test("a session ends after its time without use, at its full age, and at once when the account is disabled or its sessions are ended")
    func endings() async throws {
        let inbox = try await TestInbox()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            inbox.clock.advance(SessionStore.idleMax - 1)
            #expect(try await browser.get("/inbox").status == 200)
            inbox.clock.advance(SessionStore.idleMax - 1)
            // What a page asks by itself does not keep the session.
            #expect(try await browser.get("/inbox", headers: ["X-Background": "1", "X-Fragment": "list"]).status == 200)
            inbox.clock.advance(2)
            #expect(try await browser.get("/inbox").status == 303)

            _ = try await browser.signIn("ana")
            for _ in 0..<(SessionStore.ageMax / (SessionStore.idleMax / 2)) {
                inbox.clock.advance(SessionStore.idleMax / 2)
                _ = try await browser.get("/inbox")
            }
            #expect(try await browser.get("/inbox").status == 303)

            _ = try await browser.signIn("ana")
            let id = inbox.id("ana")
            let profile = StaffProfile(
                key: "ana", name: "Ana Whitfield", role: .frontDesk, offices: [inbox.practice.towson], isActive: false)
            _ = await inbox.node.perform(.putDocument(.staff(id, profile)), as: .system)
            #expect(try await browser.get("/inbox").status == 303)
            #expect(try await browser.signIn("ana").status == 401)
        }
    }

    @Test("signing in gives a new session, and the cookie that was there before opens nothing")
    func fixation() async throws {
        let inbox = try await TestInbox()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            let first = try #require(await browser.cookie)
            _ = try await browser.signIn("eli")
            let second = try #require(await browser.cookie)
            #expect(first != second)
            await browser.setCookie(first)
            #expect(try await browser.get("/inbox").status == 303)
            await browser.setCookie("a-cookie-that-somebody-planted")
            #expect(try await browser.get("/inbox").status == 303)
            _ = try await browser.signIn("ana")
            #expect(await browser.cookie != "a-cookie-that-somebody-planted")
        }
    }

    @Test("a second factor is asked for, its code counts once, and the code of another time does not")
    func secondFactor() async throws {
        let inbox = try await TestInbox()
        let secret = Array(UInt8(0)..<20)
        let account = try #require(try await inbox.node.reader().store.account(AccountID(of: inbox.id("ana")))?.current)
        _ = await inbox.node.perform(
            .putDocument(.account(AccountID(of: inbox.id("ana")), AccountProfile(account, secondFactor: secret))), as: .system)
        let step = inbox.clock.now / 1000 / OneTimeCode.step
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            #expect(try await browser.signIn("ana").status == 401)
            #expect(try await browser.signIn("ana", code: OneTimeCode.code(secret: secret, step: step - 3)).status == 401)
            let code = OneTimeCode.code(secret: secret, step: step)
            #expect(try await browser.signIn("ana", code: code).status == 303)
            #expect(try await browser.signIn("ana", code: code).status == 401)
        }
    }

    @Test(
        "codes are those of RFC 6238",
        arguments: [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] as [(Int64, String)])
    func codes(time: Int64, code: String) {
        #expect(OneTimeCode.code(secret: Array("12345678901234567890".utf8), step: time / OneTimeCode.step) == code)
    }

    @Test("a secret survives being typed", arguments: 0..<8)
    func secretText(seed: UInt64) {
        let secret = SeededRandomSource(seed: seed, stream: "factor").bytes(20)
        #expect(OneTimeCode.secret(text: OneTimeCode.text(ofSecret: secret).lowercased()) == secret)
        #expect(OneTimeCode.secret(text: "not base 32!") == nil)
    }

    @Test(
        "a form without its session's token, or from another site, changes nothing",
        arguments: [["csrf": ""], ["csrf": "guess"], ["Origin": "https://evil.example"], ["Sec-Fetch-Site": "cross-site"]])
    func forgery(_ forged: [String: String]) async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            try await browser.get("/threads/\(thread)")
            let headers = forged.filter { $0.key != "csrf" }
            let answer = try await browser.post("/threads/\(thread)/claim", csrf: forged["csrf"], headers: headers)
            #expect(answer.status == 403)
        }
        #expect(try await inbox.node.reader().store.state(of: thread)?.owner == .queue(inbox.practice.desk))
    }

    @Test(
        "a link leads after the sign-in only within this server",
        arguments: ["https://evil.example/", "//evil.example", "/\\evil.example", "/a b"])
    func redirection(next: String) async throws {
        let inbox = try await TestInbox()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            try await browser.get("/sign-in")
            let answer = try await browser.post("/sign-in", ["name": "ana", "password": TestInbox.password, "next": next])
            #expect(answer.headers["location"] == "/inbox")
        }
    }

    @Test("whoever has a password that somebody else chose goes nowhere before they choose their own")
    func mustChange() async throws {
        let inbox = try await TestInbox()
        let id = inbox.id("ana")
        let old = try #require(try await inbox.node.reader().store.account(AccountID(of: id))?.current)
        _ = await inbox.node.perform(
            .putDocument(.account(AccountID(of: id), AccountProfile(staff: id, passwordHash: old.passwordHash, mustChange: true))),
            as: .system)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            #expect(try await browser.signIn("ana").headers["location"] == "/account")
            #expect(try await browser.get("/inbox").status == 403)
            #expect(try await browser.get("/account").status == 200)
            let new = "another long password"
            #expect(try await browser.post("/account/password", ["current": "wrong", "password": new, "again": new]).status == 403)
            try await browser.get("/account")
            #expect(
                try await browser.post("/account/password", ["current": TestInbox.password, "password": "short", "again": "short"]).status
                    == 400)
            try await browser.get("/account")
            let answer = try await browser.post("/account/password", ["current": TestInbox.password, "password": new, "again": new])
            #expect(answer.headers["location"] == "/sign-in?reason=changed")
            inbox.clock.advance(1)
            #expect(try await browser.signIn("ana").status == 401)
            #expect(try await browser.signIn("ana", password: new).headers["location"] == "/inbox")
        }
    }
}
