import Foundation
import NodeService
import Testing

@testable import suture

@Suite("Joining, with real processes", .serialized, .enabled(if: Program.isBuilt, "the suture program is not built"))
struct JoiningTests {
    @Test("A device shows the code that its inviter shows, waits, and is let in by it")
    func codes() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let text = try await practice.run("towson", "invite", "--kind", "laptop").text("invitation")
        let arguments = ["join", text, "--name", "laptop", "--data", practice.data("laptop"), "--json"]
        var device = try RunningProgram(program.path, arguments, input: nil, in: practice.scratch)
        #expect(await wait { device.output.contains("\n") || !device.isRunning })
        let shown = try device.ready.text("code")
        #expect(shown.count == 8)
        // Cut short, it goes on with the same code.
        device.kill()
        device = try RunningProgram(program.path, arguments, input: nil, in: practice.scratch)
        #expect(await wait { device.output.contains("\n") || !device.isRunning })
        #expect(try device.ready.text("code") == shown)

        var pending: [JSONValue] = []
        // The device shows the code as soon as it can know it; here it is known when the device has revealed its number.
        #expect(await wait { (try? await practice.run("towson", "member", "pending"))?.list("pending").first?["code"]?.string != nil })
        pending = try await practice.run("towson", "member", "pending").list("pending")
        #expect(pending.map { $0.text("code") } == [shown])
        #expect(pending.map { $0.text("name") } == ["laptop"])
        let wrong = shown == "12345678" ? "87654321" : "12345678"
        let refusal = try await practice.refused("towson", "member", "admit", "laptop", "--code", wrong)
        #expect(refusal.contains("the codes differ"))
        #expect(device.isRunning)
        try await practice.run("towson", "member", "admit", "laptop", "--code", "\(shown.prefix(4)) \(shown.suffix(4))")
        #expect(await wait { !device.isRunning })
        #expect(device.status == 0, "\(device.errors)")
        try await practice.start("laptop")
        let status = try await practice.run("laptop", "status")
        #expect(status["member"]?.text("name") == "laptop")
    }

    @Test("A device that is declined is told so, and its invitation has ended")
    func declined() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let text = try await practice.run("towson", "invite", "--kind", "laptop").text("invitation")
        let arguments = ["join", text, "--name", "laptop", "--data", practice.data("laptop")]
        let device = try RunningProgram(program.path, arguments, input: nil, in: practice.scratch)
        #expect(await wait { (try? await practice.run("towson", "member", "pending"))?.list("pending").first?["code"]?.string != nil })
        try await practice.run("towson", "member", "decline", "laptop")
        #expect(await wait { !device.isRunning })
        #expect(device.status == 1)
        #expect(device.errors.contains("declined"))
        let invitations = try await practice.run("towson", "invite", "--list").list("invitations")
        #expect(invitations.map { $0.text("stage") } == ["declined"])
    }

    @Test("A cancelled invitation lets nobody in, and an impatient device may come again")
    func cancelled() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        let text = try await practice.run("towson", "invite", "--kind", "laptop").text("invitation")
        let arguments = ["join", text, "--name", "laptop", "--data", practice.data("laptop"), "--patience", "2"]
        let impatient = try await program.run(arguments, in: practice.scratch)
        #expect(impatient.status == 1)
        #expect(impatient.errors.contains("run the same command again"))
        let id = try await practice.run("towson", "invite", "--list").list("invitations").first?.text("id") ?? ""
        try await practice.run("towson", "invite", "--cancel", id)
        let late = try await program.run(arguments, in: practice.scratch)
        #expect(late.status == 1)
        #expect(late.errors.contains("cancelled"), "\(late.errors)")
        let altered = text.dropLast(4) + "AAAA"
        let damaged = try await program.run(
            ["join", String(altered), "--name", "laptop", "--data", practice.data("other")], in: practice.scratch)
        #expect(damaged.errors.contains("altered"))
        let mixed = try await program.run(["invite", "--list", "--kind", "laptop"], in: practice.scratch)
        #expect(mixed.status == 2)
    }
}
