import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import Testing

@testable import WebInbox

@Suite("Who gets at which categories")
struct CategoryAccessTests {
    @Test("billing sees administrative threads and what it is accountable for, in lists, counts, search, pages and the API")
    func billing() async throws {
        let inbox = try await TestInbox()
        let plain = try await inbox.openThread(subject: "An invoice")
        let clinical = try await inbox.openThread(isClinical: true, subject: "A swelling", text: "My cheek is swollen")
        let token = try await inbox.token(of: "carmen")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let carmen = TestProgram(browser: browser, token: token)
            _ = try await browser.signIn("carmen")
            let list = try await browser.get("/inbox?list=open").body
            #expect(list.contains("An invoice") && !list.contains("A swelling"))
            #expect(try await browser.get("/inbox?list=open&q=swollen").body.contains("A swelling") == false)
            #expect(try await browser.get("/threads/\(plain)").status == 200)
            #expect(try await browser.get("/threads/\(clinical)").status == 404)
            #expect(try await browser.get("/patients/\(inbox.practice.patient)").body.contains("A swelling") == false)
            let lists = try await carmen.get("/lists").list("lists")
            #expect(lists.first { $0["list"] as? String == "open" }?["threads"] as? Int == 1)
            #expect(try await carmen.get("/threads/\(clinical)").status == 404)
            #expect(try await carmen.post("/threads/\(clinical)/note", ["text": "a note"]).status == 404)

            // Asked to take it, and then accountable for it.
            try await inbox.act(.claim, on: clinical, as: "eli")
            try await inbox.act(.offer(to: .staff(inbox.id("carmen")), note: "the bill for it"), on: clinical, as: "eli")
            #expect(try await carmen.get("/threads/\(clinical)").status == 200)
            #expect(try await carmen.post("/threads/\(clinical)/note", ["text": "a note"]).status == 403)
            #expect(try await carmen.post("/threads/\(clinical)/accept").status == 200)
            #expect(try await carmen.post("/threads/\(clinical)/note", ["text": "a note"]).status == 200)
            #expect(try await browser.get("/inbox?list=mine").body.contains("A swelling"))
        }
    }

    @Test("billing takes a clinical question down and is led back to the inbox, not to a page that says there is none")
    func openedForOthers() async throws {
        let inbox = try await TestInbox()
        let practice = inbox.practice
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            _ = try await browser.signIn("carmen")
            try await browser.get("/threads/new?patient=\(practice.patient)")
            let answer = try await browser.post(
                "/threads",
                [
                    "patient": "\(practice.patient)", "office": "\(practice.towson)", "category": "\(practice.clinical)",
                    "subject": "A swelling", "text": "Called about a swelling", "channel": "phone",
                ])
            #expect(answer.status == 303 && answer.headers["location"] == "/inbox")
        }
        #expect(try await inbox.node.reader().list(ThreadFilter(.open)).map(\.subject) == ["A swelling"])
    }

    @Test(
        "lists show what the policy lets each person read, and count as much",
        arguments: ["ana", "bo", "carmen", "eli", "marsh", "osei", "dana", "cora", "pat"])
    func reach(name: String) async throws {
        let inbox = try await TestInbox()
        for office in [inbox.practice.towson, inbox.practice.belair] {
            for isClinical in [false, true] {
                _ = try await inbox.openThread(office: office, isClinical: isClinical)
                let owned = try await inbox.openThread(office: office, isClinical: isClinical)
                // Those who work on no threads are given none.
                let owner = ["pat", "cora"].contains(name) ? "marsh" : name
                try await inbox.act(.assign(to: .staff(inbox.id(owner)), note: ""), on: owned, as: "dana")
                guard name == "pat" else { continue }
                try await inbox.act(.share(with: inbox.id(name), until: inbox.clock.now + 9_000), on: owned, as: "marsh")
            }
        }
        let reader = try await inbox.node.reader()
        let access = try #require(StaffAccess(of: inbox.id(name), in: try reader.directory(), at: .office, now: inbox.clock.now))
        let all = try reader.store.threads(ThreadFilter(.open), limit: 100)
        let listed = try reader.store.threads(ThreadFilter(.open, reach: access.reach), limit: 100)
        let readable = all.filter { access.decision(.read, on: $0.state).isAllowed }
        #expect(Set(listed.map(\.state.id)) == Set(readable.map(\.state.id)))
        #expect(all.count == 8 && readable.count >= 4)
        #expect(try reader.store.counts(now: inbox.clock.now, reach: access.reach).open == readable.count)
    }
}
