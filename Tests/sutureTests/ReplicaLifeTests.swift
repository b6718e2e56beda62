import Foundation
import NodeService
import Testing

@testable import suture

@Suite(
    "Copies, backups and moves of a node's folder, with real processes", .serialized,
    .enabled(if: Program.isBuilt, "the suture program is not built")
)
struct ReplicaLifeTests {
    @Test("A backup of a running node is restored under a new log, and what came after it is fetched from the others")
    func backup() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.join("belair")
        let key = try practice.scratch.write(String(repeating: "k", count: 32), to: "key")
        let file = practice.data("belair.backup")
        let made = try await practice.run("belair", "backup", file, "--key-file", key, "--with-identity")
        #expect(made.flag("verified") && made.number("changeSets") > 5)
        #expect(try await practice.refused("belair", "backup", file, "--key-file", key).contains("already"))
        // Written after the backup, and known to the other office.
        try await practice.run("belair", "patient", "add", "Jo Late", "--born", "1990-01-01", "--office", "belair")
        let old = try await practice.run("belair", "status").text("replica")
        #expect(await wait { (try? await practice.digests())?.count == 1 })
        try await practice.stop("belair")

        let target = practice.data("restored")
        let report = try await program.run(["restore", file, "--data", target, "--key-file", key, "--json"], in: practice.scratch)
        #expect(report.status == 0, "\(report.errors)")
        #expect(try report.json().flag("sound"))
        let again = try await program.run(["restore", file, "--data", target, "--key-file", key], in: practice.scratch)
        #expect(again.status == 1 && again.errors.contains("not empty"))
        try await practice.start("restored")
        let status = try await practice.run("restored", "status")
        #expect(status.text("replica") != old)
        #expect(status["member"]?.text("name") == "belair")
        #expect(await wait { (try? await practice.digests())?.count == 1 }, "what was written after the backup comes back")
        let patients = try await practice.run("restored", "patient", "list").pretty
        #expect(patients.contains("Jo Late"))
    }

    @Test("A stopped node is backed up too; a wrong passphrase and a file that was cut off are refused")
    func stopped() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.stop("towson")
        let right = try practice.scratch.write("correct horse battery\n", to: "right")
        let wrong = try practice.scratch.write("wrong horse battery\n", to: "wrong")
        let file = practice.data("towson.backup")
        try await practice.run("towson", "backup", file, "--passphrase-file", right)
        try await practice.run("towson", "verify", file, "--passphrase-file", right)
        let refused = try await practice.refused("towson", "verify", file, "--passphrase-file", wrong)
        #expect(refused.contains("the passphrase is wrong"))
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try whole.dropLast(100).write(to: URL(fileURLWithPath: file))
        let cut = try await practice.refused("towson", "verify", file, "--passphrase-file", right)
        #expect(cut.contains("cut off"))
        let folder = try await program.run(["verify", practice.data("towson"), "--json"], in: practice.scratch)
        #expect(folder.status == 0, "\(folder.errors)")
        #expect(try folder.json().flag("sound"))
    }

    @Test("A folder that was copied begins a new log and says why; one that was moved on purpose goes on")
    func copies() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let old = try await practice.run("towson", "status").text("replica")
        try await practice.stop("towson")
        try FileManager.default.copyItem(atPath: practice.data("towson"), toPath: practice.data("moved"))
        try FileManager.default.copyItem(atPath: practice.data("towson"), toPath: practice.data("copied"))
        func log(of name: String, _ options: [String]) async throws -> (replica: String, errors: String) {
            let node = try await program.startNode(data: practice.data(name), options, in: practice.scratch)
            let replica = try await practice.run(name, "status").text("replica")
            node.terminate()
            #expect(await wait { !node.isRunning })
            return (replica, node.errors)
        }
        let moved = try await log(of: "moved", ["--same-machine"])
        #expect(moved.replica == old)
        let later = try await log(of: "moved", [])
        #expect(later.replica == old, "from then on it is at home there")
        let copied = try await log(of: "copied", [])
        #expect(copied.replica != old)
        #expect(copied.errors.contains("begins the new log"))
        let again = try await log(of: "copied", [])
        #expect(again.replica == copied.replica)
        let home = try await log(of: "towson", [])
        #expect(home.replica == old)
    }

    @Test("A database that was put back in place, or has lost its mark, begins a new log even so")
    func putBack() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.stop("towson")
        let database = practice.data("towson") + "/replica.sqlite"
        let before = try Data(contentsOf: URL(fileURLWithPath: database))
        try await practice.start("towson")
        let old = try await practice.run("towson", "status").text("replica")
        try await practice.run("towson", "patient", "add", "Jo Late", "--born", "1990-01-01", "--office", "towson")
        try await practice.stop("towson")
        // In place: the same file with older contents, as a restore by hand leaves it.
        let handle = try #require(FileHandle(forWritingAtPath: database))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: before)
        try handle.close()
        try await practice.start("towson")
        let second = try await practice.run("towson", "status").text("replica")
        #expect(second != old)
        try await practice.stop("towson")
        try FileManager.default.removeItem(atPath: practice.data("towson") + "/replica.mark")
        try await practice.start("towson")
        #expect(try await practice.run("towson", "status").text("replica") != second)
    }
}

extension TestPractice {
    /// The different inboxes that the running nodes show.
    func digests() async throws -> Set<String> {
        var digests: Set<String> = []
        for name in nodes.keys.sorted() { digests.insert(try await run(name, "status", "--digest").text("digest")) }
        return digests
    }
}
