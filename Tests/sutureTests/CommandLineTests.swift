import Foundation
import NodeService
import Testing

@testable import suture

/// The program as people and service managers use it: real processes on loopback.
@Suite("The command line", .serialized)
struct CommandLineTests {
    @Test("Two offices join, work on the same threads and end up showing the same")
    func twoOffices() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.join("belair")
        let first = try await practice.openThread(at: "towson")
        try await practice.waitUntilEqual("towson", "belair")
        try await practice.run("belair", "thread", "note", first, "Called, no answer.", "--as", "bo")
        try await practice.run("towson", "thread", "claim", first, "--as", "ana")
        let second = try await practice.openThread(at: "belair", "And a second question.")
        try await practice.waitUntilEqual("towson", "belair")
        try await practice.run("towson", "thread", "reply", first, "Friday is fine.", "--as", "ana")
        try await practice.run("towson", "thread", "claim", second, "--as", "ana")
        try await practice.waitUntilEqual("towson", "belair")

        let page = try await practice.run("belair", "thread", "show", first)
        #expect(page.text("owner") == "Ana")
        #expect(page.text("status") == "waiting")
        #expect(page.list("history").map { $0.text("text") }.filter { !$0.isEmpty }
            == ["Can I come on Friday?", "Called, no answer.", "Friday is fine."])
        let inbox = try await practice.run("belair", "inbox", "--list", "mine", "--as", "ana")
        #expect(Set(inbox.list("threads").map { $0.text("code") }) == [first, second])
        #expect(try await practice.run("belair", "log", "verify")["sound"] == true)
        let status = try await practice.text("belair", "status")
        #expect(status.contains("towson") && status.contains("up") && status.contains("Test Group"))
    }

    @Test("A thread claimed in two offices while apart is contested in both, and settled by one who saw both")
    func contested() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.join("belair")
        let code = try await practice.openThread(at: "towson")
        try await practice.waitUntilEqual("towson", "belair")
        try await practice.stop("belair")
        try await practice.start("belair", cutFrom: "towson")
        try await practice.run("towson", "thread", "claim", code, "--as", "ana")
        try await practice.run("belair", "thread", "claim", code, "--as", "bo")
        try await practice.stop("belair")
        try await practice.start("belair")
        try await practice.waitUntilEqual("towson", "belair")
        for node in ["towson", "belair"] {
            let page = try await practice.text(node, "thread", "show", code)
            #expect(page.contains("CONTESTED: 2 own this thread"))
            #expect(page.contains("Ana: claimed in Towson") && page.contains("Bo: claimed in Bel Air"))
            #expect(page.contains("[while apart]"))
            #expect(try await practice.text(node, "inbox", "--list", "contested").contains(code))
            #expect(try await practice.text(node, "status").contains("Acted on while apart"))
        }
        let settled = try await practice.run("belair", "thread", "settle", code, "--to", "ana", "--as", "dana")
        #expect(settled.texts("settled") == ["contested"])
        #expect(settled.text("owner") == "Ana" && settled.texts("flags").isEmpty == false)
        try await practice.waitUntilEqual("towson", "belair")
        #expect(try await practice.run("towson", "inbox", "--list", "contested").list("threads").isEmpty)
        #expect(try await practice.refused("towson", "thread", "settle", code, "--as", "dana").contains("nothing on this thread"))
    }

    @Test("A reply from a stale page is held, says what happened, and goes out when its author insists")
    func heldReply() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let code = try await practice.openThread(at: "towson")
        let shown = try await practice.run("towson", "thread", "show", code).text("clock")
        try await practice.run("towson", "thread", "message", code, "One more thing.")
        let refusal = try await practice.refused(
            "towson", "thread", "reply", code, "Yes.", "--as", "ana", "--shown", shown)
        #expect(refusal.contains("held") && refusal.contains("a message came in from the patient"))
        let page = try await practice.text("towson", "thread", "show", code)
        #expect(page.contains("Unfinished replies") && page.contains("~ Yes."))
        let sent = try await practice.run(
            "towson", "thread", "reply", code, "Yes.", "--as", "ana", "--shown", shown, "--override")
        // The message that the page had not shown still waits for its answer.
        #expect(sent.texts("flags").contains("needs-reply"))
    }

    @Test("SIGTERM, SIGINT and the stop command each end a node within two seconds", arguments: ["TERM", "INT", "stop"])
    func stops(how: String) async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let node = try #require(practice.nodes["towson"])
        switch how {
        case "stop": try await practice.run("towson", "stop")
        case "INT": node.interrupt()
        default: node.terminate()
        }
        #expect(await wait(upTo: .seconds(2)) { !node.isRunning })
        #expect(node.status == 0)
        #expect(!FileManager.default.fileExists(atPath: practice.data("towson") + "/control.sock"))
        #expect(try await practice.refused("towson", "status").contains("no node is running on"))
    }

    @Test("The log verifies and rebuilds on a running node and on a stopped one, and damage is found")
    func log() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let code = try await practice.openThread(at: "towson")
        #expect(try await practice.run("towson", "log", "verify")["sound"] == true)
        #expect(try await practice.run("towson", "log", "rebuild")["equal"] == true)
        #expect(try await practice.text("towson", "thread", "show", code).contains("Can I come on Friday?"))
        let found = try await wait {
            try await !practice.run("towson", "search", "friday").list("hits").isEmpty
        }
        #expect(found, "the search index was not made again")
        try await practice.stop("towson")
        let verified = try await practice.run("towson", "log", "verify")
        #expect(verified["sound"] == true)
        #expect(verified.list("logs").first?.number("changeSets") ?? 0 > 5)
        #expect(try await practice.run("towson", "log", "rebuild")["equal"] == true)
    }

    @Test("Health answers on its own port, and the log can be JSON lines")
    func healthAndLog() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.stop("towson")
        let node = try await program.startNode(
            data: practice.data("towson"), ["--health", "127.0.0.1:0", "--log-format", "json"], in: practice.scratch)
        let address = try #require(URL(string: node.ready.text("health")))
        let answer = try #require(PlainHTTP.get("/health", port: UInt16(address.port ?? 0)))
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        let health = try JSONValue(text: answer.split(separator: "\r\n\r\n", maxSplits: 1).last.map { Array($0.utf8) } ?? [])
        #expect(health["ready"] == true && health.text("node") == "towson")
        let lines = node.errors.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let event = try JSONValue(text: Array(line.utf8))
            #expect(event.text("level") == "info" && !event.text("message").isEmpty && event.text("time").hasSuffix("Z"))
        }
    }
}
