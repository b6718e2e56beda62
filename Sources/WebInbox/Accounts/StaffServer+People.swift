import Causality
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import Vault

extension StaffServer {
    func addPeople(to router: Router<PageContext>) {
        get("/people", in: router) { page in try await self.people(page) }
        get("/people/new", in: router) { page in
            try page.require(.editDirectory)
            return try self.page(
                "person-new", page, nav: "/people", ["key": "", "fields": self.fields(nil, page), "passwordMin": Self.passwordMin])
        }
        post("/people", in: router) { page in try await self.addPerson(page) }
        get("/people/:person", in: router) { page in try self.person(page) }
        post("/people/:person/profile", in: router) { page in
            let (id, old) = try self.entry(page)
            let profile = try self.profile(page, key: old.key, isActive: old.isActive)
            try await self.perform(.putDocument(.staff(id, profile)), for: page)
            return self.done("The profile is saved.", id, page)
        }
        for (word, isActive) in [("disable", false), ("enable", true)] {
            post("/people/:person/\(word)", in: router) { page in
                let (id, old) = try self.entry(page)
                if id == page.access.staff { throw PageFault.malformed("Nobody disables their own account: ask another administrator.") }
                let profile = StaffProfile(
                    key: old.key, name: old.name, role: old.role, offices: old.offices, languages: old.languages, isActive: isActive)
                try await self.perform(.putDocument(.staff(id, profile)), for: page)
                if !isActive { self.endSessions(of: id) }
                return self.done(isActive ? "The account is in use again." : "The account is disabled; its sessions have ended.", id, page)
            }
        }
        post("/people/:person/password", in: router) { page in
            let (id, _) = try self.entry(page)
            let password = page.form.exact("password") ?? ""
            try Self.checkPassword(password)
            try page.require(.manageAccounts)
            let old = try self.account(of: id, page)
            let hash = try await self.passwords.hash(password)
            try await self.put(
                AccountProfile(
                    staff: id, passwordHash: hash.text, secondFactor: old.secondFactor, mustChange: id != page.access.staff,
                    endedBefore: page.now), for: page)
            self.endSessions(of: id)
            return self.done("The password is set; they choose another one at the next sign-in.", id, page)
        }
        post("/people/:person/totp-off", in: router) { page in
            let (id, _) = try self.entry(page)
            try await self.put(AccountProfile(try self.account(of: id, page), secondFactor: []), for: page)
            return self.done("The second factor is off.", id, page)
        }
        post("/people/:person/end-sessions", in: router) { page in
            let (id, _) = try self.entry(page)
            let old = try self.account(of: id, page)
            try await self.put(
                AccountProfile(
                    staff: id, passwordHash: old.passwordHash, secondFactor: old.secondFactor, mustChange: old.mustChange,
                    endedBefore: page.now), for: page)
            self.endSessions(of: id)
            return self.done("All sessions have ended, here and wherever this is heard of.", id, page)
        }
    }

    private func done(_ words: String, _ id: StaffID, _ page: PageRequest) -> Response {
        note(words, for: page)
        return Self.go(to: "/people/\(id)")
    }

    private func endSessions(of staff: StaffID) {
        sessions.end { $0.staff == staff }
        live.end(staff)
    }

    // MARK: Showing

    private func people(_ page: PageRequest) async throws -> Response {
        try page.require(.seePeople)
        if !page.isBackground { try audit.record(page.entry(.readPeople)) }
        let time = PageTime(for: page)
        return try self.page(
            "people", page, nav: "/people",
            [
                "canEdit": page.access.decision(.editDirectory).isAllowed,
                "people": try page.directory.staff.compactMap { entry -> [String: Any]? in
                    guard let profile = entry.profile else { return nil }
                    let sessions = sessions.sessions(of: entry.id, now: page.now)
                    var row: [String: Any] = [
                        "name": profile.name, "url": "/people/\(entry.id)", "key": profile.key, "role": RoleWords.name(of: profile.role),
                        "offices": Self.offices(of: profile, page.directory),
                        "languages": profile.languages.map { LanguageWords.name(of: $0) }.joined(separator: ", "),
                        "isActive": profile.isActive,
                        "isLocked": false, "hasTotp": !(try account(of: entry.id, page).secondFactor.isEmpty), "sessions": sessions.count,
                        "seen": false, "iso": "",
                    ]
                    if let last = sessions.first {
                        row["seen"] = time.age(last.used)
                        row["iso"] = time.iso(last.used)
                    }
                    return row
                }.sorted { ($0["name"] as? String ?? "") < ($1["name"] as? String ?? "") },
            ])
    }

    private static func offices(of profile: StaffProfile, _ directory: Directory) -> String {
        profile.offices.isEmpty ? "every office" : profile.offices.map { directory.name(of: $0) }.joined(separator: ", ")
    }

    private func entry(_ page: PageRequest) throws -> (StaffID, StaffProfile) {
        guard let id = page.context.parameters.get("person").flatMap({ StaffID(hexadecimal: $0) }),
            let profile = page.directory.staff.first(where: { $0.id == id })?.profile
        else {
            throw PageFault(status: .notFound, code: "not-found", what: "There is no such person.", todo: "Look in the list of people.")
        }
        return (id, profile)
    }

    private func person(_ page: PageRequest) throws -> Response {
        try page.require(.seePeople)
        let (id, profile) = try entry(page)
        let mayManage = page.access.decision(.manageAccounts).isAllowed
        if !page.isBackground { try audit.record(page.entry(.readPeople, detail: profile.key)) }
        let rows = mayManage || id == page.access.staff ? sessionRows(of: id, page) : []
        let queues = page.directory.queues.filter { $0.profile?.members.contains(id) == true }.compactMap { $0.profile?.name }
        var facts: [[String: Any]] = [
            ["name": "Role", "value": RoleWords.name(of: profile.role)],
            ["name": "Offices", "value": Self.offices(of: profile, page.directory)],
        ]
        if !queues.isEmpty { facts.append(["name": "Queues", "value": queues.joined(separator: ", ")]) }
        return try self.page(
            "person", page, nav: "/people",
            [
                "person": [
                    "name": profile.name, "url": "/people/\(id)", "key": profile.key, "isActive": profile.isActive,
                    "hasTotp": !(try account(of: id, page).secondFactor.isEmpty), "isSelf": id == page.access.staff,
                ] as [String: Any],
                "facts": facts, "canEdit": mayManage && page.access.decision(.editDirectory).isAllowed, "fields": fields(profile, page),
                "passwordMin": Self.passwordMin, "sessions": rows, "hasSessions": !rows.isEmpty,
            ])
    }

    private func fields(_ profile: StaffProfile?, _ page: PageRequest) -> [String: Any] {
        [
            "name": profile?.name ?? "",
            "roles": Role.allCases.map { role -> [String: Any] in
                ["value": Self.word(of: role), "name": RoleWords.name(of: role), "isSelected": role == profile?.role]
            },
            "offices": page.directory.offices.map { office -> [String: Any] in
                ["value": "\(office.id)", "name": office.profile?.name ?? "", "isSelected": profile?.offices.contains(office.id) == true]
            },
            "languages": profile?.languages.joined(separator: ", ") ?? "en",
        ]
    }

    // MARK: Writing

    static func word(of role: Role) -> String {
        switch role {
        case .frontDesk: "front-desk"
        case .onCall: "on-call"
        case .complianceOfficer: "compliance-officer"
        default: "\(role)"
        }
    }

    private func profile(_ page: PageRequest, key: String, isActive: Bool) throws -> StaffProfile {
        let form = page.form
        let word = try form.required("role")
        guard let role = Role.allCases.first(where: { Self.word(of: $0) == word }) else {
            throw PageFault.malformed("There is no such role.")
        }
        let offices = try form.all("office").filter { !$0.isEmpty }.map { text throws(PageFault) in
            guard let id = OfficeID(hexadecimal: text) else { throw .malformed("There is no such office.") }
            return id
        }
        let languages = (form["languages"] ?? "").split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
        return StaffProfile(
            key: key, name: try form.required("name"), role: role, offices: offices, languages: languages, isActive: isActive)
    }

    private func addPerson(_ page: PageRequest) async throws -> Response {
        try page.require(.editDirectory)
        try page.require(.manageAccounts)
        let key = try page.form.required("key").lowercased()
        guard key.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }), key.utf8.count <= 40 else {
            throw PageFault.malformed("The name to sign in with has small letters, digits and hyphens only.")
        }
        guard try page.reader.store.staff(key: key) == nil else { throw PageFault.malformed("Somebody else signs in as “\(key)”.") }
        let password = page.form.exact("password") ?? ""
        try Self.checkPassword(password)
        let profile = try profile(page, key: key, isActive: true)
        let id = StaffID(milliseconds: page.now, entropy: (random.uint64(), random.uint64()))
        let hash = try await passwords.hash(password)
        try await perform(.putDocument(.staff(id, profile)), for: page)
        try await put(AccountProfile(staff: id, passwordHash: hash.text, mustChange: true), for: page)
        return done("The person is added; they choose another password at the first sign-in.", id, page)
    }
}
