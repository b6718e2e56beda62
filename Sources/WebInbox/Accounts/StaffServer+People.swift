import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

extension StaffServer {
    func addPeople(to router: Router<PageContext>) {
        get("/people", in: router) { page in try await self.people(page) }
        get("/people/new", in: router) { page in
            try page.require(.editDirectory)
            return try self.page(
                "person-new", page, nav: "/people", ["key": "", "fields": self.fields(nil, page), "passwordMin": Self.passwordMin])
        }
        post("/people", in: router) { page in
            let id = try await self.addPerson(try PersonFields(page), for: page)
            return self.done("The person is added; they choose another password at the first sign-in.", id, page)
        }
        get("/people/:person", in: router) { page in try self.person(page) }
        post("/people/:person/profile", in: router) { page in
            self.done("The profile is saved.", try await self.changeProfile(try PersonFields(page), for: page), page)
        }
        post("/people/:person/disable", in: router) { page in
            self.done("The account is disabled; its sessions have ended.", try await self.setActive(false, for: page), page)
        }
        post("/people/:person/enable", in: router) { page in
            self.done("The account is in use again.", try await self.setActive(true, for: page), page)
        }
        post("/people/:person/password", in: router) { page in
            self.done("The password is set; they choose another one at the next sign-in.", try await self.setPassword(for: page), page)
        }
        post("/people/:person/totp-off", in: router) { page in
            self.done("The second factor is off.", try await self.dropSecondFactor(for: page), page)
        }
        post("/people/:person/end-sessions", in: router) { page in
            let id = try await self.endAllSessions(for: page)
            return self.done("All sessions have ended, here and wherever this is heard of.", id, page)
        }
    }

    private func done(_ words: String, _ id: StaffID, _ page: PageRequest) -> Response {
        note(words, for: page)
        return Self.go(to: "/people/\(id)")
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
}
