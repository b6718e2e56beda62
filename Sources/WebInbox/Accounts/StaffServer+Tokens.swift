import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import Vault

/// What tokens may be used for, by the words of forms and descriptions.
enum TokenScopeWords {
    static let all: [(scope: TokenProfile.Scopes, value: String, name: String)] = [
        (.read, "read", "read threads, patients and the directory"), (.write, "write", "work threads and records"),
        (.audit, "audit", "read the audit"), (.administer, "administer", "people, accounts, tokens, holds and purges, quarantine"),
    ]

    static func words(_ scopes: TokenProfile.Scopes) -> String {
        all.filter { scopes.contains($0.scope) }.map(\.value).joined(separator: ", ")
    }
}

extension StaffServer {
    /// What a token begins with, so that people and scanners know one when they see it.
    static let tokenPrefix = "sut_"

    static func hash(ofToken token: String) -> Digest { Digest.hash(Domain("suture/token"), Array(token.utf8)) }

    func addTokens(to router: Router<PageContext>) {
        get("/tokens", in: router) { page in try self.tokens(page, made: nil) }
        post("/tokens", in: router) { page in try await self.makeToken(page) }
        post("/tokens/:token/revoke", in: router) { page in
            try await self.revokeToken(page)
            self.note("The token is revoked, here and wherever this is heard of.", for: page)
            return Self.go(to: "/tokens")
        }
    }

    /// Takes the address's token back.
    func revokeToken(_ page: PageRequest) async throws {
        guard let id = page.context.parameters.get("token").flatMap({ TokenID(hexadecimal: $0) }),
            let token = try page.reader.store.token(id)?.current, token.staff == page.access.staff || mayManageTokens(page)
        else { throw PageFault(status: .notFound, code: "not-found", what: "There is no such token.", todo: "Nothing was changed.") }
        let revoked = TokenProfile(
            name: token.name, staff: token.staff, hash: token.hash, scopes: token.scopes, expires: token.expires, isRevoked: true)
        try await perform(.putDocument(.token(id, revoked)), for: page)
    }

    private func mayManageTokens(_ page: PageRequest) -> Bool { page.access.decision(.manageAccounts).isAllowed }

    /// The tokens that the person may see: their own, and everybody's for those who look after accounts.
    func tokens(seenBy page: PageRequest) throws -> [TokenEntry] {
        try page.require(.ownAccount)
        let all = mayManageTokens(page)
        return try page.reader.store.tokens().filter { entry in entry.profile.map { all || $0.staff == page.access.staff } ?? false }
    }

    private func tokens(_ page: PageRequest, made: (name: String, token: String)?) throws -> Response {
        let time = PageTime(for: page)
        let rows = try tokens(seenBy: page).compactMap { entry -> [String: Any]? in
            guard let token = entry.profile else { return nil }
            let begun = Int64(entry.id.high >> 16)
            return [
                "name": token.name, "url": "/tokens/\(entry.id)", "scopes": TokenScopeWords.words(token.scopes),
                "by": page.directory.name(of: token.staff), "made": time.short(begun), "madeIso": time.iso(begun), "used": false,
                "usedIso": "",
                "expires": time.day(token.expires), "expiresIso": time.iso(token.expires),
                "isRevoked": token.isRevoked || token.expires < page.now,
            ]
        }
        var model: [String: Any] = [
            "tokens": rows, "hasTokens": !rows.isEmpty, "scopes": TokenScopeWords.all.map { ["value": $0.value, "name": $0.name] },
            "lifetimes": [30, 90, 365].map { ["value": "\($0)", "name": "\($0) days"] },
        ]
        if let made { model["made"] = ["name": made.name, "token": made.token] }
        return try self.page("tokens", page, model)
    }

    private func makeToken(_ page: PageRequest) async throws -> Response {
        let made = try await makeToken(for: page, words: page.form.all("scope"))
        // Shown in the answer and nowhere else: it must not lie in a session.
        let renewed = try await pageRequest(page.request, page.context, form: page.form)
        return try tokens(renewed, made: (made.profile.name, made.token))
    }

    /// Makes a token that the person's programs use, for what `words` say. A program can make none that may do more or lasts longer than
    /// the token it has: else taking that one back would be in vain.
    func makeToken(for page: PageRequest, words: [String]) async throws -> (id: TokenID, profile: TokenProfile, token: String) {
        let name = try page.form.required("name")
        let scopes = TokenScopeWords.all.filter { words.contains($0.value) }.reduce(into: TokenProfile.Scopes()) {
            $0.formUnion($1.scope)
        }
        guard !scopes.isEmpty else { throw PageFault.malformed("Choose what the token may be used for.") }
        guard let days = page.form["days"].flatMap(Int64.init), (1...365).contains(days) else {
            throw PageFault.malformed("A token is good for 1 to 365 days.")
        }
        var expires = page.now + days * 86_400_000
        if let own = page.program?.profile {
            guard own.scopes.isSuperset(of: scopes) else {
                throw PageFault(
                    status: .forbidden, code: "scope", what: "A token makes no token that may do more than it may itself.",
                    todo: "This one has \(TokenScopeWords.words(own.scopes)). Make the other on the page “Tokens” (/tokens).")
            }
            expires = min(expires, own.expires)
        }
        let token = Self.tokenPrefix + Token.text(random.bytes(32))
        let profile = TokenProfile(
            name: name, staff: page.access.staff, hash: Self.hash(ofToken: token).bytes, scopes: scopes, expires: expires)
        let id = TokenID(milliseconds: page.now, entropy: (random.uint64(), random.uint64()))
        try await perform(.putDocument(.token(id, profile)), for: page)
        return (id, profile, token)
    }
}
