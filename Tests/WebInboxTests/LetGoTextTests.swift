import Foundation
import InboxModel
import OfficeNode
import ReplicaStore
import Testing

@testable import WebInbox

@Suite("What was said, on a laptop that let it go")
struct LetGoTextTests {
    private static let words = ["Swelling since Tuesday", "Cannot open her mouth", "Dear Maria, come at once"]

    @Test("pages and programs say so in the place of each text, offer to fetch it, and tell why that cannot be")
    func pages() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread(subject: Self.words[0], text: Self.words[1])
        try await inbox.act(.saveDraft(text: Self.words[2]), on: thread, as: "eli")
        try await inbox.node.letGo(thread)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("eli")
            let list = try await browser.get("/inbox?list=open").body
            let page = try await browser.get("/threads/\(thread)").body
            for text in [list, page] {
                #expect(!Self.words.contains { text.contains($0) })
                #expect(text.contains(InboxReader.notHeld) && text.contains("Maria Delgado"))
            }
            #expect(page.contains("3 texts of this thread are held at the offices only"))
            #expect(page.contains("action=\"/threads/\(thread)/fetch\"") && page.contains("Fetch from an office"))
            #expect(page.contains("id=\"reply-text\""), "a reply can be written all the same")
            let field = page.components(separatedBy: "id=\"reply-text\"").dropFirst().first?.prefix(600) ?? ""
            #expect(!field.contains(InboxReader.notHeld), "a note is no draft to go on with")
            let answer = try await browser.post("/threads/\(thread)/fetch", [:])
            #expect(answer.headers["location"] == "/threads/\(thread)")
            let told = try await browser.get("/threads/\(thread)").body
            #expect(told.contains("No office can be reached now"))
        }
    }

    @Test("whoever may not see what was said is not offered to fetch it")
    func notAllowed() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread(subject: Self.words[0], text: Self.words[1])
        try await inbox.node.letGo(thread)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("dana")
            let page = try await browser.get("/threads/\(thread)").body
            #expect(page.contains(InboxReader.withheld) && !page.contains("Fetch from an office"))
            #expect(try await browser.post("/threads/\(thread)/fetch", [:]).status == 403)
        }
    }
}
