import Foundation
import NodeService
import Testing

@testable import suture

@Suite(
    "Lost devices, new keys and a lost administrator, with real processes", .serialized,
    .enabled(if: Program.isBuilt, "the suture program is not built")
)
struct MembershipTests {
    @Test("A revoked device is shut out, the others go on with a new key, and mistakes are explained")
    func revoked() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.join("belair")
        let before = try await practice.run("towson", "member", "list").text("epoch")
        #expect(try await practice.refused("towson", "member", "revoke", "belar", "--reason", "stolen").contains("did you mean 'belair'"))
        #expect(try await practice.refused("belair", "member", "revoke", "towson", "--reason", "mine").contains("no administrator"))
        #expect(try await practice.refused("towson", "member", "revoke", "towson", "--reason", "me").contains("cannot shut itself out"))
        try await practice.run("towson", "member", "revoke", "belair", "--reason", "stolen from a car")
        let answer = try await practice.run("towson", "member", "list")
        #expect(answer.list("members").map { $0.text("name") } == ["towson"])
        #expect(answer.list("former").map { $0.text("reason") } == ["stolen from a car"])
        #expect(answer.text("epoch") != before)
        #expect(
            await wait {
                let peers = (try? await practice.run("belair", "status").list("peers")) ?? []
                return peers.contains { $0.text("name") == "towson" && !$0.flag("connected") }
            }, "the connection ends")
        try await practice.run("towson", "patient", "add", "Jo After", "--born", "1990-01-01", "--office", "towson")
        let patients = try await practice.run("belair", "patient", "list").pretty
        #expect(!patients.contains("Jo After"), "what comes later does not reach it")
        #expect(try await practice.run("towson", "quarantine", "list").list("held").isEmpty)
        #expect(try await practice.refused("towson", "quarantine", "adopt", "0123456789abcdef:1").contains("not in quarantine"))
        #expect(try await practice.refused("towson", "quarantine", "adopt", "nonsense").contains("names no change set"))
    }

    @Test("An administrator's rights are given and taken, and a new key reaches everybody")
    func roles() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.join("belair")
        try await practice.run("towson", "member", "role", "belair", "--administrator", "--office", "belair")
        #expect(
            await wait {
                let members = (try? await practice.run("belair", "member", "list").list("members")) ?? []
                return members.contains { $0.text("name") == "belair" && $0.flag("administrator") }
            })
        #expect(try await practice.refused("belair", "member", "retire", "towson", "--reason", "x").contains("other offices"))
        try await practice.run("belair", "member", "rotate")
        #expect(
            await wait {
                let epochs = [
                    try? await practice.run("belair", "member", "list").text("epoch"),
                    try? await practice.run("towson", "member", "list").text("epoch"),
                ]
                let count = try? await practice.run("towson", "member", "list").number("epochs")
                return epochs[0] == epochs[1] && count == 2
            })
    }

    @Test("Recovery signers make keys, sign an order away from any node, and only enough of them count")
    func recovery() async throws {
        guard let program = Program() else { return }
        let scratch = try ScratchFolder()
        let key = try await program.run(["recover", "key", "--json"], in: scratch)
        #expect(key.status == 0, "\(key.errors)")
        let (secret, signer) = try (key.json().text("secret"), key.json().text("key"))
        let data = scratch.file("node")
        let made = try await program.run(
            [
                "init", "--data", data, "--group", "Group", "--name", "towson", "--office", "towson:Towson:America/New_York",
                "--recovery-key", signer, "--seal", "none",
            ], in: scratch)
        #expect(made.status == 0, "\(made.errors)")
        let unknown = try await program.run(
            ["init", "--data", data + "2", "--group", "G", "--name", "a", "--recovery-key", "suture-recovery-key-x"], in: scratch)
        #expect(unknown.status == 2 && unknown.errors.contains("--recovery-key"))
        let node = try await program.startNode(data: data, [], in: scratch)
        defer { node.terminate() }
        let order = try await program.run(["recover", "order", "towson", "--data", data], in: scratch)
        let text = order.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(text.hasPrefix("suture-recovery-order-"))
        let unsigned = try await program.run(["recover", "apply", text, "--data", data], in: scratch)
        #expect(unsigned.status == 1 && unsigned.errors.contains("0 valid signatures"))
        let wrong = try await program.run(["recover", "sign", text], input: String(secret.dropLast(1)) + "g", in: scratch)
        #expect(wrong.status == 1)
        let signed = try await program.run(["recover", "sign", text], input: secret, in: scratch)
        let signature = signed.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(signature.hasPrefix("suture-recovery-signature-"), "\(signed.errors)")
        let applied = try await program.run(["recover", "apply", text, "--signature", signature, "--data", data], in: scratch)
        #expect(applied.status == 0, "\(applied.errors)")
    }
}
