import NodeService
import Testing

@testable import suture

@Suite("Commands that show what was said", .serialized, .enabled(if: Program.isBuilt, "the suture program is not built"))
struct ReadingCommandTests {
    @Test("hold to what the person named may read, write it down, and show nothing that was said where nobody is named")
    func reading() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.run("towson", "staff", "add", "lee", "--name", "Dr. Lee", "--role", "partner")
        let code = try await practice.openThread(at: "towson", "My jaw clicks.")
        #expect(try await practice.text("towson", "thread", "show", code, "--as", "ana").contains("My jaw clicks."))
        // An administrator sees the thread and not what was said; where nobody is named, nobody does.
        let pages = [
            try await practice.text("towson", "thread", "show", code), try await practice.text("towson", "thread", "show", code, "--as", "dana"),
        ]
        for page in pages { #expect(page.contains(code) && !page.contains("My jaw clicks.")) }
        #expect(try await practice.refused("towson", ["search", "jaw"]).contains("say who searches"))
        #expect(try await practice.run("towson", "search", "jaw", "--as", "dana").list("hits").isEmpty)

        #expect(try await practice.refused("towson", "thread", "show", code, "--as", "lee").contains("shared with this account"))
        try await practice.run("towson", "thread", "share", code, "--with", "lee", "--days", "2", "--as", "ana")
        #expect(try await practice.text("towson", "thread", "show", code, "--as", "lee").contains("My jaw clicks."))
        #expect(try await practice.text("towson", "thread", "show", code, "--as", "ana").contains("with Dr. Lee until"))
        #expect(try await practice.run("towson", "inbox", "--list", "all", "--as", "lee").list("threads").count == 1)
        try await practice.run("towson", "thread", "unshare", code, "--with", "lee", "--as", "dana")
        #expect(try await practice.refused("towson", "thread", "show", code, "--as", "lee").contains("shared with this account"))

        let lines = try await practice.run("towson", "audit", "list", "--limit", "100").list("lines")
        let reads = lines.filter { $0.text("action") == "readThread" }
        let said = Set(reads.map { [$0.text("who"), $0.text("outcome"), $0.text("address")] })
        #expect(said.contains(["Ana", "done", "command line"]))
        #expect(said.contains(["Dr. Lee", "refused", "command line"]))
        let searchers = lines.filter { $0.text("action") == "search" }.map { $0.text("who") }
        #expect(searchers.contains("Dana"))
    }
}
