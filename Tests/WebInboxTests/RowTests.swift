import Causality
import Foundation
import InboxModel
import OfficeNode
import ReplicaStore
import Testing

@testable import WebInbox

/// Rows of lists are kept as they were rendered: they must never show what is not so any more, nor what is somebody else's.
@Suite("Rows of lists")
struct RowTests {
    /// The row of a thread on a page, from its element to its end.
    private static func row(of thread: ThreadID, _ page: LoopbackClient.Answer) throws -> Substring {
        let mark = try #require(page.body.range(of: "data-thread=\"\(thread)\""))
        let start = try #require(page.body.range(of: "<li ", options: .backwards, range: page.body.startIndex..<mark.lowerBound))
        let end = try #require(page.body.range(of: "</li>", range: mark.upperBound..<page.body.endIndex))
        return page.body[start.lowerBound..<end.lowerBound]
    }

    @Test("A kept row is what would be rendered, for each person, after each change and as time goes by")
    func exact() async throws {
        let inbox = try await TestInbox()
        let threads = [try await inbox.openThread(), try await inbox.openThread(isClinical: true, subject: "Swelling")]
        let deeds: [(String, ThreadCommand, Int64)] = [
            ("ana", .note(text: "first"), 0), ("ana", .claim, 59_000), ("marsh", .setPriority(.urgent), 1000), ("ana", .tag("x-ray"), 61_000),
            ("eli", .offer(to: .staff(inbox.id("ana")), note: "please"), 400_000), ("ana", .release(to: nil), 800_000),
        ]
        try await inbox.serving(waiting: ConnectionPatience()) { (port: Int) async throws -> Void in
            var people: [TestBrowser] = []
            for name in ["ana", "eli", "marsh", "dana"] {
                let person = TestBrowser(port: port)
                _ = try await person.signIn(name)
                people.append(person)
            }
            for (index, deed) in deeds.enumerated() {
                inbox.clock.advance(deed.2)
                // Some are refused to some, which leaves the rows as they were.
                do { try await inbox.act(deed.1, on: threads[index % 2], as: deed.0) } catch is CommandRefusal {}
                for person in people {
                    let kept = try await person.get("/inbox?list=open")
                    inbox.server.rowShelf.forget()
                    let rendered = try await person.get("/inbox?list=open")
                    for thread in threads { #expect(try Self.row(of: thread, kept) == Self.row(of: thread, rendered), "deed \(index)") }
                }
            }
        }
    }

    @Test("Whether a row is unread, one's own and may be claimed is each person's, and its button sends the session's own form")
    func personal() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        try await inbox.serving(waiting: ConnectionPatience()) { (port: Int) async throws -> Void in
            let browser = TestBrowser(port: port)
            let eli = TestBrowser(port: port)
            _ = try await browser.signIn("ana")
            _ = try await eli.signIn("eli")
            let before = try await browser.get("/inbox?list=open")
            #expect(try Self.row(of: thread, before).contains("row-unread"))
            #expect(try Self.row(of: thread, before).contains("formaction=\"/threads/\(thread)/claim\""))
            #expect(try !Self.row(of: thread, before).contains("csrf"), "nothing of a session is kept with a row")
            #expect(before.body.contains("<form id=\"claims\" method=\"post\""))
            _ = try await browser.get("/threads/\(thread)")
            try await inbox.act(.claim, on: thread, as: "ana")
            let mine = try Self.row(of: thread, try await browser.get("/inbox?list=open"))
            let theirs = try Self.row(of: thread, try await eli.get("/inbox?list=open"))
            #expect(mine.contains("row-mine") && !mine.contains("row-unread") && !mine.contains("/claim"))
            #expect(!theirs.contains("row-mine") && theirs.contains("row-unread"))
        }
    }

    @Test("Looking at a thread again writes nothing into the log; something new in it is marked as read once")
    func readOnce() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        @Sendable func clock() async throws -> UInt64 {
            try await inbox.node.reader().store.progress().reduce(0) { $0 + $1.received.sequence }
        }
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            await inbox.server.audit.flush()
            let start = try await clock()
            for _ in 0..<3 { _ = try await browser.get("/threads/\(thread)") }
            #expect(try await clock() == start + 1)
            try await inbox.act(.note(text: "news"), on: thread, as: "eli")
            for _ in 0..<3 { _ = try await browser.get("/threads/\(thread)") }
            #expect(try await clock() == start + 3)
        }
    }

    @Test("A node that is locked keeps no rows")
    func locked() async throws {
        let inbox = try await TestInbox()
        _ = try await inbox.openThread()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("ana")
            _ = try await browser.get("/inbox?list=open")
            #expect(inbox.server.rowShelf.count == 1)
            await inbox.node.lock()
            await inbox.server.refreshStatus()
            #expect(inbox.server.rowShelf.count == 0)
        }
    }
}
