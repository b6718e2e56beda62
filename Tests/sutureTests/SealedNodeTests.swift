import Foundation
import NodeService
import Testing

@testable import suture

/// A node whose folder is sealed, as people use it: real processes.
@Suite("Sealed nodes on the command line", .serialized)
struct SealedNodeTests {
    @Test("A laptop under a passphrase starts with the right one only, locks, unlocks and takes another")
    func passphrase() async throws {
        guard let program = Program() else { return }
        let scratch = try ScratchFolder()
        let data = scratch.file("laptop")
        let right = try scratch.write("correct horse battery\n", to: "right")
        let wrong = try scratch.write("wrong horse battery\n", to: "wrong")
        for path in [right, wrong] { try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path) }
        func run(_ arguments: String...) async throws -> Program.Result {
            try await program.run(arguments + ["--data", data], in: scratch)
        }
        let made = try await run(
            "init", "--group", "CanaryGroup", "--name", "towson", "--office", "towson:CanaryOffice:Etc/UTC", "--seal", "passphrase",
            "--passphrase-file", right)
        #expect(made.status == 0, "\(made.errors)")
        let nobody = try await run("log", "verify", "--passphrase-fd", "0")
        #expect(nobody.status == 1)
        let refused = try await run("run", "--passphrase-file", wrong)
        #expect(refused.status == 3)
        #expect(refused.errors.contains("wrong passphrase for \(data); nothing was changed"))
        let node = try await program.startNode(data: data, ["--passphrase-file", right], in: scratch)
        #expect(try await run("lock").status == 0)
        let locked = try await run("inbox", "--as", "ana")
        #expect(locked.status == 1 && locked.errors.contains("suture unlock"))
        #expect(try await run("unlock", "--passphrase-file", wrong).status == 3)
        #expect(try await run("passphrase", "change", "--passphrase-file", right, "--new-passphrase-file", wrong).status == 0)
        #expect(try await run("unlock", "--passphrase-file", right).status == 3)
        #expect(try await run("unlock", "--passphrase-file", wrong).status == 0)
        #expect(await wait { (try? await run("status").status) == 0 })
        node.terminate()
        #expect(await wait { !node.isRunning })
        #expect(node.status == 0, "\(node.errors)")
        for name in try FileManager.default.contentsOfDirectory(atPath: data) {
            let bytes = FileManager.default.contents(atPath: data + "/" + name) ?? Data()
            #expect(bytes.range(of: Data("Canary".utf8)) == nil, "\(name)")
        }
    }

    @Test("A new node is sealed by default, a plain one can be sealed later, and a node without its key says so")
    func keyFiles() async throws {
        guard let program = Program() else { return }
        let scratch = try ScratchFolder()
        func run(_ name: String, _ arguments: String...) async throws -> Program.Result {
            try await program.run(arguments + ["--data", scratch.file(name)], in: scratch)
        }
        let made = try await run("sealed", "init", "--group", "Test", "--name", "towson")
        #expect(made.status == 0 && made.output.contains("sealed.key"))
        #expect(try await run("sealed", "log", "verify").status == 0)
        try FileManager.default.removeItem(atPath: scratch.file("sealed.key"))
        let keyless = try await run("sealed", "log", "verify")
        #expect(keyless.status == 1 && keyless.errors.contains("sealed.key is missing"))
        let plain = try await run("plain", "init", "--group", "Test", "--name", "towson", "--seal", "none")
        #expect(plain.status == 0 && plain.output.contains("NOT sealed"))
        let sealing = try await run("plain", "seal")
        #expect(sealing.status == 0 && sealing.output.contains("is sealed"), "\(sealing.errors)")
        #expect(try await run("plain", "seal").output.contains("already"))
        #expect(try await run("plain", "log", "verify").status == 0)
    }

    @Test(
        "After a node died at work no word of a patient lies in its folder, its write-ahead log, a temporary file, a core or its log",
        arguments: [SIGABRT, SIGSEGV])
    func searchedAfterDeath(signal: Int32) async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.stop("towson")
        let temporary = practice.data("temporary")
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
        let node = try await program.startNode(data: practice.data("towson"), temporary: temporary, in: practice.scratch)
        for number in 0..<20 { _ = try await practice.openThread(at: "towson", "CanaryWord \(number) swelling") }
        #expect(try await practice.run("towson", "search", "CanaryWord", "--as", "ana").list("hits").count == 20)
        let log = practice.data("towson") + "/replica.sqlite-wal"
        let logSize = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
        #expect((logSize ?? 0) > 0, "there is something in the write-ahead log")
        Foundation.kill(node.pid, signal)
        #expect(await wait { !node.isRunning }, "it ends at once, for whoever starts it again")
        #expect(node.status == signal)
        for word in ["CanaryWord", "Registers", "Backtrac"] { #expect(!(node.output + node.errors).contains(word), "\(word)") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty, "neither a temporary file nor a core")
        let names = try FileManager.default.contentsOfDirectory(atPath: practice.data("towson"))
        #expect(names.contains("replica.sqlite-wal"))
        for name in names {
            let bytes = FileManager.default.contents(atPath: practice.data("towson") + "/" + name) ?? Data()
            for word in ["CanaryWord", "swelling", "Maria Lopez"] {
                #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word) in \(name)")
            }
        }
    }

    @Test("The memory of a running node cannot be read by its own account, nor dumped")
    func noDumps() async throws {
        guard let program = Program() else { return }
        let scratch = try ScratchFolder()
        let data = scratch.file("node")
        #expect(try await program.run(["init", "--group", "Test", "--name", "towson", "--data", data], in: scratch).status == 0)
        let node = try await program.startNode(data: data, in: scratch)
        let limits = FileManager.default.contents(atPath: "/proc/\(node.pid)/limits").map { String(decoding: $0, as: UTF8.self) }
        let core = limits?.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(core?.split(separator: " ").filter { $0 == "0" }.count == 2, "\(core ?? "none")")
        // A process that may not be dumped belongs to the superuser there.
        let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(node.pid)/mem")[.ownerAccountID] as? NSNumber
        #expect(owner?.intValue == 0)
        node.terminate()
        #expect(await wait { !node.isRunning })
    }
}
