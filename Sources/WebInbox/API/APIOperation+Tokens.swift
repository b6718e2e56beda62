import HTTPTypes
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

// Programs' own keys. A program makes none that may do more, or lasts longer, than the one it has.
extension APIOperation {
    static let tokens: [APIOperation] = [
        APIOperation(
            id: "listTokens", method: .get, path: "/tokens", group: "Tokens",
            summary: "One's own tokens; everybody's for those who look after accounts. Never the tokens themselves.", scope: .administer,
            fields: [], example: .object([("tokens", .list([.object([("id", .text("01jt…")), ("name", .text("Wall display"))])]))])
        ) { server, page in try list(server, page) },
        APIOperation(
            id: "makeToken", method: .post, path: "/tokens", group: "Tokens",
            summary: "Makes a token for the same person. It is in this answer and nowhere else.", scope: .administer,
            fields: [
                inBody("name", "What it is for."),
                inBody("scopes", "What it may be used for: \(TokenScopeWords.words(.all)).", type: "array"),
                inBody("days", "For how many days, at most 365, and no longer than the token that makes it.", type: "integer"),
            ], example: .object([("id", .text("01jt…")), ("token", .text("sut_…")), ("expires", .text("2026-12-23T10:00:00Z"))])
        ) { server, page in try await make(server, page) },
        APIOperation(
            id: "revokeToken", method: .post, path: "/tokens/{token}/revoke", group: "Tokens", summary: "Takes a token back, everywhere.",
            scope: .administer, fields: [inPath("token", "The token's id.")], example: .object([("token", .text("01jt…"))])
        ) { server, page in try await revoke(server, page) },
    ]

    private static func list(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        let time = PageTime(for: page)
        let tokens = try server.tokens(seenBy: page).compactMap { entry in
            entry.profile.map { token -> JSONText in
                .object([
                    ("id", .text("\(entry.id)")), ("name", .text(token.name)), ("person", .text("\(token.staff)")),
                    ("scopes", words(token.scopes)), ("expires", .text(time.iso(token.expires))), ("revoked", .flag(token.isRevoked)),
                    ("holds", .flag(!token.isRevoked && token.expires > page.now)),
                ])
            }
        }
        return .object([("tokens", .list(tokens))])
    }

    private static func words(_ scopes: TokenProfile.Scopes) -> JSONText {
        .list(TokenScopeWords.all.filter { scopes.contains($0.scope) }.map { .text($0.value) })
    }

    private static func make(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let words = page.form.all("scopes")
        let known = Set(TokenScopeWords.all.map(\.value))
        if let stray = words.first(where: { !known.contains($0) }) { throw PageFault.malformed("There is no scope “\(stray)”.") }
        let made = try await server.makeToken(for: page, words: words)
        return .object([
            ("id", .text("\(made.id)")), ("token", .text(made.token)), ("expires", .text(PageTime(for: page).iso(made.profile.expires))),
        ])
    }

    private static func revoke(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        try await server.revokeToken(page)
        return .object([("token", .optional(page.context.parameters.get("token").map { String($0) }))])
    }
}
