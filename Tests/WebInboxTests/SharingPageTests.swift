import Foundation
import HTTPTypes
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import Testing

@testable import WebInbox

@Suite("Outside partners, on the page and by program")
struct SharingPageTests {
    @Test("a thread is shared on its page, said there, read by the partner and taken back")
    func page() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread(subject: "A graft", text: "My cheek is swollen")
        let other = try await inbox.openThread(subject: "Another matter")
        let pat = inbox.id("pat")
        let url = "/threads/\(thread)"
        try await inbox.serving { (ana: TestBrowser) async throws -> Void in
            _ = try await ana.signIn("ana")
            #expect(try await ana.get(url).body.contains("Share with an outside partner"))
            #expect(try await ana.post(url + "/share", ["with": "\(pat)", "days": "91"]).status == 303)
            #expect(try await ana.get(url).body.contains("1 to 90 days"))
            #expect(try await ana.post(url + "/share", ["with": "\(pat)", "days": "3"]).status == 303)
            let told = try await ana.get(url).body
            let shared = try await ana.get("/inbox?list=shared").body
            #expect(shared.contains("A graft") && !shared.contains("Another matter"))
            #expect(told.contains("outside the practice,") && told.contains("Pat Outside") && told.contains("/unshare"))
        }
        try await inbox.act(.note(text: "Only for us and Pat"), on: thread, as: "ana")
        try await inbox.act(.tag("difficult"), on: thread, as: "ana")
        try await inbox.serving { (pat: TestBrowser) async throws -> Void in
            _ = try await pat.signIn("pat")
            let list = try await pat.get("/inbox").body
            #expect(list.contains("A graft") && !list.contains("Another matter"))
            #expect(!list.contains("type=\"search\"") && !list.contains("Bel Air") && !list.contains("href=\"/offices\""))
            let shown = try await pat.get(url).body
            #expect(shown.contains("My cheek is swollen") && shown.contains("Only for us and Pat") && shown.contains("Shared with you"))
            #expect(!shown.contains("Why it is in this state") && !shown.contains("/claim") && !shown.contains("tagged difficult"))
            #expect(!shown.contains("Take back") && !shown.contains("id=\"reply\""))
            #expect(try await pat.post(url + "/note", ["text": "The graft is mine"]).status == 303)
            #expect(try await pat.get(url).body.contains("The graft is mine"))
            #expect(try await pat.get("/threads/\(other)").status == 404)
        }
        try await inbox.act(.unshare(with: pat), on: thread, as: "dana")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("pat")
            #expect(try await browser.get(url).status == 404)
            #expect(try await !browser.get("/inbox").body.contains("A graft"))
            #expect(try await browser.post(url + "/note", ["text": "Late"]).status == 404)
        }
    }

    @Test("when the time is over nothing is left, and not before")
    func over() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let pat = inbox.id("pat")
        try await inbox.act(.share(with: pat, until: inbox.clock.now + 60_000), on: thread, as: "ana")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("pat")
            #expect(try await browser.get("/threads/\(thread)").status == 200)
            inbox.clock.advance(60_000)
            #expect(try await browser.get("/threads/\(thread)").status == 404)
            #expect(try await browser.get("/inbox").body.contains("Nothing is shared"))
        }
    }

    @Test("everything else is refused to a partner, whoever's ids they know")
    func refused() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread(subject: "A graft")
        let other = try await inbox.openThread(subject: "Another matter", text: "My invoice")
        let pat = inbox.id("pat")
        try await inbox.act(.share(with: pat, until: inbox.clock.now + 86_400_000), on: thread, as: "ana")
        let practice = inbox.practice
        let pages = [
            "/patients", "/patients?q=delgado", "/patients/\(practice.patient)", "/offices", "/people", "/people/\(inbox.id("ana"))",
            "/audit", "/threads/new?patient=\(practice.patient)", "/threads/\(other)", "/inbox?list=open", "/inbox?list=mine",
            "/inbox?q=invoice", "/inbox?office=tow", "/inbox?category=plan",
        ]
        let token = try await inbox.token(of: "pat")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("pat")
            for page in pages {
                let answer = try await browser.get(page)
                #expect([403, 404].contains(answer.status), "\(page): \(answer.status)")
                #expect(!answer.body.contains("Another matter") && !answer.body.contains("My invoice"), "\(page)")
            }
            for action in ThreadAction.allCases where action != .note {
                let fields = [
                    "text": "x", "to": "staff:\(pat)", "with": "\(pat)", "tag": "x", "priority": "high", "review": "0",
                    "outcome": "answered", "told": "told", "category": "\(practice.category)", "office": "\(practice.towson)", "message": "\(pat)", "subject": "x",
                ]
                try await browser.get("/threads/\(thread)")
                let answer = try await browser.post("/threads/\(thread)/\(action.rawValue)", fields)
                // There is nothing to take back, and nothing that is not held: both are said on the page that they may see.
                let isHarmless = [.undo, .fetch].contains(action) && answer.status == 303
                #expect(answer.status == 403 || isHarmless, "\(action): \(answer.status)")
                try await browser.get("/threads/\(thread)")
                #expect(try await browser.post("/threads/\(other)/\(action.rawValue)", fields).status == 404)
            }
            try await browser.get("/threads/\(thread)")
            #expect(try await browser.post("/threads/\(thread)/writing").status == 403)
            let program = TestProgram(browser: browser, token: token)
            #expect(try await program.get("/threads").list("threads").compactMap { $0["subject"] as? String } == ["A graft"])
            #expect(try await program.get("/threads?q=invoice").status == 403)
            #expect(try await program.get("/threads?list=open").status == 404)
            #expect(try await program.get("/threads/\(other)").status == 404)
            #expect(try await program.get("/lists").list("lists").compactMap { $0["list"] as? String } == ["shared"])
            // Whatever else can be asked for, by whatever is known.
            let open = ["listThreads", "countThreads", "getThread", "getMe", "listTokens", "listSessions"]
            for operation in APIOperation.all where operation.method == .get && !open.contains(operation.id) {
                let path = operation.path.replacing("{thread}", with: "\(other)").replacing("{patient}", with: "\(practice.patient)")
                    .replacing("{person}", with: "\(inbox.id("ana"))").replacing("{changeSet}", with: "1:1")
                let status = try await program.get(path).status
                #expect([400, 403, 404].contains(status), "\(path): \(status)")
            }
            let read = try await program.get("/threads/\(thread)")
            #expect(read.status == 200 && read.list("drafts").isEmpty && read.list("sharedWith").count == 1)
        }
    }

    @Test("a program shares and takes back, and gets said with whom it is shared")
    func program() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let pat = inbox.id("pat")
        let token = try await inbox.token(of: "ana")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let ana = TestProgram(browser: browser, token: token)
            #expect(try await ana.post("/threads/\(thread)/share", ["with": "\(inbox.id("bo"))"]).status == 400)
            #expect(try await ana.post("/threads/\(thread)/share", ["with": "\(pat)"]).status == 200)
            let shared = try await ana.get("/threads/\(thread)").list("sharedWith")
            #expect(shared.first?["name"] as? String == "Pat Outside" && shared.count == 1)
            #expect(try await ana.post("/threads/\(thread)/unshare", ["with": "\(pat)"]).status == 200)
            #expect(try await ana.get("/threads/\(thread)").list("sharedWith").isEmpty)
            #expect(try await ana.post("/threads/\(thread)/unshare", ["with": "\(pat)"]).status == 409)
        }
    }

    @Test("open pages of a partner are told of what is shared, a last time when it no longer is, and of nothing else")
    func live() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let other = try await inbox.openThread()
        let pat = inbox.id("pat")
        try await inbox.act(.share(with: pat, until: inbox.clock.now + 86_400_000), on: thread, as: "ana")
        var updates = try await OutsideUpdates(of: pat, at: .office, inbox.node.reader(), now: inbox.clock.now)
        func told(_ event: LiveUpdates.Event) async throws -> LiveUpdates.Event? {
            try updates.part(of: event, try await inbox.node.reader(), now: inbox.clock.now)
        }
        #expect(try await told(.changed([other, thread]))?.data == "[\"\(thread)\"]")
        #expect(try await told(.changed([other])) == nil)
        #expect(try await told(LiveUpdates.Event(name: "sync", data: "{}")) == nil)
        #expect(try await told(LiveUpdates.Presence(thread: thread, writing: ["Ana"], looking: []).event) == nil)
        #expect(try await told(.bye)?.name == "bye")
        try await inbox.act(.unshare(with: pat), on: thread, as: "ana")
        #expect(try await told(.changed([thread]))?.threads == [thread])
        #expect(try await told(.changed([thread])) == nil)
    }
}
