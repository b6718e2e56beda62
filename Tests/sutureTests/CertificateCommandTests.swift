import Foundation
import NodeService
import Testing

@testable import suture

@Suite("The certificate authority of a group", .serialized, .enabled(if: Program.isBuilt, "the suture program is not built"))
struct CertificateCommandTests {
    @Test("two offices show certificates of one authority, that of the founding office, and change over when it is rotated")
    func oneForAll() async throws {
        guard let program = Program() else { return }
        let practice = try await TestPractice(program)
        #expect(try await practice.text("towson", "certificate", "show").contains("has no authority yet"))
        try await practice.stop("towson")
        try await practice.start("towson", ["--inbox", "127.0.0.1:0"])
        try await practice.join("belair")
        // An office that is no administrator's makes none.
        try await practice.stop("belair")
        try await practice.start("belair", ["--inbox", "127.0.0.1:0"])
        let first = try await agreed(practice, besides: nil)
        #expect(try await practice.run("belair", "certificate", "show").list("authorities").count == 1)
        // Offered to whoever is not signed in.
        #expect(try await practice.text("belair", "certificate", "show").contains("in force"))

        #expect(try await practice.refused("belair", "certificate", "rotate").contains("administrator's node"))
        #expect(try await practice.refused("towson", "certificate", "rotate", "--as", "ana").contains("administrator"))
        try await practice.run("towson", "certificate", "rotate", "--name", "Belair.Example.NET", "--as", "dana")
        let announced = try await practice.text("towson", "certificate", "show")
        #expect(announced.contains("takes over on") && announced.contains("belair.example.net"))
        #expect(try await agreed(practice, besides: nil) == first, "people have time to trust the next one")
        try await practice.run("towson", "certificate", "rotate", "--days", "0", "--as", "dana")
        let next = try await agreed(practice, besides: first)
        #expect(next != first)
    }

    /// The authority's certificate once both offices show one of it. With `old` another one than that.
    private func agreed(_ practice: TestPractice, besides old: String?) async throws -> String {
        var pem = ""
        let isAgreed = try await wait {
            let arguments = ["certificate", "show", "--pem", "--data", practice.data("towson")]
            let result = try await practice.program.run(arguments, in: practice.scratch)
            pem = result.output.trimmingCharacters(in: .newlines)
            guard result.status == 0, pem != old else { return false }
            return ["towson", "belair"].allSatisfy { name in
                let kept = FileManager.default.contents(atPath: practice.data(name) + "/pages-authority.pem") ?? Data()
                return String(decoding: kept, as: UTF8.self).trimmingCharacters(in: .newlines) == pem
            }
        }
        try #require(isAgreed, "the offices do not agree on one authority")
        return pem
    }
}
