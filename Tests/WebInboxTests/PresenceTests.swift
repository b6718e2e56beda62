import Foundation
import InboxModel
import OfficeNode
import Testing

@testable import WebInbox

@Suite("Who writes in a thread")
struct PresenceTests {
    @Test("open pages are told about others who write, those only whose reader may read the thread")
    func filtered() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let live = inbox.server.live
        // Bo works at the other office, Oz sees no patients.
        let names = ["ana", "eli", "marsh", "bo", "oz"]
        let streams = try names.map { try #require(live.subscribe(token: $0, staff: inbox.id($0))) }
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            for name in ["eli", "ana"] {
                _ = try await browser.signIn(name)
                try await browser.get("/threads/\(thread)")
                #expect(try await browser.post("/threads/\(thread)/writing").status == 204)
                // Once is enough for a while.
                #expect(try await browser.post("/threads/\(thread)/writing").status == 204)
            }
        }
        live.endAll()
        var told: [String: [String]] = [:]
        for (name, stream) in zip(names, streams) {
            for await event in stream where event.name == "presence" { told[name, default: []].append(event.data) }
        }
        #expect(told["bo"] == nil && told["oz"] == nil)
        #expect(told["ana"]?.count == 2 && told["ana"]?.contains { $0.contains("Ana") } == false)
        #expect(told["eli"]?.count == 1 && told["eli"]?.first?.contains("Ana Whitfield") == true)
        #expect(told["marsh"]?.count == 2)
        #expect(told["marsh"]?.last?.contains("Eli Novak") == true && told["marsh"]?.last?.contains("Ana Whitfield") == true)
    }
}

@Suite("Who looks at a thread")
struct LookingTests {
    private func names(_ answer: LoopbackClient.Answer, _ key: String) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        return try #require(object?[key] as? [String])
    }

    @Test("whoever opens a thread is told who is there; others are told that somebody came, and that they left")
    func told() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let url = "/threads/\(thread)/looking"
        let stream = try #require(inbox.server.live.subscribe(token: "ana", staff: inbox.id("ana")))
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("eli")
            try await browser.get("/threads/\(thread)")
            #expect(try names(try await browser.post(url), "looking").isEmpty)
            #expect(try names(try await browser.post(url), "looking").isEmpty, "nobody is told of themselves")
            _ = try await browser.signIn("ana")
            try await browser.get("/threads/\(thread)")
            #expect(try names(try await browser.post(url), "looking") == ["Eli Novak"])
            _ = try await browser.signIn("eli")
            try await browser.get("/threads/\(thread)")
            try await browser.post(url, ["left": "1"])
            try await browser.post(url, ["left": "1"])
        }
        inbox.server.live.endAll()
        var events: [String] = []
        for await event in stream where event.name == "presence" && event.data != events.last { events.append(event.data) }
        #expect(events.count == 2, "once that Eli came, once that he left: \(events)")
        #expect(events.first?.contains("Eli Novak") == true && events.last?.contains("Eli Novak") == false)
    }

    @Test("who does not say so again is not believed for long, and a page that was closed by force is told of")
    func over() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let stream = try #require(inbox.server.live.subscribe(token: "ana", staff: inbox.id("ana")))
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("eli")
            try await browser.get("/threads/\(thread)")
            try await browser.post("/threads/\(thread)/looking")
        }
        inbox.clock.advance(ThreadPresence.lookingTime)
        await inbox.server.endPresence()
        await inbox.server.endPresence()
        inbox.server.live.endAll()
        var events: [String] = []
        for await event in stream where event.name == "presence" { events.append(event.data) }
        #expect(events.count == 2 && events.last?.contains("Eli Novak") == false)
    }

    @Test("a partner is told of nobody, and the practice is told of the partner")
    func outside() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let pat = inbox.id("pat")
        try await inbox.act(.share(with: pat, until: inbox.clock.now + 86_400_000), on: thread, as: "ana")
        let partner = try #require(inbox.server.live.subscribe(token: "pat", staff: pat))
        let ana = try #require(inbox.server.live.subscribe(token: "ana", staff: inbox.id("ana")))
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("eli")
            try await browser.get("/threads/\(thread)")
            try await browser.post("/threads/\(thread)/looking")
            _ = try await browser.signIn("pat")
            try await browser.get("/threads/\(thread)")
            #expect(try names(try await browser.post("/threads/\(thread)/looking"), "looking").isEmpty)
            let other = try await inbox.openThread()
            #expect(try await browser.post("/threads/\(other)/looking").status == 404)
        }
        inbox.server.live.endAll()
        var told: [String] = []
        for await event in partner where event.name == "presence" { told.append(event.data) }
        #expect(told.isEmpty)
        for await event in ana where event.name == "presence" { told.append(event.data) }
        #expect(told.last?.contains("Pat Outside") == true)
    }

    @Test("whoever writes is not listed as looking too")
    func writing() {
        var presence = ThreadPresence()
        let (ana, eli) = (StaffID(high: 1, low: 1), StaffID(high: 1, low: 2))
        let thread = ThreadID(high: 1, low: 1)
        let news = [presence.looks(ana, at: thread, now: 0), presence.looks(eli, at: thread, now: 0), presence.looks(eli, at: thread, now: 9)]
        #expect(news == [true, true, false])
        let isWriting = presence.writes(eli, in: thread, now: 10)
        #expect(isWriting)
        #expect(presence.people(in: thread, now: 11).writing == [eli] && presence.people(in: thread, now: 11).looking == [ana])
        let hasLeft = presence.leaves(eli, thread)
        #expect(hasLeft && presence.people(in: thread, now: 12).writing.isEmpty)
        let ended = presence.end(before: ThreadPresence.lookingTime)
        #expect(ended == [thread] && presence.people(in: thread, now: ThreadPresence.lookingTime).looking.isEmpty)
    }
}
