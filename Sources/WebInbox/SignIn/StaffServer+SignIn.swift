import Hummingbird
import InboxModel
import OfficeNode
import ReplicaStore
import Vault

extension StaffServer {
    func addSignIn(to router: Router<PageContext>) {
        router.get("/") { _, _ in Self.go(to: "/inbox") }
        router.get("/sign-in") { request, context in
            let query = try FormFields(request.uri.query ?? "")
            let word = query["locked"] != nil ? "idle" : query["ended"] != nil ? "ended" : query["reason"] ?? ""
            return try await self.signInPage(next: query["next"], reason: Self.reasons[word])
        }
        router.post("/sign-in") { request, context in try await self.signIn(request, context) }
        post("/sign-out", in: router) { page in
            try self.audit.record(page.entry(.signOut))
            return self.end(page.token)
        }
    }

    /// Why the sign-in is shown, by the word in its address: words of others are never shown.
    private static let reasons = [
        "idle": "You were signed out after \(SessionStore.idleMax / 60_000) minutes without input. What you wrote was kept as a draft.",
        "out": "You are signed out.",
        "ended": "Your session has ended.",
        "changed": "Your password was changed. Sign in with the new one.",
    ]

    private func signInPage(
        next: String? = nil, reason: String? = nil, trouble: String? = nil, account: String? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let node = try await gateway.status()
        let reader = try await gateway.reader()
        var model: [String: Any] = [
            "assets": renderer.assetsPath, "group": node.groupName, "csrf": "",
            "office": node.member?.office.map { office in (try? reader.directory().name(of: office)) ?? "" } ?? node.member?.name ?? "",
        ]
        model["next"] = next.flatMap(Self.ownAddress)
        model["reason"] = reason
        model["trouble"] = trouble
        model["account"] = account
        return Self.html(try renderer.html("sign-in", model), status: status)
    }

    /// An address of this server, or nil: a link must not lead elsewhere after the sign-in.
    static func ownAddress(_ text: String) -> String? {
        guard text.hasPrefix("/"), !text.hasPrefix("//"), !text.hasPrefix("/\\"), text.utf8.count < 500,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        return text
    }

    private func signIn(_ request: Request, _ context: PageContext) async throws -> Response {
        try Self.requireSameOrigin(request)
        let form = try await Self.form(of: request)
        let name = form["name"] ?? ""
        guard !name.isEmpty, name.utf8.count <= 100, let password = form.exact("password"), password.utf8.count <= 1000 else {
            return try await signInPage(next: form["next"], trouble: "Type your name and your password.", status: .badRequest)
        }
        let now = now()
        let outcome = try await desk.attempt(
            name: name, password: password, code: form["code"] ?? "", address: context.address, reader: try await gateway.reader(), now: now
        )
        func entry(_ outcome: AuditEntry.Outcome, _ staff: StaffID?, _ role: Role?, _ detail: String = "") -> AuditEntry {
            AuditEntry(
                at: now, action: .signIn, outcome: outcome, staff: staff, role: role, address: context.address, detail: detail)
        }
        switch outcome {
        case .wrong(let staff):
            try audit.record(entry(.failed, staff, nil))
            return try await signInPage(
                next: form["next"],
                trouble: "The name, password or code is not right. If your account has a second factor, wait for the next code.",
                account: name, status: .unauthorized)
        case .shutOut(let staff, let until):
            try audit.record(entry(.refused, staff, nil, "shut out after too many failures"))
            return try await signInPage(
                next: form["next"],
                trouble: """
                    There were too many failures, here or at other offices. Signing in is possible again in \
                    \(max(1, (until - now + 59_999) / 60_000)) minutes, or at once after an administrator sets a new password.
                    """,
                account: name, status: .tooManyRequests)
        case .right(let person):
            try audit.record(entry(.done, person.id, person.profile?.role))
            let token = sessions.begin(
                person.id, address: context.address, browser: request.headers[.userAgent] ?? "", now: now)
            // A session that the browser had before does not go on under another person.
            if let old = request.cookies[Self.cookieName]?.value { sessions.end(old) }
            let account = try await gateway.reader().store.account(AccountID(of: person.id))?.current
            var response = Self.go(
                to: account?.mustChange == true ? "/account" : form["next"].flatMap(Self.ownAddress) ?? "/inbox")
            response.headers[values: .setCookie] = [Self.cookie(token)]
            return response
        }
    }

    static func cookie(_ token: String) -> String { "\(cookieName)=\(token); Path=/; Secure; HttpOnly; SameSite=Strict" }

    /// Ends a session and shows the sign-in.
    func end(_ token: String, reason: String = "out") -> Response {
        sessions.end(token)
        live.end(token: token)
        var response = Self.go(to: "/sign-in?reason=\(reason)")
        response.headers[values: .setCookie] = ["\(Self.cookieName)=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"]
        return response
    }
}
