import Foundation
import NodeService
import Testing

@testable import suture

/// A group of one or two real nodes with a small practice, for the length of a test.
final class TestPractice {
    let program: Program
    let scratch: ScratchFolder
    private(set) var nodes: [String: RunningProgram] = [:]
    /// How folders are sealed: options of `init` and `join`.
    private let sealing: [String]

    /// A running founding node 'towson' with two offices, three people, two queues, one category and one patient.
    /// Without `isSealed` the nodes' folders lie open, for tests that look into their files.
    init(_ program: Program, isSealed: Bool = true) async throws {
        self.program = program
        sealing = isSealed ? [] : ["--seal", "none"]
        scratch = try ScratchFolder()
        try await expect([
            "init", "--group", "Test Group", "--name", "towson", "--office", "towson:Towson:America/New_York", "--data",
            data("towson"),
        ] + sealing)
        try await start("towson")
        let towson = "towson"
        try await run(towson, "office", "add", "belair", "--name", "Bel Air", "--time-zone", "America/New_York")
        try await run(towson, "staff", "add", "ana", "--name", "Ana", "--role", "front-desk", "--office", "towson")
        try await run(towson, "staff", "add", "bo", "--name", "Bo", "--role", "front-desk")
        try await run(towson, "staff", "add", "dana", "--name", "Dana", "--role", "administrator")
        try await run(towson, "queue", "add", "desk", "--name", "Front desk", "--member", "ana", "--backup", "bo")
        try await run(towson, "queue", "add", "other", "--name", "Other desk", "--member", "bo")
        try await run(
            towson, "category", "add", "scheduling", "--name", "Scheduling", "--queue", "towson=desk", "--queue",
            "belair=other", "--response-minutes", "60")
        try await run(towson, "category", "add", "billing", "--name", "Billing", "--queue", "towson=desk", "--queue", "belair=desk")
        try await run(towson, "patient", "add", "Maria Lopez", "--born", "1984-12-14", "--office", "towson")
    }

    func data(_ name: String) -> String { scratch.file(name) }

    /// Starts the node of that name. With `cutFrom` it reaches nobody of that name and nobody reaches it.
    func start(_ name: String, cutFrom peer: String? = nil, _ more: [String] = []) async throws {
        if let peer {
            // The discard port of this machine: nothing listens there.
            nodes[name] = try await program.startNode(
                data: data(name), listen: nil, ["--link", "\(peer)=tcp://127.0.0.1:9"] + more, in: scratch)
        } else {
            nodes[name] = try await program.startNode(data: data(name), more, in: scratch)
        }
    }

    /// Stops the node of that name as a service manager does.
    func stop(_ name: String) async throws {
        let node = try #require(nodes[name])
        nodes[name] = nil
        node.terminate()
        #expect(await wait { !node.isRunning }, "\(name) did not stop")
        #expect(node.status == 0, "\(node.errors)")
    }

    /// Lets a second office join, or a laptop, and starts it.
    func join(_ name: String, kind: String = "office") async throws {
        let office = kind == "office" ? ["--office", name] : []
        let invitation = try await run("towson", ["invite", "--kind", kind, "--pre-approved"] + office)
        try await expect(["join", invitation.text("invitation"), "--name", name, "--data", data(name)] + sealing)
        try await start(name)
    }

    /// Runs a command that works, on the node of that name; its answer as JSON.
    @discardableResult
    func run(_ name: String, _ arguments: String...) async throws -> JSONValue { try await run(name, arguments) }

    /// Runs a command that works, on the node of that name; its answer as JSON.
    @discardableResult
    func run(_ name: String, _ arguments: [String], input: String? = nil) async throws -> JSONValue {
        let result = try await program.run(arguments + ["--data", data(name), "--json"], input: input, in: scratch)
        try #require(result.status == 0, "\(arguments) on \(name): \(result.errors)")
        return try result.json()
    }

    /// Runs a command that is refused; what it says.
    func refused(_ name: String, _ arguments: String...) async throws -> String { try await refused(name, arguments) }

    /// Runs a command that is refused; what it says.
    func refused(_ name: String, _ arguments: [String]) async throws -> String {
        let result = try await program.run(arguments + ["--data", data(name)], in: scratch)
        #expect(result.status == 1, "\(arguments) on \(name): \(result.output)\(result.errors)")
        #expect(result.output.isEmpty)
        return result.errors
    }

    /// What people see: the text of a command that works.
    func text(_ name: String, _ arguments: String...) async throws -> String {
        let result = try await program.run(arguments + ["--data", data(name)], in: scratch)
        try #require(result.status == 0, "\(arguments) on \(name): \(result.errors)")
        return result.output
    }

    private func expect(_ arguments: [String]) async throws {
        let result = try await program.run(arguments, in: scratch)
        try #require(result.status == 0, "\(arguments): \(result.errors)")
    }

    /// Opens a thread as the patient; its code.
    func openThread(at name: String, _ text: String = "Can I come on Friday?") async throws -> String {
        try await run(
            name, "thread", "open", "Maria Lopez", text, "--office", "towson", "--category", "scheduling", "--subject",
            "Friday"
        ).text("code")
    }

    /// Waits until both nodes show the same.
    func waitUntilEqual(_ one: String, _ other: String) async throws {
        let isEqual = try await wait {
            let left = try await run(one, "status", "--digest")
            let right = try await run(other, "status", "--digest")
            return left.text("digest") == right.text("digest") && Self.merged(left) == Self.merged(right)
        }
        #expect(isEqual, "\(one) and \(other) do not show the same")
    }

    /// How far each log is merged, by replica.
    static func merged(_ status: JSONValue) -> [String: Int] {
        Dictionary(status.list("logs").map { ($0.text("replica"), $0.number("merged")) }) { first, _ in first }
    }
}
