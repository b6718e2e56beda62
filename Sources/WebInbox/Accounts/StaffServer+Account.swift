import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import Vault

extension StaffServer {
    /// The fewest characters of a password. Length keeps guesses out; there are no rules about kinds of characters.
    static let passwordMin = 12

    func addAccount(to router: Router<PageContext>) {
        get("/account", in: router) { page in try self.account(page) }
        post("/account/password", in: router) { page in try await self.changePassword(page) }
        post("/account/totp", in: router) { page in try await self.enrol(page) }
        post("/account/totp/off", in: router) { page in
            let account = try self.ownAccount(page)
            try await self.requirePassword(page, account, field: "password")
            try await self.put(AccountProfile(account, secondFactor: []), for: page)
            self.note("The second factor is off.", for: page)
            return Self.go(to: "/account")
        }
        post("/account/sessions/end", in: router) { page in
            let name = page.form["session"]
            let others = page.form.isOn("others")
            self.sessions.end { session in
                session.staff == page.access.staff && session.name != page.session.name && (others || session.name == name)
            }
            self.note("The session has ended.", for: page)
            return Self.go(to: "/account")
        }
        addTokens(to: router)
    }

    /// The account of whoever is signed in.
    private func ownAccount(_ page: PageRequest) throws -> AccountProfile { try account(of: page.access.staff, page) }

    func account(of staff: StaffID, _ page: PageRequest) throws -> AccountProfile {
        try page.reader.store.account(AccountID(of: staff))?.current ?? AccountProfile(staff: staff)
    }

    func put(_ account: AccountProfile, for page: PageRequest) async throws {
        try await perform(.putDocument(.account(AccountID(of: account.staff), account)), for: page)
    }

    private func account(_ page: PageRequest) throws -> Response {
        let account = try ownAccount(page)
        let hasFactor = !account.secondFactor.isEmpty
        var model: [String: Any] = [
            "account": ["key": page.access.profile.key, "hasTotp": hasFactor] as [String: Any], "passwordMin": Self.passwordMin,
            "sessions": sessionRows(of: page.access.staff, page), "endUrl": "/account/sessions/end",
            "hasOthers": sessions.sessions(of: page.access.staff, now: page.now).count > 1,
        ]
        if account.mustChange {
            model["notice"] =
                ["words": "Somebody else chose your password. Choose one of your own to go on.", "isRefusal": true] as [String: Any]
        }
        if !hasFactor {
            let secret = OneTimeCode.text(ofSecret: random.bytes(AccountProfile.secondFactorBytes))
            let issuer = (live.status?.groupName ?? "Suture").queryEncoded
            model["enrolment"] = [
                "secret": Self.grouped(secret), "raw": secret,
                "link": "otpauth://totp/\(issuer):\(page.access.profile.key.queryEncoded)?secret=\(secret)&issuer=\(issuer)",
            ]
        }
        return try self.page("account", page, model)
    }

    private static func grouped(_ text: String) -> String {
        var groups: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: " ")
    }

    func sessionRows(of staff: StaffID, _ page: PageRequest) -> [[String: Any]] {
        let time = PageTime(for: page)
        return sessions.sessions(of: staff, now: page.now).map { session in
            [
                "id": session.name, "where": live.status?.member?.name ?? "here", "address": session.address,
                "browser": session.browser.isEmpty ? "a program" : session.browser, "began": time.short(session.began),
                "beganIso": time.iso(session.began), "used": time.age(session.used), "usedIso": time.iso(session.used),
                "isThis": session.name == page.session.name,
            ]
        }
    }

    // MARK: Password

    /// Throws unless the form's field is the person's password. Wrong ones count as failures to sign in.
    private func requirePassword(_ page: PageRequest, _ account: AccountProfile, field: String) async throws {
        let hash = account.passwordHash.isEmpty ? nil : try PasswordHash(text: account.passwordHash)
        guard try await passwords.isRight(page.form.exact(field) ?? "", hash) else {
            try audit.record(page.entry(.signIn, .failed, detail: "present password was wrong"))
            throw PageFault(
                status: .forbidden, code: "password", what: "That is not your present password.",
                todo: "Nothing was changed. Go back and try again.")
        }
    }

    private func changePassword(_ page: PageRequest) async throws -> Response {
        let account = try ownAccount(page)
        let new = page.form.exact("password") ?? ""
        try Self.checkPassword(new)
        guard page.form.exact("again") == new else { throw PageFault.malformed("The new password was not typed the same way twice.") }
        try await requirePassword(page, account, field: "current")
        let hash = try await passwords.hash(new)
        try await put(
            AccountProfile(
                staff: account.staff, passwordHash: hash.text, secondFactor: account.secondFactor, mustChange: false,
                endedBefore: page.now),
            for: page)
        sessions.end { $0.staff == page.access.staff }
        live.end(page.access.staff)
        return end(page.token, reason: "changed")
    }

    /// Throws unless a new password is long enough.
    static func checkPassword(_ password: String) throws(PageFault) {
        guard password.count >= passwordMin, password.utf8.count <= 1000 else {
            throw .malformed("A password has at least \(passwordMin) characters and at most 1000 bytes.")
        }
    }

    // MARK: Second factor

    private func enrol(_ page: PageRequest) async throws -> Response {
        guard let secret = OneTimeCode.secret(text: try page.form.required("secret")), secret.count == AccountProfile.secondFactorBytes
        else {
            throw PageFault.malformed("The secret is not the one that the page showed.")
        }
        let account = AccountProfile(try ownAccount(page), secondFactor: secret)
        guard await desk.take(page.form["code"] ?? "", of: account, now: page.now) else {
            throw PageFault.malformed(
                "The code does not fit the secret. Check the clock of the device, and type the code that it shows now.")
        }
        try await put(account, for: page)
        note("Signing in asks for a code from now on.", for: page)
        return Self.go(to: "/account")
    }
}

extension AccountProfile {
    /// The account with another second factor.
    init(_ account: AccountProfile, secondFactor: [UInt8]) {
        self.init(
            staff: account.staff, passwordHash: account.passwordHash, secondFactor: secondFactor, mustChange: account.mustChange,
            endedBefore: account.endedBefore)
    }
}
