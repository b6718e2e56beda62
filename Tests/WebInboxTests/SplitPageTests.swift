import InboxModel
import OfficeNode
import ReplicaStore
import Testing

@testable import WebInbox

@Suite("Messages about another matter, on the page and by program")
struct SplitPageTests {
    private func second(_ inbox: TestInbox, _ thread: ThreadID) async throws -> MessageID {
        _ = try await inbox.node.perform(
            .thread(thread, shown: nil, .patientMessage(.portal, text: "And the invoice is wrong.")), as: .patient(inbox.practice.patient)
        ).get()
        let entries = try await inbox.node.reader().page(of: thread)?.entries ?? []
        let ids = entries.compactMap { entry -> MessageID? in
            if case .message(let id, _, _) = entry.kind, entry.text.hasPrefix("And the invoice") { id } else { nil }
        }
        return try #require(ids.first)
    }

    @Test("messages are ticked, named and moved; both threads lead to each other")
    func page() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let message = try await second(inbox, thread)
        let url = "/threads/\(thread)"
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            let before = try await browser.get(url).body
            #expect(before.contains("id=\"split\"") && before.contains("value=\"\(message)\" form=\"split\""))
            _ = try await browser.post(url + "/split", ["subject": "The invoice", "category": "\(inbox.practice.category)"])
            #expect(try await browser.get(url).body.contains("Choose the messages that go on in another thread"))
            let fields = ["message": "\(message)", "subject": "The invoice", "category": "\(inbox.practice.category)"]
            #expect(try await browser.post(url + "/split", fields).status == 303)
            let state = try #require(try await inbox.node.reader().store.state(of: thread))
            let into = try #require(state.splits.first?.split.into)
            let after = try await browser.get(url).body
            #expect(after.contains("href=\"/threads/\(into)\""))
            #expect(!after.contains("value=\"\(message)\" form=\"split\""), "it does not go on twice")
            let there = try await browser.get("/threads/\(into)").body
            #expect(there.contains("And the invoice is wrong.") && there.contains("href=\"\(url)\"") && there.contains("goes on here"))
        }
    }

    @Test("a program moves messages into a thread that is there, and gets its id")
    func program() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let other = try await inbox.openThread(subject: "Invoice")
        let message = try await second(inbox, thread)
        let token = try await inbox.token(of: "ana")
        let code = try #require(try await inbox.node.reader().item(of: other)?.code)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let ana = TestProgram(browser: browser, token: token)
            #expect(try await ana.post("/threads/\(thread)/split", ["message": ["nothing"], "into": code]).status == 400)
            let done = try await ana.post("/threads/\(thread)/split", ["message": ["\(message)"], "into": code])
            #expect(done.status == 200 && done["into"] == "\(other)")
            let splits = try await ana.get("/threads/\(thread)").list("splits")
            #expect(splits.first?["into"] as? String == "\(other)" && splits.first?["messages"] as? [String] == ["\(message)"])
            let entries = try await ana.get("/threads/\(other)").list("entries")
            let origin = entries.last { $0["kind"] as? String == "message" }?["from"] as? [String: Any]
            #expect(origin?["thread"] as? String == "\(thread)")
        }
    }
}
