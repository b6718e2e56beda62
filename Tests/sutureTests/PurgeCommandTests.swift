import Foundation
import NodeService
import Testing

@testable import suture

@Suite("Holds and purges with real processes", .serialized, .enabled(if: Program.isBuilt, "the suture program is not built"))
struct PurgeCommandTests {
    private static let word = "zqxw4417canary"

    /// The files of a node in which the word stands.
    private func traces(_ practice: TestPractice, _ name: String) throws -> [String] {
        let folder = URL(fileURLWithPath: practice.data(name))
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        var found: [String] = []
        while let file = files?.nextObject() as? URL {
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            // A socket or a file that went away meanwhile holds no words.
            let bytes = (try? Data(contentsOf: file)) ?? Data()
            if bytes.range(of: Data(Self.word.utf8)) != nil { found.append(file.lastPathComponent) }
        }
        return found.sorted()
    }

    /// Two offices and a resolved thread. What is in folders that are not sealed can be searched.
    private func practice(isSealed: Bool) async throws -> (TestPractice, code: String)? {
        guard let program = Program() else { return nil }
        let practice = try await TestPractice(program, isSealed: isSealed)
        try await practice.join("belair")
        let code = try await practice.openThread(at: "towson", "My \(Self.word) hurts.")
        try await practice.run("towson", "thread", "reply", code, "Cool the \(Self.word).", "--as", "ana")
        try await practice.run("towson", "thread", "resolve", code, "--outcome", "answered", "--told", "told", "--as", "ana")
        try await practice.waitUntilEqual("towson", "belair")
        return (practice, code)
    }

    @Test("A purge is ordered, shown, carried out at both offices, and certified")
    func purge() async throws {
        guard let (practice, code) = try await practice(isSealed: false) else { return }
        for name in ["towson", "belair"] {
            let isIndexed = await wait { ((try? await practice.run(name, "search", Self.word, "--as", "bo"))?.list("hits").count ?? 0) == 2 }
            #expect(isIndexed, "\(name)")
            #expect(try !traces(practice, name).isEmpty, "the search finds nothing to begin with")
        }
        #expect(try await practice.text("towson", "purge", "list").contains("nothing was purged"))
        let order = ["thread", "purge", code, "--class", "adult-7y", "--reason", "retention ended", "--as"]
        #expect(try await practice.refused("towson", order + ["ana"]).contains("purge a thread"))
        try await practice.run("towson", order + ["dana"])
        let isComplete = await wait {
            let purges = (try? await practice.run("belair", "purge", "list"))?.list("purges") ?? []
            return purges.first?.flag("complete") == true
        }
        #expect(isComplete)
        try await practice.waitUntilEqual("towson", "belair")
        for name in ["towson", "belair"] {
            let page = try await practice.text(name, "thread", "show", code, "--as", "bo")
            #expect(page.contains("PURGED by Dana") && page.contains("(purged)") && !page.contains(Self.word))
            let certificate = try await practice.text(name, "purge", "show", code)
            #expect(certificate.contains("destroyed everywhere") && certificate.contains("belair"))
            #expect(try await practice.run(name, "search", Self.word, "--as", "bo").list("hits").isEmpty)
            #expect(try await practice.run(name, "inbox", "--list", "resolved").list("threads").isEmpty)
            #expect(try await practice.run(name, "inbox", "--list", "purged").list("threads").map { $0.text("code") } == [code])
            #expect(try await practice.run(name, "log", "verify")["sound"] == true)
        }
        for name in ["towson", "belair"] {
            try await practice.stop(name)
            #expect(try traces(practice, name).isEmpty, "\(name)")
        }
    }

    @Test("A hold keeps a thread from being purged until it is released")
    func hold() async throws {
        guard let (practice, code) = try await practice(isSealed: true) else { return }
        #expect(try await practice.text("belair", "hold", "list").contains("nothing is held"))
        try await practice.run(
            "belair", "hold", "place", code, "--token", "2026-17", "--reason", "lawyer's letter", "--review", "90d", "--as", "dana")
        try await practice.waitUntilEqual("towson", "belair")
        let list = try await practice.text("towson", "hold", "list")
        #expect(list.contains(code) && list.contains("2026-17") && list.contains("lawyer's letter"))
        #expect(try await practice.text("towson", "thread", "show", code).contains("HELD by 2026-17"))
        let order = ["thread", "purge", code, "--class", "adult-7y", "--reason", "retention ended", "--as", "dana"]
        #expect(try await practice.refused("towson", order).contains("held (2026-17)"))
        #expect(try await practice.refused("towson", ["purge", "show", code]).contains("was not purged"))
        try await practice.run("towson", "hold", "release", code, "--token", "2026-17", "--as", "dana")
        try await practice.run("towson", order)
        #expect(try await practice.run("towson", "purge", "show", code).list("purges").first?.text("class") == "adult-7y")
        let isComplete = await wait {
            let purges = (try? await practice.run("belair", "purge", "show", code))?.list("purges") ?? []
            return purges.first?.flag("complete") == true
        }
        #expect(isComplete)
    }
}
