import Foundation
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import Testing

@testable import WebInbox

@Suite("What was said, and who does not see it")
struct WithheldTextTests {
    private static let words = ["Swelling since Tuesday", "Cannot open her mouth", "Marsh thinks of an abscess", "Dear Maria, come at once"]

    /// A thread in which something is said in every way there is.
    private func thread(_ inbox: TestInbox) async throws -> ThreadID {
        let thread = try await inbox.openThread(subject: Self.words[0], text: Self.words[1])
        try await inbox.act(.note(text: Self.words[2]), on: thread, as: "ana")
        try await inbox.act(.saveDraft(text: Self.words[3]), on: thread, as: "eli")
        try await inbox.act(.offer(to: .staff(inbox.id("eli")), note: Self.words[2]), on: thread, as: "dana")
        return thread
    }

    @Test(
        "every role's pages show what was said, an administrator's show that it is not shown",
        arguments: ["ana", "carmen", "eli", "marsh", "osei", "cora", "dana"])
    func pages(name: String) async throws {
        let inbox = try await TestInbox()
        let thread = try await thread(inbox)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn(name)
            let list = try await browser.get("/inbox?list=open").body
            let page = try await browser.get("/threads/\(thread)").body
            let part = try await browser.get("/threads/\(thread)", headers: ["X-Fragment": "thread", "X-Background": "1"]).body
            let record = try await browser.get("/patients/\(inbox.practice.patient)").body
            let found = try await browser.get("/inbox?q=swelling").body
            for (place, text) in [("list", list), ("thread", page), ("part", part), ("record", record)] {
                #expect(text.contains("Maria Delgado"), "\(name): \(place)")
                let said = Self.words.contains { text.contains($0) }
                #expect(said == (name != "dana"), "\(name): \(place)")
                #expect(text.contains(InboxReader.withheld) == (name == "dana"), "\(name): \(place)")
            }
            #expect(found.contains("Maria Delgado") == (name != "dana"), "a match of words would tell what was said")
            // What a role may do besides is as before.
            #expect(page.contains("action=\"/threads/\(thread)/claim\"") == (name != "cora"))
        }
    }

    @Test("an administrator cannot answer what is not shown, until an emergency opens it for an hour")
    func emergency() async throws {
        let inbox = try await TestInbox()
        let thread = try await thread(inbox)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("dana")
            var page = try await browser.get("/threads/\(thread)").body
            #expect(page.contains("What was said is not shown to you") && !page.contains("id=\"reply-text\""))
            let answer = try await browser.post(
                "/patients/\(inbox.practice.patient)/break-glass", ["reason": "The surgeon telephoned and asked", "thread": "\(thread)"])
            #expect(answer.headers["location"] == "/threads/\(thread)")
            page = try await browser.get("/threads/\(thread)").body
            #expect(page.contains(Self.words[1]) && page.contains("Opened by break-glass") && page.contains("id=\"reply-text\""))
            #expect(try await browser.get("/inbox?q=swelling").body.contains(Self.words[0]))
            for _ in 0..<5 {
                inbox.clock.advance(StaffServer.glassTime / 5)
                page = try await browser.get("/threads/\(thread)").body
            }
            #expect(!page.contains(Self.words[1]) && page.contains(InboxReader.withheld))
        }
        #expect(try await inbox.auditLines().contains { $0.action == .breakGlass && $0.actor == .staff(inbox.id("dana")) })
    }

    @Test("the policy alone decides it, thread by thread")
    func access() async throws {
        let inbox = try await TestInbox()
        let thread = try await thread(inbox)
        let reader = try await inbox.node.reader()
        let directory = try reader.directory()
        let state = try #require(try reader.store.state(of: thread))
        for (name, mayRead) in [("ana", true), ("bo", false), ("dana", false), ("cora", true), ("pat", false), ("oz", false)] {
            let access = try #require(StaffAccess(of: inbox.id(name), in: directory, at: .office, now: inbox.clock.now))
            #expect(access.mayReadTexts(of: state) == mayRead, "\(name)")
            let seen = try #require(try reader.asSeen(by: access).page(of: thread))
            #expect(seen.entries.contains { $0.text == Self.words[1] } == mayRead, "\(name)")
            let opened = StaffAccess(
                of: inbox.id(name), in: directory, at: .office, now: inbox.clock.now, opened: [inbox.practice.patient])
            #expect(try #require(opened).mayReadTexts(of: state), "\(name)")
            let hits = try reader.asSeen(by: access).search("swelling")
            #expect(hits.isEmpty != mayRead, "\(name)")
        }
    }
}
