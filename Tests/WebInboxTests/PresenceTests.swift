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
