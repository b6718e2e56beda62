import Foundation
import InboxModel
import OfficeNode
import ReplicaStore
import Testing
import Vault

@testable import WebInbox

@Suite("The staff's pages")
struct StaffPagesTests {
    @Test("every page says no to other sites, sniffing, framing and caching")
    func headers() async throws {
        let inbox = try await TestInbox()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("dana")
            for path in [
                "/sign-in", "/inbox", "/patients", "/offices", "/people", "/audit", "/account", "/tokens", "/api", "/help", "/nowhere",
            ] {
                let answer = try await browser.get(path)
                #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'; style-src 'self'") == true, "\(path)")
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["x-frame-options"] == "DENY")
                #expect(answer.headers["cache-control"] == "no-store")
                #expect(answer.status == (path == "/nowhere" ? 404 : 200), "\(path)")
                #expect(
                    !answer.body.contains("<script>") && !answer.body.contains(" style=") && !answer.body.contains(" onclick="), "\(path)")
            }
        }
    }

    @Test("what patients and colleagues wrote is text wherever it is shown, a quotation mark with a combining mark too")
    func hostileText() async throws {
        let inbox = try await TestInbox()
        let mark = "\"\u{301}"
        let hostile = "<script>alert(1)</script>\"\u{301} onmouseover=x '><img src=x onerror=alert(2)>{{csrf}}</textarea>"
        let added = try await inbox.node.perform(
            .putPatient(
                nil, PatientDetails(name: hostile, born: "", phone: hostile, email: hostile, office: inbox.practice.towson), shown: nil),
            as: .system
        ).get().patient
        let patient = try #require(added)
        let thread = try await inbox.openThread(subject: hostile, text: hostile, patient: patient)
        try await inbox.act(.note(text: hostile), on: thread, as: "ana")
        try await inbox.act(.tag(hostile), on: thread, as: "ana")
        try await inbox.act(.saveDraft(text: hostile), on: thread, as: "eli")
        try await inbox.act(.offer(to: .staff(inbox.id("ana")), note: hostile), on: thread, as: "dana")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            for path in [
                "/inbox?list=open", "/threads/\(thread)", "/patients", "/patients/\(patient)", "/inbox?list=open&q=\(hostile.queryEncoded)",
            ] {
                let answer = try await browser.get(path)
                #expect(answer.status == 200)
                #expect(answer.body.contains("&lt;script&gt;alert(1)"), "\(path)")
                #expect(!answer.body.contains("<script>alert") && !answer.body.contains("<img src=x"), "\(path)")
                let escapes = answer.body.unicodeScalars.contains(sequence: mark)
                #expect(!escapes, "\(path)")
            }
        }
    }

    /// Whether somebody of the role gets the page.
    private static let pages: [(path: String, roles: Set<String>)] = [
        ("/inbox", ["ana", "carmen", "eli", "marsh", "osei", "dana", "cora", "pat"]),
        ("/patients", ["ana", "carmen", "eli", "marsh", "osei", "dana", "cora"]),
        ("/offices", ["ana", "carmen", "eli", "marsh", "osei", "dana", "cora", "oz"]),
        ("/people", ["ana", "carmen", "eli", "marsh", "osei", "dana", "cora"]),
        ("/people/new", ["dana"]), ("/audit", ["dana", "cora"]), ("/audit.csv", ["dana", "cora"]),
        ("/account", ["ana", "carmen", "eli", "marsh", "osei", "dana", "cora", "pat", "oz"]),
        ("/tokens", ["ana", "carmen", "eli", "marsh", "osei", "dana", "cora", "pat", "oz"]),
    ]

    @Test(
        "each role gets the pages of the table, and no others",
        arguments: ["ana", "carmen", "eli", "marsh", "osei", "dana", "cora", "pat", "oz"])
    func access(name: String) async throws {
        let inbox = try await TestInbox()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn(name)
            for (path, roles) in Self.pages {
                let status = try await browser.get(path).status
                // The inbox sends those who see no threads elsewhere.
                let refused = path == "/inbox" ? [303] : [403]
                #expect(roles.contains(name) ? status == 200 : refused.contains(status), "\(name) \(path): \(status)")
            }
        }
    }

    @Test("a thread or record of another office is not there for whoever may not read it, and the attempt is recorded")
    func otherOffice() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("bo")
            #expect(try await browser.get("/threads/\(thread)").status == 404)
            try await browser.get("/inbox?list=open")
            #expect(await !browser.body.contains("Moving Friday"))
            #expect(try await browser.post("/threads/\(thread)/claim").status == 404)
            #expect(try await browser.get("/inbox?list=open&q=Friday").body.contains("Moving Friday") == false)
            let record = try await browser.get("/patients/\(inbox.practice.patient)")
            #expect(record.body.contains("This record is closed to you") && !record.body.contains("Maria Delgado"))
            #expect(try await browser.get("/threads/\(ThreadID(high: 9, low: 9))").status == 404)
        }
        let refused = try await inbox.auditLines().filter { $0.outcome == .refused && $0.actor == .staff(inbox.id("bo")) }
        #expect(refused.contains { $0.action == .readThread && $0.thread == thread })
        #expect(refused.contains { $0.action == .readPatient && $0.patient == inbox.practice.patient })
    }

    @Test("an emergency opens one record for an hour, with a reason in the audit")
    func breakGlass() async throws {
        let inbox = try await TestInbox()
        let url = "/patients/\(inbox.practice.patient)"
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("bo")
            try await browser.get(url)
            #expect(try await browser.post(url + "/break-glass", ["reason": "short"]).status == 400)
            try await browser.get(url)
            #expect(try await browser.post(url + "/break-glass", ["reason": "Called from the emergency room"]).status == 303)
            #expect(try await browser.get(url).body.contains("Maria Delgado"))
            for _ in 0..<5 {
                inbox.clock.advance(StaffServer.glassTime / 5)
                _ = try await browser.get("/inbox")
            }
            #expect(try await browser.get(url).body.contains("This record is closed to you"))
        }
        let line = try await inbox.auditLines().first { $0.action == .breakGlass }
        #expect(line?.detail == "Called from the emergency room")
        #expect(line?.patient == inbox.practice.patient)
    }

    @Test("a reply from a stale page is held with what changed, its text kept, and sent when its author has seen it")
    func collision() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let url = "/threads/\(thread)"
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            try await browser.get(url)
            let before = try #require(await browser.hidden("shown"))
            _ = try await inbox.node.perform(
                .thread(thread, shown: nil, .patientMessage(.portal, text: "Or on Monday?")), as: .patient(inbox.practice.patient)
            ).get()
            let answer = try await browser.post(url + "/reply", ["text": "Friday is fine", "shown": before])
            #expect(answer.status == 303)
            let page = try await browser.get(url).body
            #expect(page.contains("Your reply was held"))
            #expect(page.contains("A message came in from the patient"))
            #expect(page.contains("Friday is fine"))
            #expect(try await inbox.node.reader().store.state(of: thread)?.lastOutbound == nil)
            _ = try await browser.post(url + "/reply", ["text": "Friday or Monday is fine", "override": "1"])
            await inbox.server.replies.sendAll(through: inbox.server)
            #expect(try await inbox.node.reader().store.state(of: thread)?.lastOutbound != nil)
            #expect(try await browser.get(url).body.contains("Your reply was held") == false)
        }
    }

    @Test("a reply can be taken back while it waits, and its text is the draft; sent, it is gone from the drafts")
    func undo() async throws {
        let inbox = try await TestInbox(undoTime: .seconds(600))
        let thread = try await inbox.openThread()
        let url = "/threads/\(thread)"
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            try await browser.get(url)
            _ = try await browser.post(url + "/reply", ["text": "Friday is fine"])
            #expect(try await browser.get(url).body.contains("Your reply goes out at"))
            #expect(try await inbox.node.reader().store.state(of: thread)?.lastOutbound == nil)
            _ = try await browser.post(url + "/undo")
            let page = try await browser.get(url).body
            #expect(!page.contains("Your reply goes out at") && page.contains("Friday is fine</textarea>"))
            _ = try await browser.post(url + "/reply", ["text": "Friday at ten is fine"])
            await inbox.server.replies.sendAll(through: inbox.server)
            let state = try await inbox.node.reader().store.state(of: thread)
            #expect(state?.lastOutbound != nil && state?.drafts.isEmpty == true)
            #expect(try await browser.post(url + "/undo").status == 303)
            #expect(try await browser.get(url).body.contains("It is too late"))
        }
    }

    @Test("the front desk may not answer what is under clinical review, on the page or around it")
    func review() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread(isClinical: true)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            let page = try await browser.get("/threads/\(thread)").body
            #expect(page.contains("under clinical review") && !page.contains("id=\"reply-text\""))
            #expect(try await browser.post("/threads/\(thread)/reply", ["text": "Take two aspirin"]).status == 403)
            try await browser.get("/threads/\(thread)")
            #expect(try await browser.post("/threads/\(thread)/note", ["text": "Dr. Marsh, please look"]).status == 303)
        }
        #expect(try await inbox.node.reader().store.state(of: thread)?.lastOutbound == nil)
    }

    @Test("every action of a thread's page does what its form says")
    func actions() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let other = try await inbox.openThread(subject: "Other")
        let url = "/threads/\(thread)"
        let code = try #require(try await inbox.node.reader().item(of: other)?.code)
        let steps: [(String, [String: String])] = [
            ("claim", [:]), ("note", ["text": "a note"]), ("message", ["text": "called again", "channel": "phone"]),
            ("priority", ["priority": "high"]),
            ("tag", ["tag": "forms"]), ("untag", ["tag": "forms"]), ("category", ["category": "\(inbox.practice.category)"]),
            ("snooze", ["until": "2026-01-02T08:00"]), ("snooze", ["until": ""]), ("due", ["due": "2026-01-02T08:00"]),
            ("due", ["due": ""]),
            ("escalate", ["note": "swelling"]), ("acknowledge", [:]), ("offer", ["to": "staff:\(inbox.id("eli"))", "note": "please"]),
            ("release", [:]), ("claim", [:]), ("resolve", ["outcome": "answered", "told": "told", "note": "done"]),
            ("reopen", ["note": "not done"]),
            ("move", ["office": "\(inbox.practice.belair)"]), ("move", ["office": "\(inbox.practice.towson)"]), ("merge", ["into": code]),
            ("merge", ["into": ""]),
            ("draft", ["text": "later"]), ("draft", ["text": "", "discard": "1"]),
        ]
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("dana")
            for (action, fields) in steps {
                try await browser.get(url)
                let answer = try await browser.post("\(url)/\(action)", fields)
                #expect(answer.status == 303, "\(action)")
                let page = try await browser.get(url)
                #expect(page.status == 200)
                #expect(!page.body.contains("notice-refusal"), "\(action)")
            }
        }
        let state = try #require(try await inbox.node.reader().store.state(of: thread))
        #expect(state.priority == .high && state.tags.isEmpty && state.due == nil && state.escalationLevel == 0)
        #expect(state.mergedInto == nil && state.resolution == nil && state.drafts.isEmpty)
    }

    @Test("nonsense is refused in words and changes nothing")
    func nonsense() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let url = "/threads/\(thread)"
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            try await browser.get(url)
            let csrf = try #require(await browser.hidden("csrf"))
            let huge = String(repeating: "x", count: 500_000)
            #expect(try await browser.post(url + "/note", ["text": huge], csrf: csrf).status == 413)
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            #expect(try await browser.raw("POST", url + "/note", headers: form, body: "csrf=%ZZ").status == 400)
            #expect(try await browser.raw("POST", url + "/note", headers: form, body: "csrf=\(csrf)&text=%FF%FE").status == 400)
            #expect(try await browser.raw("POST", url + "/note", headers: form, body: String(repeating: "a=1&", count: 300)).status == 400)
            #expect(try await browser.raw("POST", url + "/note", headers: ["Content-Type": "application/json"], body: "{}").status == 415)
            #expect(try await browser.get("/inbox?list=nonsense").status == 404)
            #expect(try await browser.get("/inbox?after=zz").status == 400)
            #expect(try await browser.get("/threads/..%2F..%2Fetc").status == 404)
            for (action, fields) in [
                ("snooze", ["until": "yesterday"]), ("offer", ["to": "staff:nobody"]), ("note", ["text": "  "]),
                ("resolve", ["outcome": "x"]),
                ("note", ["text": "a", "shown": "zz"]), ("merge", ["into": "TOW-ZZZZ"]), ("category", ["category": "1"]),
            ] {
                #expect(try await browser.post("\(url)/\(action)", fields, csrf: csrf).status == 303, "\(action)")
                #expect(try await browser.get(url).body.contains("notice-refusal"), "\(action)")
            }
        }
        let page = try #require(try await inbox.node.reader().page(of: thread))
        let notes = page.entries.filter { if case .note = $0.kind { true } else { false } }
        #expect(notes.isEmpty)
    }

    @Test("a locked node says so and shows nothing")
    func locked() async throws {
        let inbox = try await TestInbox()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            await inbox.node.lock()
            let answer = try await browser.get("/inbox")
            #expect(answer.status == 503 && answer.body.contains("This node is locked."))
        }
    }

    @Test("the templates and assets in the program are those in the folders")
    func embedded() throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/WebInbox")
        let pages = try FileManager.default.contentsOfDirectory(atPath: source.appending(path: "Pages").path)
        #expect(Set(pages) == Set(EmbeddedPages.templates.map { $0.name + ".mustache" }))
        let assets = try FileManager.default.contentsOfDirectory(atPath: source.appending(path: "Assets").path)
        #expect(Set(assets) == Set(EmbeddedPages.assets.map(\.name)))
        _ = try PageRenderer()
    }
}

extension String.UnicodeScalarView {
    fileprivate func contains(sequence text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        let all = Array(self)
        guard all.count >= wanted.count else { return false }
        return (0...(all.count - wanted.count)).contains { Array(all[$0..<$0 + wanted.count]) == wanted }
    }
}
