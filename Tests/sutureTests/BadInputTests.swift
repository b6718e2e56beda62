import Foundation
import NodeService
import Testing

@testable import suture

/// Each mistake gets one clear line, status 1 (2 for a command that is not understood), and changes nothing.
@Suite("Bad input on the command line", .serialized)
struct BadInputTests {
    /// One command line and what it must say.
    struct Mistake: CustomTestStringConvertible, Sendable {
        let arguments: [String]
        let status: Int32
        let says: [String]

        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String, status: Int32 = 1, says: String...) {
            self.arguments = arguments.split(separator: " ").map(String.init)
            self.status = status
            self.says = says
        }
    }

    @Test(
        "Commands without a node say what is missing",
        arguments: [
            Mistake("status --data @/none", says: "no node is running on", "suture run --data"),
            Mistake("thread claim TOW-4F7K --as ana --data @/none", says: "no node is running on"),
            Mistake("run --data @/none", says: "@/none", "suture init"),
            Mistake("run --data @/none --listen nonsense", status: 2, says: "--listen: found 'nonsense'", "tcp://host:port"),
            Mistake("run --data @/none --link belair", status: 2, says: "--link", "name=tcp://host:port"),
            Mistake("run --data @/none --log-level loud", status: 2, says: "error, warning, info, debug"),
            Mistake("run --config @/none.yaml", says: "@/none.yaml", "cannot be read"),
            Mistake("init --group X --name X --data @/none", status: 2, says: "lower-case letters"),
            Mistake("init --group X --name x --office towson --data @/none", status: 2, says: "key:name:zone"),
            Mistake("init --group X --name x --office a:A:Mars/Base --data @/none", status: 2, says: "no time zone 'Mars/Base'"),
            Mistake("init --group X --name x --endpoint udp://a:1 --data @/none", status: 2, says: "tcp://host:port"),
            Mistake("init --name x --data @/none", status: 2, says: "--group"),
            Mistake("join hello --name q --data @/none", says: "that is no invitation"),
            Mistake("join suture-join-AAAA --name q --data @/none", says: "invitation is damaged"),
            Mistake("log verify --data @/none", says: "@/none", "suture init"),
            Mistake("bogus", status: 2, says: "bogus"),
            Mistake("thread snooze X someday --as ana", status: 2, says: "someday", "45m, 4h or 3d"),
            Mistake("status --data a --config b", status: 2, says: "give one of them"),
        ])
    func withoutNode(_ mistake: Mistake) async throws {
        guard let program = Program() else { return }
        let scratch = try ScratchFolder()
        let arguments = mistake.arguments.map { $0.replacingOccurrences(of: "@", with: scratch.path) }
        let result = try await program.run(arguments, in: scratch)
        #expect(result.status == mistake.status, "\(result.errors)")
        #expect(result.output.isEmpty)
        for words in mistake.says {
            #expect(result.errors.contains(words.replacingOccurrences(of: "@", with: scratch.path)), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.file("none")))
    }

    @Test("A running node refuses wrong names and values, and says what is near")
    func refusals() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let code = try await practice.openThread(at: "towson")
        let before = try await practice.run("towson", "status", "--digest")
        let mistakes: [Mistake] = [
            Mistake("thread claim \(code) --as dan", says: "no member of staff 'dan'", "did you mean 'dana'?"),
            Mistake("thread claim \(code)", says: "--as"),
            Mistake("thread claim TOW-0000 --as ana", says: "no thread 'TOW-0000'"),
            Mistake("thread show nonsense", says: "no thread 'nonsense'"),
            Mistake("thread release \(code) --to dsk --as ana", says: "no queue 'dsk'", "did you mean 'desk'?"),
            Mistake("thread assign \(code) --to nobody --as dana", says: "neither a member of staff nor a queue 'nobody'"),
            Mistake("thread assign \(code) --to bo --as ana", says: "takes one of these roles"),
            Mistake("thread category \(code) bililng --as ana", says: "did you mean 'billing'?"),
            Mistake("thread move \(code) mars --as dana", says: "no office 'mars'", "belair, towson"),
            Mistake("thread priority \(code) hihg --as ana", says: "did you mean 'high'?"),
            Mistake("thread resolve \(code) --outcome done --told maybe --as ana", says: "told, told-otherwise"),
            Mistake("thread reply \(code) hello --channel pigeon --as ana", says: "portal, sms, email, phone, desk"),
            Mistake("thread accept \(code) --as bo", says: "asked to take the thread"),
            Mistake("thread claim \(code) --shown zz --as ana", says: "'shown' is no clock"),
            Mistake("inbox --list mine", says: "say whose"),
            Mistake("inbox --list needsreply", says: "did you mean 'needs-reply'?"),
            Mistake("inbox --cursor x", says: "'cursor' is none"),
            Mistake("invite --kind lptop", says: "did you mean 'laptop'?"),
            Mistake("invite --kind office --office mars", says: "no office 'mars'"),
            Mistake("patient add Anybody --born 1984-02-30", says: "a date such as 1984-12-14"),
            Mistake("staff add eve --name Eve --role boss", says: "front-desk, billing"),
            Mistake("category add empty --name Empty", says: "which queue receives the category"),
        ]
        for mistake in mistakes {
            let result = try await program.run(mistake.arguments + ["--data", practice.data("towson")], in: practice.scratch)
            #expect(result.status == mistake.status, "\(mistake.arguments): \(result.output)\(result.errors)")
            for words in mistake.says { #expect(result.errors.contains(words), "\(mistake.arguments): \(result.errors)") }
        }
        let after = try await practice.run("towson", "status", "--digest")
        #expect(after.text("digest") == before.text("digest"))
        #expect(TestPractice.merged(after) == TestPractice.merged(before))
    }

    @Test("The socket refuses an unknown verb, an unknown argument and a wrong type, and says what there is")
    func socket() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let client = ControlClient(dataDirectory: practice.data("towson"))
        func failure(_ verb: String, _ arguments: [String: JSONValue] = [:]) async throws -> ControlFailure? {
            guard case .error(let failure) = try await client.send(ControlRequest(verb: verb, arguments: arguments)) else {
                return nil
            }
            return failure
        }
        let verb = try await failure("claimm")
        #expect(verb?.code == "unknown-verb")
        #expect(verb?.message == "there is no verb 'claimm': did you mean 'claim'?")
        #expect(try await failure("status", ["verbose": true])?.message == "status has no argument 'verbose': it takes none")
        #expect(try await failure("claim", ["thread": 7])?.message == "'thread' must be text")
        #expect(try await failure("claim", [:])?.message == "'thread' is missing")
        #expect(try await failure("inbox", ["limit": 0])?.code == "invalid")
        #expect(try await failure("review", ["thread": "X", "review": "yes"])?.code == "not-found")
    }

    @Test("A second process on the same data, and a port in use, are refused in one line while the first goes on")
    func twoProcesses() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let endpoint = try #require(practice.nodes["towson"]?.ready.text("endpoint"))
        let second = try await program.run(["run", "--data", practice.data("towson")], in: practice.scratch)
        #expect(second.status == 1)
        #expect(second.errors.contains("in use by another process"))
        #expect(second.errors.split(separator: "\n").count == 1)

        let other = practice.scratch.file("other")
        let made = try await program.run(["init", "--group", "Other", "--name", "other", "--data", other], in: practice.scratch)
        #expect(made.status == 0)
        let port = try await program.run(["run", "--data", other, "--listen", endpoint], in: practice.scratch)
        #expect(port.status == 1)
        #expect(port.errors.contains("address in use") && port.errors.contains(endpoint))
        let address = endpoint.replacingOccurrences(of: "tcp://", with: "")
        let health = try await program.run(["run", "--data", other, "--health", address], in: practice.scratch)
        #expect(health.status == 1)
        #expect(health.errors.contains("the health address \(address) cannot be used"))
        #expect(try await practice.run("towson", "status").text("group") == "Test Group")
    }

    @Test("A newer database, a text file in its place and a missing identity are refused and left alone")
    func databases() async throws {
        guard let program = Program() else { return }
        let scratch = try ScratchFolder()
        let data = scratch.file("node")
        // In the clear, so that what SQLite reads can be changed.
        let made = try await program.run(["init", "--group", "G", "--name", "n", "--data", data, "--seal", "none"], in: scratch)
        #expect(made.status == 0)
        // A clean stop leaves everything in the main file.
        let node = try await program.startNode(data: data, in: scratch)
        node.terminate()
        #expect(await wait { !node.isRunning })
        let file = URL(fileURLWithPath: data + "/replica.sqlite")
        for name in ["replica.sqlite-wal", "replica.sqlite-shm"] { try? FileManager.default.removeItem(atPath: data + "/" + name) }
        var newer = try Data(contentsOf: file)
        // The format's number stands big-endian at byte 60 of an SQLite file.
        newer.replaceSubrange(60..<64, with: [0, 0, 0, 99])
        try newer.write(to: file)
        let refused = try await program.run(["run", "--data", data], in: scratch)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("format 99") && refused.errors.contains(file.path), "\(refused.errors)")
        #expect(try Data(contentsOf: file) == newer)

        let text = Data(String(repeating: "this is no database\n", count: 500).utf8)
        try text.write(to: file)
        let foreign = try await program.run(["run", "--data", data], in: scratch)
        #expect(foreign.status == 1)
        #expect(foreign.errors.contains("not a database"), "\(foreign.errors)")
        #expect(try Data(contentsOf: file) == text)

        try FileManager.default.removeItem(atPath: data + "/identity.keys")
        let strange = try await program.run(["run", "--data", data], in: scratch)
        #expect(strange.status == 1)
        #expect(strange.errors.contains("identity.keys is missing"))
    }

    @Test("A sealed database with a changed byte is refused with the page's number and left alone")
    func changedByte() async throws {
        guard let program = Program() else { return }
        let scratch = try ScratchFolder()
        let data = scratch.file("node")
        #expect(try await program.run(["init", "--group", "G", "--name", "n", "--data", data], in: scratch).status == 0)
        let node = try await program.startNode(data: data, in: scratch)
        node.terminate()
        #expect(await wait { !node.isRunning })
        let file = URL(fileURLWithPath: data + "/replica.sqlite")
        for name in ["replica.sqlite-wal", "replica.sqlite-shm"] { try? FileManager.default.removeItem(atPath: data + "/" + name) }
        var altered = try Data(contentsOf: file)
        altered[60] ^= 1
        try altered.write(to: file)
        let refused = try await program.run(["run", "--data", data], in: scratch)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("page 1 of ") && refused.errors.contains("is not authentic"), "\(refused.errors)")
        #expect(try Data(contentsOf: file) == altered)
    }

    @Test("A configuration with mistakes names the file, the lines and what was expected, all at once")
    func configuration() async throws {
        guard let program = Program() else { return }
        let scratch = try ScratchFolder()
        let file = try scratch.write("data: ./t\nlisten: tcp://nowhere\nlog:\n  levle: info\n", to: "bad.yaml")
        let result = try await program.run(["run", "--config", file], in: scratch)
        #expect(result.status == 1)
        #expect(result.errors.contains("\(file):2: listen: found \"tcp://nowhere\", expected tcp://host:port"))
        #expect(result.errors.contains("\(file):4: log: found the unknown setting \"levle\", expected perhaps level"))
    }

    @Test("An invitation works once, for one name, and an unreachable inviter is named")
    func invitations() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let text = try await practice.run("towson", "invite", "--kind", "laptop", "--pre-approved").text("invitation")
        func join(_ folder: String, name: String, _ text: String) async throws -> Program.Result {
            try await program.run(
                ["join", "-", "--name", name, "--data", practice.data(folder), "--timeout", "3"], input: text,
                in: practice.scratch)
        }
        let taken = try await join("one", name: "towson", text)
        #expect(taken.status == 1)
        #expect(taken.errors.contains("the name towson is taken"))
        #expect(try await join("one", name: "laptop", text).status == 0)
        let again = try await join("two", name: "second", text)
        #expect(again.status == 1)
        #expect(again.errors.contains("used"), "\(again.errors)")
        let unused = try await practice.run("towson", "invite", "--kind", "laptop", "--pre-approved").text("invitation")
        try await practice.stop("towson")
        let alone = try await join("three", name: "third", unused)
        #expect(alone.status == 1)
        #expect(alone.errors.contains("did not answer") && alone.errors.contains("tcp://127.0.0.1"))
    }
}
