import Foundation
import NodeService
import Testing

@testable import suture

@Suite("Guessing passwords at several offices", .serialized, .enabled(if: Program.isBuilt, "the suture program is not built"))
struct GuessedPasswordTests {
    private static let password = "horse battery staple"

    private func port(of name: String, in practice: TestPractice) throws -> UInt16 {
        let address = try #require(try practice.nodes[name]?.ready.text("inbox").split(separator: ":").last)
        return try #require(UInt16(address.filter(\.isNumber)))
    }

    /// Tries to sign in as Ana; the first line of the answer.
    private static func signIn(_ password: String, port: UInt16) -> String {
        let form = "name=ana&password=" + password.replacing(" ", with: "+")
        let answer = PlainHTTP.ask("POST", "/sign-in", form, type: "application/x-www-form-urlencoded", port: port)
        return String(answer?.prefix { $0 != "\r\n" } ?? "")
    }

    @Test("too many failures at one office shut an account out at the other")
    func elsewhere() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        try await practice.join("belair")
        try await practice.setPassword(of: "ana", to: Self.password)
        try await practice.waitUntilEqual("towson", "belair")
        for name in ["towson", "belair"] {
            try await practice.stop(name)
            try await practice.start(name, ["--inbox", "127.0.0.1:0", "--plain-http"])
            // Its new endpoint must be known before the other one goes away.
            let isUp = await wait { (try? await practice.run("belair", "status").list("peers"))?.contains { $0.flag("connected") } == true }
            try #require(isUp, "the offices do not find each other")
        }
        let (towson, belair) = (try port(of: "towson", in: practice), try port(of: "belair", in: practice))
        #expect(Self.signIn(Self.password, port: towson).contains("303"), "nobody has guessed yet")
        // All at once: the answer to a failure takes the longer the more there were, and nobody waits for these.
        for _ in 0..<8 { Thread.detachNewThread { _ = Self.signIn("a guess", port: belair) } }
        #expect(await wait { Self.signIn(Self.password, port: towson).contains("429") }, "the other office does not know of it")
    }
}
