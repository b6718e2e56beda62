import Foundation
import NodeService
import Testing

@testable import suture

/// Real processes, real sockets, real files: one node authored offline, the other catches up.
@Suite("Catching up over CURVE", .serialized, .enabled(if: Program.isBuilt, "the suture program is not built"))
struct CatchUpTests {
    private func withGroup(
        changes: Int, _ body: (BenchGroup) async throws -> Void
    ) async throws {
        let directory = NSTemporaryDirectory() + "/suture-catch-up-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let group = try BenchGroup.make(in: directory, count: changes, program: Program.builtPath)
        try group.reader.configure(links: ["author": group.author.endpoint])
        defer {
            group.author.kill()
            group.reader.kill()
        }
        try await body(group)
    }

    /// Waits until the reader has merged everything; true when it has, within two minutes.
    private func caughtUp(_ group: BenchGroup) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            let held = try await group.reader.ask("counters")["database"]?["changeSetsMerged"]?.int ?? 0
            if held >= group.changeSets { return true }
        }
        return false
    }

    @Test("10,000 change sets authored offline arrive at a second process, and both show the same")
    func tenThousand() async throws {
        try await withGroup(changes: 10_000) { group in
            try await group.author.start()
            try await group.reader.start()
            #expect(try await caughtUp(group))
            let author = try await group.author.digest()
            let reader = try await group.reader.digest()
            #expect(author.digest == reader.digest)
            #expect(author.changeSets >= 10_000)
            let verification = try await group.reader.ask("log-verify")
            #expect(verification["sound"]?.bool == true)
        }
    }

    @Test("a node killed twenty times at random moments of a catch-up loses and repeats nothing")
    func killed() async throws {
        try await withGroup(changes: 10_000) { group in
            try await group.author.start()
            var kills = 0
            var generator = SystemRandomNumberGenerator()
            while kills < 20 {
                try await group.reader.start()
                // Waits for a random share of what is missing, not for a time: the kill falls inside the transfer.
                let before = try await group.reader.ask("counters")["database"]?["changeSetsMerged"]?.int ?? 0
                let missing = max(1, group.changeSets - before)
                let goal = min(group.changeSets, before + Int.random(in: 0...max(1, missing / 8), using: &generator))
                let deadline = ContinuousClock.now + .seconds(60)
                while ContinuousClock.now < deadline {
                    let held = try await group.reader.ask("counters")["database"]?["changeSetsMerged"]?.int ?? 0
                    if held >= goal { break }
                }
                group.reader.kill()
                kills += 1
            }
            try await group.reader.start()
            #expect(try await caughtUp(group))
            let author = try await group.author.digest()
            let reader = try await group.reader.digest()
            // Equal digests over threads, their histories and counts: a lost or repeated change set would show.
            #expect(author.digest == reader.digest)
            #expect(author.changeSets == reader.changeSets)
            let verification = try await group.reader.ask("log-verify")
            #expect(verification["sound"]?.bool == true, "\(verification.oneLine)")
        }
    }
}
