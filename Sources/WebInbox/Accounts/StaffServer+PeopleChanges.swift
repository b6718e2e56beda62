import Causality
import HTTPTypes
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import Vault

// What is done to people and their accounts, the same from a page's form and from a program. Each throws `PageFault` and returns whom it
// was done to; each is decided here and again by the node.

extension StaffServer {
    /// The person of the address, by id or by the name they sign in with.
    func entry(_ page: PageRequest) throws -> (StaffID, StaffProfile) {
        let name = page.context.parameters.get("person") ?? ""
        let id = StaffID(hexadecimal: name)
        guard let entry = page.directory.staff.first(where: { $0.id == id || $0.profile?.key == name }), let profile = entry.profile else {
            throw PageFault(status: .notFound, code: "not-found", what: "There is no such person.", todo: "Look in the list of people.")
        }
        return (entry.id, profile)
    }

    func addPerson(_ fields: PersonFields, for page: PageRequest) async throws -> StaffID {
        try page.require(.editDirectory)
        try page.require(.manageAccounts)
        let key = try page.form.required("key").lowercased()
        guard key.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }), key.utf8.count <= 40 else {
            throw PageFault.malformed("The name to sign in with has small letters, digits and hyphens only.")
        }
        guard try page.reader.store.staff(key: key) == nil else { throw PageFault.malformed("Somebody else signs in as “\(key)”.") }
        let password = page.form.exact("password") ?? ""
        try Self.checkPassword(password)
        let id = StaffID(milliseconds: page.now, entropy: (random.uint64(), random.uint64()))
        let hash = try await passwords.hash(password)
        try await perform(.putDocument(.staff(id, fields.profile(key: key, isActive: true))), for: page)
        try await put(AccountProfile(staff: id, passwordHash: hash.text, mustChange: true), for: page)
        return id
    }

    func changeProfile(_ fields: PersonFields, for page: PageRequest) async throws -> StaffID {
        let (id, old) = try entry(page)
        try await perform(.putDocument(.staff(id, fields.profile(key: old.key, isActive: old.isActive))), for: page)
        return id
    }

    /// Disables an account, which ends its sessions, or lets it be used again.
    func setActive(_ isActive: Bool, for page: PageRequest) async throws -> StaffID {
        let (id, old) = try entry(page)
        if id == page.access.staff { throw PageFault.malformed("Nobody disables their own account: ask another administrator.") }
        let profile = StaffProfile(
            key: old.key, name: old.name, role: old.role, offices: old.offices, languages: old.languages, isActive: isActive)
        try await perform(.putDocument(.staff(id, profile)), for: page)
        if !isActive { endSessions(of: id) }
        return id
    }

    /// Sets somebody's password: they choose another at the next sign-in, and their sessions end.
    func setPassword(for page: PageRequest) async throws -> StaffID {
        let (id, _) = try entry(page)
        let password = page.form.exact("password") ?? ""
        try Self.checkPassword(password)
        try page.require(.manageAccounts)
        let old = try account(of: id, page)
        let hash = try await passwords.hash(password)
        try await put(
            AccountProfile(
                staff: id, passwordHash: hash.text, secondFactor: old.secondFactor, mustChange: id != page.access.staff,
                endedBefore: page.now), for: page)
        endSessions(of: id)
        return id
    }

    /// Takes somebody's second factor away. One's own takes the password too, on the page of one's account: an open browser that was
    /// left alone must not do.
    func dropSecondFactor(for page: PageRequest) async throws -> StaffID {
        let (id, _) = try entry(page)
        try page.require(.manageAccounts)
        if id == page.access.staff {
            throw PageFault.malformed("Your own second factor goes with your password, on the page of your account (/account).")
        }
        try await put(AccountProfile(try account(of: id, page), secondFactor: []), for: page)
        return id
    }

    /// Ends somebody's sessions at every node that hears of it.
    func endAllSessions(for page: PageRequest) async throws -> StaffID {
        let (id, _) = try entry(page)
        if id != page.access.staff { try page.require(.manageAccounts) }
        let old = try account(of: id, page)
        try await put(
            AccountProfile(
                staff: id, passwordHash: old.passwordHash, secondFactor: old.secondFactor, mustChange: old.mustChange,
                endedBefore: page.now), for: page)
        endSessions(of: id)
        return id
    }

    /// Ends one of somebody's sessions at this node, by its name.
    func endSession(_ name: String, for page: PageRequest) throws -> StaffID {
        let (id, _) = try entry(page)
        if id != page.access.staff { try page.require(.manageAccounts) }
        guard sessions.sessions(of: id, now: page.now).contains(where: { $0.name == name }) else {
            throw PageFault(
                status: .notFound, code: "not-found", what: "There is no such session at this node.", todo: "Nothing was changed.")
        }
        sessions.end { $0.staff == id && $0.name == name }
        return id
    }

    private func endSessions(of staff: StaffID) {
        sessions.end { $0.staff == staff }
        live.end(staff)
    }
}

/// A person's details as a form or a program sends them.
struct PersonFields {
    let name: String
    let role: Role
    let offices: [OfficeID]
    let languages: [String]

    /// What a page's form sent. Throws `PageFault` where it makes no sense.
    init(_ page: PageRequest) throws(PageFault) {
        let offices = try page.form.all("office").filter { !$0.isEmpty }.map { text throws(PageFault) in
            guard let id = OfficeID(hexadecimal: text) else { throw .malformed("There is no such office.") }
            return id
        }
        try self.init(page, offices: offices, languages: (page.form["languages"] ?? "").split(separator: ",").map(String.init))
    }

    /// Details with offices and languages that were read elsewhere.
    init(_ page: PageRequest, offices: [OfficeID], languages: [String]) throws(PageFault) {
        let word = try page.form.required("role")
        guard let role = Role.allCases.first(where: { StaffServer.word(of: $0) == word }) else {
            throw .malformed("There is no such role.")
        }
        name = try page.form.required("name")
        self.role = role
        self.offices = offices
        self.languages = languages.map(\.trimmed).filter { !$0.isEmpty }
    }

    func profile(key: String, isActive: Bool) -> StaffProfile {
        StaffProfile(key: key, name: name, role: role, offices: offices, languages: languages, isActive: isActive)
    }
}
