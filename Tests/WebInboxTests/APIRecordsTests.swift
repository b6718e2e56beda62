import Foundation
import InboxModel
import OfficeNode
import ReplicaStore
import Testing

@testable import WebInbox

@Suite("Records by program")
struct APIRecordsTests {
    @Test("an emergency opens one record to one token for an hour, is listed with its reason, and reviewed by somebody else")
    func emergencies() async throws {
        let inbox = try await TestInbox()
        let token = try await inbox.token(of: "bo", expires: inbox.clock.now + 86_400_000)
        let second = try await inbox.token(of: "bo", expires: inbox.clock.now + 86_400_000)
        let coras = try await inbox.token(of: "cora", .audit, expires: inbox.clock.now + 86_400_000)
        let url = "/patients/\(inbox.practice.patient)"
        let server = inbox.server
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let bo = TestProgram(browser: browser, token: token)
            let cora = TestProgram(browser: browser, token: coras)
            #expect(try await bo.get(url).status == 404)
            #expect(try await bo.post(url + "/break-glass", ["reason": "short"]).status == 400)
            #expect(try await bo.get(url).status == 404)
            #expect(try await bo.post(url + "/break-glass", ["reason": "Called from the emergency room"]).status == 200)
            #expect(try await bo.get(url)["name"] == "Maria Delgado")
            #expect(try await TestProgram(browser: browser, token: second).get(url).status == 404, "another token stays shut out")
            inbox.clock.advance(StaffServer.glassTime)
            #expect(try await bo.get(url).status == 404)

            await server.audit.flush()
            let found = try await cora.get("/break-glass?open=true").list("emergencies")
            #expect(found.count == 1)
            #expect(found.first?["reason"] as? String == "Called from the emergency room")
            #expect(found.first?["patient"] as? String == "\(inbox.practice.patient)")
            let id = try #require(found.first?["id"] as? String)
            #expect(try await cora.post("/break-glass/review", ["emergency": "0:1/0", "finding": "fine"]).status == 404)
            #expect(try await cora.post("/break-glass/review", ["emergency": id]).status == 400)
            #expect(try await cora.post("/break-glass/review", ["emergency": id, "finding": "The hospital confirmed it"]).status == 200)
            await server.audit.flush()
            #expect(try await cora.get("/break-glass?open=true").list("emergencies").isEmpty)
            let all = try await cora.get("/break-glass").list("emergencies")
            let reviews = try #require(all.first?["reviews"] as? [[String: Any]])
            #expect(reviews.first?["by"] as? String == "Cora Lind")
            #expect(reviews.first?["finding"] as? String == "The hospital confirmed it")
        }
        let line = try await inbox.auditLines().first { $0.action == .reviewGlass }
        #expect(line?.actor == .staff(inbox.id("cora")) && line?.patient == inbox.practice.patient)
    }

    @Test("nobody reviews their own emergency")
    func ownEmergency() async throws {
        let inbox = try await TestInbox()
        let token = try await inbox.token(of: "dana")
        let server = inbox.server
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let dana = TestProgram(browser: browser, token: token)
            #expect(
                try await dana.post("/patients/\(inbox.practice.patient)/break-glass", ["reason": "To see what happens"]).status == 200)
            await server.audit.flush()
            let id = try #require(try await dana.get("/break-glass").list("emergencies").first?["id"] as? String)
            #expect(try await dana.post("/break-glass/review", ["emergency": id, "finding": "all was well"]).status == 403)
        }
    }

    @Test("a hold keeps a thread whole; released, a resolved thread is purged and the purge is listed")
    func holds() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let token = try await inbox.token(of: "cora", [.read, .administer])
        try await inbox.act(.resolve(outcome: "answered", told: .told, note: ""), on: thread, as: "dana")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let cora = TestProgram(browser: browser, token: token)
            let url = "/threads/\(thread)"
            let hold = ["token": "M-2041", "reason": "a lawyer's letter", "review": "2026-06-01"]
            #expect(try await cora.post(url + "/hold", hold.merging(["review": "soon"]) { $1 }).status == 400)
            #expect(try await cora.post(url + "/hold", hold).status == 200)
            let held = try await cora.get("/holds").list("holds")
            #expect(held.count == 1 && held.first?["token"] as? String == "M-2041" && held.first?["thread"] as? String == "\(thread)")
            #expect((held.first?["review"] as? String)?.hasPrefix("2026-06-01T00:00") == true)
            let order = ["reason": "retention ended", "class": "adult-7y"]
            #expect(try await cora.post(url + "/purge", order).status == 409)
            #expect(try await cora.post(url + "/release-hold", ["token": "M-1"]).status == 404)
            #expect(try await cora.post(url + "/release-hold", ["token": "M-2041"]).status == 200)
            #expect(try await cora.get("/holds").list("holds").isEmpty)
            #expect(try await cora.post(url + "/purge", order).status == 200)
            let purges = try await cora.get("/purges").list("purges")
            #expect(purges.first?["class"] as? String == "adult-7y" && purges.first?["by"] as? String == "Cora Lind")
            #expect(try await cora.get(url).text.contains("May I come on Friday?") == false)
        }
    }

    @Test("a purge of an open thread is refused, and nothing is destroyed")
    func openThread() async throws {
        let inbox = try await TestInbox()
        let thread = try await inbox.openThread()
        let token = try await inbox.token(of: "dana")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let dana = TestProgram(browser: browser, token: token)
            #expect(try await dana.post("/threads/\(thread)/purge", ["reason": "retention ended", "class": "adult-7y"]).status == 409)
        }
        #expect(try await inbox.node.reader().store.state(of: thread)?.purges.isEmpty == true)
    }

    @Test("the audit is taken out in each format, by those who may, and that is recorded")
    func export() async throws {
        let inbox = try await TestInbox()
        let token = try await inbox.token(of: "cora", .audit)
        let thread = try await inbox.openThread(text: "the words of a patient")
        try await inbox.act(.claim, on: thread, as: "ana")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let cora = TestProgram(browser: browser, token: token)
            let csv = try await cora.get("/audit/export")
            #expect(csv.status == 200 && csv.text.hasPrefix("time,change set,member"))
            let lines = try await cora.get("/audit/export?format=ndjson").text.split(separator: "\n")
            #expect(lines.contains { $0.contains("claimed") })
            #expect(try await cora.get("/audit/export?format=fhir").object["resourceType"] as? String == "Bundle")
            #expect(try await cora.get("/audit/export?format=pdf").status == 400)
            #expect(!csv.text.contains("the words of a patient"))
            let heads = try await cora.get("/audit/heads").list("heads")
            #expect(heads.first?["member"] as? String == "towson")
        }
        #expect(try await inbox.auditLines().count { $0.action == .export && $0.actor == .staff(inbox.id("cora")) } == 3)
    }

    @Test("a record like one that is there is added only when asked for; records are linked and unlinked")
    func patients() async throws {
        let inbox = try await TestInbox()
        let token = try await inbox.token(of: "ana")
        _ = try await inbox.openThread()
        let first = "\(inbox.practice.patient)"
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let ana = TestProgram(browser: browser, token: token)
            let fields: [String: Any] = ["name": "Maria Delgado", "born": "1987-05-04"]
            let alike = try await ana.post("/patients", fields)
            #expect(alike.status == 409 && alike["code"] == "alike")
            let made = try await ana.post("/patients", fields.merging(["anyway": true]) { $1 })
            #expect(made.status == 201)
            let other = try #require(made["patient"])
            #expect(try await ana.post("/patients/\(first)/link", ["other": other]).status == 200)
            #expect(try await ana.get("/patients/\(first)").object["linked"] as? [String] == [other])
            #expect(try await ana.post("/patients/\(first)/unlink", ["other": other]).status == 200)
            #expect(try await ana.get("/patients/\(first)").object["linked"] as? [String] == [])
            #expect(try await ana.post("/patients/\(first)/link", ["other": "nobody"]).status == 404)
            #expect(try await ana.get("/patients/\(first)/threads").list("threads").count == 1)
            let consent: [String: Any] = ["channel": "sms", "purpose": "care", "granted": false]
            #expect(try await ana.post("/patients/\(first)/consent", consent).status == 200)
            let consents = try await ana.get("/patients/\(first)").list("consents")
            #expect(consents.first?["granted"] as? Bool == false && consents.first?["channel"] as? String == "sms")
        }
    }

    @Test("lists and queues are counted; the quarantine is empty and adopts nothing that is not in it")
    func counts() async throws {
        let inbox = try await TestInbox()
        let token = try await inbox.token(of: "dana")
        _ = try await inbox.openThread()
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let dana = TestProgram(browser: browser, token: token)
            let lists = try await dana.get("/lists").list("lists")
            #expect(lists.count == ListName.allCases.count)
            #expect(lists.first { $0["list"] as? String == "needs-reply" }?["threads"] as? Int == 1)
            let queues = try await dana.get("/queues").list("queues")
            #expect(queues.first?["waiting"] as? Int == 1 && queues.first?["uncovered"] as? Bool == false)
            #expect(try await dana.get("/quarantine").list("held").isEmpty)
            #expect(try await dana.get("/quarantine/0123456789abcdef:1").status == 404)
            #expect(try await dana.post("/quarantine/adopt", ["changeSet": "nothing"]).status == 400)
            #expect([400, 404, 409].contains(try await dana.post("/quarantine/adopt", ["changeSet": "0123456789abcdef:1"]).status))
        }
        let people = try await inbox.token(of: "oz")
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            let oz = TestProgram(browser: browser, token: people)
            #expect(try await oz.get("/directory").list("people").isEmpty, "operators see no people, as on the pages")
            #expect(try await oz.get("/lists").status == 403)
        }
    }
}
