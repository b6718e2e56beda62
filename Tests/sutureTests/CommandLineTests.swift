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

        let page = try await practice.run("belair", "thread", "show", first, "--as", "bo")
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
        let page = try await practice.text("towson", "thread", "show", code, "--as", "ana")
        #expect(page.contains("Unfinished replies") && page.contains("~ Yes."))
        let sent = try await practice.run(
            "towson", "thread", "reply", code, "Yes.", "--as", "ana", "--shown", shown, "--override")
        // The message that the page had not shown still waits for its answer.
        #expect(sent.texts("flags").contains("needs-reply"))
    }

    /// A command on a thread, and what the thread is afterwards.
    private struct Step {
        let command: String
        let owner: String
        let status: String
        let flags: Set<String>

        init(_ command: String, owner: String = "Ana", _ status: String = "owned", _ flags: Set<String> = ["needs-reply"]) {
            self.command = command
            self.owner = owner
            self.status = status
            self.flags = flags
        }
    }

    private static let steps = [
        Step("claim T --as ana"),
        Step("handoff T --to bo --note Yours --as ana", "owned", ["needs-reply", "handoff-pending"]),
        Step("decline T --note Away --as bo"),
        Step("handoff T --to bo --as ana", "owned", ["needs-reply", "handoff-pending"]),
        Step("accept T --as bo", owner: "Bo"),
        Step("release T --to desk --as bo", owner: "Front desk", "queued"),
        Step("assign T --to ana --note Please --as dana"),
        Step("priority T urgent --as ana"),
        Step("category T billing --as ana"),
        Step("tag T implant --as ana"),
        Step("untag T implant --as ana"),
        Step("tag T bone-graft --as ana"),
        Step("due T 2h --as ana"),
        Step("snooze T 1h --as ana"),
        Step("snooze T never --as ana"),
        Step("review T --as ana", "owned", ["needs-reply", "clinical-review"]),
        Step("review T --clear --as marsh"),
        Step("escalate T --level 2 --note Late --as ana", "escalated"),
        Step("acknowledge T --as marsh"),
        Step("move T belair --as dana"),
        Step("language T es --as ana"),
        Step("note T Internal --as ana"),
        Step("draft T Unfinished --as ana"),
        Step("read T --as ana"),
        Step("reply T Answer --channel sms --as ana", "waiting", []),
        Step("message T Again --channel phone --as ana"),
        Step("resolve T --outcome answered --told told --note Done --as ana", "resolved", []),
        Step("reopen T --note Fever --as ana", "owned", ["reopened"]),
        Step("merge T --into U --as dana", "merged", ["reopened"]),
        Step("merge T --as dana", "owned", ["reopened"]),
    ]

    @Test("Every command on a thread does what it says, once, and the history tells it")
    func everyCommand() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.run("towson", "staff", "add", "marsh", "--name", "Dr. Marsh", "--role", "surgeon")
        let thread = try await practice.openThread(at: "towson")
        let other = try await practice.openThread(at: "towson")
        let id = try await practice.run("towson", "thread", "show", thread).text("id")
        for step in Self.steps {
            let words = step.command.split(separator: " ").map { $0 == "T" ? id : $0 == "U" ? other : String($0) }
            let answer = try await practice.run("towson", ["thread"] + words)
            #expect(answer["changed"] == true, "\(step.command)")
            #expect(answer.text("owner") == step.owner, "\(step.command)")
            #expect(answer.text("status") == step.status, "\(step.command)")
            #expect(Set(answer.texts("flags")) == step.flags, "\(step.command)")
            #expect(!answer.text("changeSet").isEmpty && !answer.text("clock").isEmpty)
        }
        let page = try await practice.run("towson", "thread", "show", id, "--as", "bo")
        #expect(page.text("office") == "Bel Air" && page.text("category") == "Billing" && page.text("language") == "es")
        #expect(page.text("priority") == "urgent" && page.texts("tags") == ["bone-graft"])
        #expect(page.text("code").hasPrefix("BEL-"))
        let said = page.list("history").filter { ["message", "note"].contains($0.text("kind")) }
        #expect(said.map { $0.text("text") } == ["Can I come on Friday?", "Late", "Internal", "Answer", "Again"])
        let acts = page.list("history").map { $0.text("act") }.filter { !$0.isEmpty }
        #expect(acts == ["claimed", "offered", "declined", "offered", "accepted", "released", "assigned"])

        let note = try #require(said.first { $0.text("text") == "Internal" })
        try await practice.run("towson", "thread", "correct", id, note.text("message"), "Better", "--as", "ana")
        try await practice.run("towson", "thread", "correct", id, note.text("message"), "--redact", "--as", "ana")
        let text = try await practice.text("towson", "thread", "show", id, "--as", "bo")
        #expect(text.contains("(redacted)") && !text.contains("Internal"))
        // Claiming what is one's own already is nothing new.
        #expect(try await practice.run("towson", "thread", "claim", id, "--as", "ana")["changed"] == false)
    }

    @Test("Patients, consents and the directory are written and listed, and standard input is taken for text")
    func records() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.run(
            "towson", "patient", "edit", "Maria Lopez", "--phone", "410-555-0101", "--language", "es", "--channel", "sms")
        try await practice.run("towson", "patient", "consent", "maria lopez", "--channel", "sms", "--purpose", "care", "--agreed")
        let patient = try await practice.run("towson", "patient", "list", "lopez").list("patients").first
        #expect(patient?.text("phone") == "410-555-0101" && patient?.text("born") == "1984-12-14")
        #expect(patient?.list("consents") == [["channel": "sms", "purpose": "care", "granted": true]])
        try await practice.run("towson", "staff", "add", "bo", "--inactive")
        let staff = try await practice.run("towson", "staff", "list").list("staff")
        #expect(staff.map { $0.text("key") } == ["ana", "bo", "dana"])
        #expect(staff.map { $0["active"] } == [true, false, true])
        #expect(try await practice.text("towson", "category", "list").contains("belair=other, towson=desk"))
        let code = try await practice.openThread(at: "towson")
        try await practice.run("towson", ["thread", "note", code, "-", "--as", "ana"], input: "two\nlines\n")
        #expect(try await practice.text("towson", "thread", "show", code, "--as", "ana").contains("    : two\n    : lines"))
        let counters = try await practice.run("towson", "counters")
        #expect(counters.number("memoryPeakBytes") > 1_000_000 && counters["database"]?.number("threads") == 1)
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

    @Test("The log verifies and rebuilds on a running node and on a stopped one")
    func log() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let code = try await practice.openThread(at: "towson")
        #expect(try await practice.run("towson", "log", "verify")["sound"] == true)
        #expect(try await practice.run("towson", "log", "rebuild")["equal"] == true)
        #expect(try await practice.text("towson", "thread", "show", code, "--as", "ana").contains("Can I come on Friday?"))
        let found = try await wait {
            try await !practice.run("towson", "search", "friday", "--as", "ana").list("hits").isEmpty
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
