import Foundation
import NodeService
import OfficeNode
import ReplicaStore
import Testing

@testable import suture

@Suite(
    "Laptops that are away for too long, with real processes", .serialized,
    .enabled(if: Program.isBuilt, "the suture program is not built")
)
struct AwayLaptopTests {
    private static let day: Int64 = 86_400_000

    /// Makes a stopped laptop one that last saw a clock so many days ago.
    private func age(_ folder: String, days: Int64) throws {
        let (store, node) = try LogCommands.open(try DataFolder.unlock(folder, settings: nil, passphrase: nil))
        try node.rememberContact(now: WallClock.now() - days * Self.day)
        try store.close()
    }

    @Test("It shows nothing and does nothing, says what to do, and opens by itself when it has met an office")
    func closes() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let code = try await practice.openThread(at: "towson", "CanaryWord in a message")
        try await practice.join("laptop", kind: "laptop")
        try await practice.waitUntilEqual("towson", "laptop")
        let before = try await practice.run("laptop", "status")
        #expect(before["contact"]?.text("state") == "open")
        #expect(before["contact"]?["limitDays"] == .null)
        try await practice.stop("laptop")
        try age(practice.data("laptop"), days: 20)

        try await practice.start(
            "laptop", cutFrom: "towson", ["--refuse-after", "14", "--inbox", "127.0.0.1:0", "--plain-http"])
        for command in [["inbox", "--as", "ana"], ["thread", "show", code], ["search", "CanaryWord"], ["patient", "list"]] {
            let refused = try await practice.refused("laptop", command)
            #expect(refused.contains("has not met an office of its group for 20 days"), "\(command): \(refused)")
            #expect(!refused.contains("CanaryWord"))
        }
        let copy = practice.data("laptop.backup")
        let key = try practice.scratch.write(String(repeating: "k", count: 32), to: "key")
        #expect(try await practice.refused("laptop", "backup", copy, "--key-file", key).contains("reaches an office"))
        let status = try await practice.run("laptop", "status")
        #expect(status["contact"]?.text("state") == "closed")
        #expect(status["contact"]?["limitDays"]?.double == 14)
        let days = try #require(status["contact"]?["days"]?.double)
        #expect(days >= 20 && days < 21)
        #expect(try await practice.text("laptop", "status").contains("CLOSED"))
        let pages = try #require(try practice.nodes["laptop"]?.ready.text("inbox").split(separator: ":").last)
        let port = try #require(UInt16(pages.filter(\.isNumber)))
        let page = try #require(PlainHTTP.get("/sign-in", port: port))
        #expect(page.hasPrefix("HTTP/1.1 503") && page.contains("has not met an office of its group"))
        try await practice.stop("laptop")
        let file = try practice.scratch.write(
            "data: \(practice.data("laptop"))\nlaptop: {refuse-after: 14 days}\n", to: "laptop.yaml")
        let stopped = try await program.run(["backup", copy, "--key-file", key, "--config", file], in: practice.scratch)
        #expect(stopped.status == 1 && stopped.errors.contains("reaches an office"), "\(stopped.errors)")
        #expect(!FileManager.default.fileExists(atPath: copy))

        try await practice.start("laptop", ["--refuse-after", "14"])
        #expect(await wait { (try? await practice.run("laptop", "inbox", "--as", "ana")) != nil }, "it has met towson")
        let after = try await practice.run("laptop", "status")
        #expect(after["contact"]?.text("state") == "open")
        try await practice.stop("laptop")
        try await practice.stop("towson")
        let office = try await program.run(["run", "--data", practice.data("towson"), "--refuse-after", "14"], in: practice.scratch)
        #expect(office.status != 0 && office.errors.contains("refuse-after is for laptops"))
        let holds = try practice.scratch.write("data: \(practice.data("towson"))\nlaptop: {holds: {for: 30 days}}\n", to: "towson.yaml")
        let partial = try await program.run(["run", "--config", holds], in: practice.scratch)
        #expect(partial.status != 0 && partial.errors.contains("laptop.holds is for laptops"), "\(partial.errors)")
    }
}
