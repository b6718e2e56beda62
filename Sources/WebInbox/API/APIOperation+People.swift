import HTTPTypes
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

// People, their accounts and their sessions. What changes an account takes the scope `administer`, and an administrator at an office's
// node like the pages.
extension APIOperation {
    private static let person = inPath("person", "The person, by id or by the name they sign in with.")
    private static let done: JSONText = .object([("person", .text("01ja…"))])
    private static let profile = [
        inBody("name", "The name colleagues see."),
        inBody("role", "What they may do.", choices: Role.allCases.map { StaffServer.word(of: $0) }),
        inBody("offices", "Their offices, by key or id, or the word “every”.", type: "array"),
        inBody("languages", "Languages they speak, as BCP 47 tags.", isRequired: false, type: "array"),
    ]
    private static let password = inBody("password", "A password, which they must change when they sign in.")

    static let people: [APIOperation] = [
        APIOperation(
            id: "listPeople", method: .get, path: "/people", group: "People", summary: "Who works for the group.", scope: .read, fields: [],
            example: .object([("people", .list([.object([("key", .text("ana")), ("name", .text("Ana Whitfield"))])]))])
        ) { server, page in try list(server, page) },
        APIOperation(
            id: "getPerson", method: .get, path: "/people/{person}", group: "People", summary: "One person, with their queues.",
            scope: .read, fields: [person],
            example: .object([("key", .text("ana")), ("name", .text("Ana Whitfield")), ("role", .text("front-desk"))])
        ) { server, page in try show(server, page) },
        APIOperation(
            id: "addPerson", method: .post, path: "/people", group: "People", summary: "Adds a person with an account.", scope: .administer,
            fields: [inBody("key", "The name to sign in with: small letters, digits, hyphens.")] + profile + [password], example: done
        ) { server, page in try await add(server, page) },
        APIOperation(
            id: "putPerson", method: .put, path: "/people/{person}", group: "People", summary: "Writes a person's profile, whole.",
            scope: .administer, fields: [person] + profile, example: done
        ) { server, page in try await put(server, page) },
        APIOperation(
            id: "disablePerson", method: .post, path: "/people/{person}/disable", group: "People",
            summary: "Takes an account out of use; its sessions end and its tokens hold no longer.", scope: .administer, fields: [person],
            example: done
        ) { server, page in try await disable(server, page) },
        APIOperation(
            id: "enablePerson", method: .post, path: "/people/{person}/enable", group: "People", summary: "Lets an account be used again.",
            scope: .administer, fields: [person], example: done
        ) { server, page in try await enable(server, page) },
        APIOperation(
            id: "setPassword", method: .post, path: "/people/{person}/password", group: "People",
            summary: "Sets somebody's password; their sessions end.", scope: .administer, fields: [person, password], example: done
        ) { server, page in try await setPassword(server, page) },
        APIOperation(
            id: "dropSecondFactor", method: .post, path: "/people/{person}/totp-off", group: "People",
            summary: "Takes the second factor off an account, as for a lost telephone.", scope: .administer, fields: [person], example: done
        ) { server, page in try await dropSecondFactor(server, page) },
        APIOperation(
            id: "listSessions", method: .get, path: "/people/{person}/sessions", group: "People",
            summary: "Where somebody is signed in at this node.", scope: .administer, fields: [person],
            example: .object([("node", .text("towson")), ("sessions", .list([.object([("id", .text("q7Zk2w1B"))])]))])
        ) { server, page in try sessions(server, page) },
        APIOperation(
            id: "endSessions", method: .post, path: "/people/{person}/end-sessions", group: "People",
            summary: "Signs somebody out: of one session at this node, or without “session” everywhere.", scope: .administer,
            fields: [person, inBody("session", "One session's id, as the list of sessions gives it.", isRequired: false)], example: done
        ) { server, page in try await endSessions(server, page) },
    ]

    // MARK: Reading

    private static func list(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        try page.require(.seePeople)
        try server.audit.record(page.entry(.readPeople, detail: "API"))
        let people = try page.directory.staff.compactMap { entry in
            try entry.profile.map { try json(entry.id, $0, server, page) }
        }
        return .object([("people", .list(people))])
    }

    private static func show(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        try page.require(.seePeople)
        let (id, profile) = try server.entry(page)
        try server.audit.record(page.entry(.readPeople, detail: "API, \(profile.key)"))
        return try json(id, profile, server, page)
    }

    /// A person as programs get one: nothing of what proves who they are.
    private static func json(_ id: StaffID, _ profile: StaffProfile, _ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        let queues = page.directory.queues.filter { $0.profile?.members.contains(id) == true }
        let account = try server.account(of: id, page)
        return .object([
            ("id", .text("\(id)")), ("key", .text(profile.key)), ("name", .text(profile.name)),
            ("role", .text(StaffServer.word(of: profile.role))), ("offices", .list(profile.offices.map { .text("\($0)") })),
            ("languages", .list(profile.languages.map { .text($0) })), ("active", .flag(profile.isActive)),
            ("queues", .list(queues.map { .object([("id", .text("\($0.id)")), ("name", .optional($0.profile?.name))]) })),
            ("secondFactor", .flag(!account.secondFactor.isEmpty)), ("mustChangePassword", .flag(account.mustChange)),
        ])
    }

    private static func sessions(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        let (id, profile) = try server.entry(page)
        if id != page.access.staff { try page.require(.manageAccounts) }
        try server.audit.record(page.entry(.readPeople, detail: "API, sessions of \(profile.key)"))
        let time = PageTime(for: page)
        let sessions = server.sessions.sessions(of: id, now: page.now).map { session -> JSONText in
            .object([
                ("id", .text(session.name)), ("address", .text(session.address)), ("browser", .text(session.browser)),
                ("began", .text(time.iso(session.began))), ("used", .text(time.iso(session.used))),
            ])
        }
        return .object([("node", .optional(server.live.status?.member?.name)), ("sessions", .list(sessions))])
    }

    // MARK: Writing

    /// The details that the body gives. Offices must be said: leaving them out would mean every office.
    private static func fields(_ page: PageRequest) throws(PageFault) -> PersonFields {
        let names = page.form.all("offices").map(\.trimmed)
        guard !names.isEmpty else { throw .malformed("The field “offices” is missing: name offices, or “every”.") }
        if names.contains("every"), names.count > 1 { throw .malformed("“every” stands alone among offices.") }
        let offices = try (names == ["every"] ? [] : names).map { name throws(PageFault) -> OfficeID in
            let id = OfficeID(hexadecimal: name)
            guard let office = page.directory.offices.first(where: { $0.id == id || $0.profile?.key == name }) else {
                throw .malformed("There is no office “\(name)”.")
            }
            return office.id
        }
        return try PersonFields(page, offices: offices, languages: page.form.all("languages"))
    }

    private static func answer(_ id: StaffID) -> JSONText { .object([("person", .text("\(id)"))]) }

    private static func add(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let fields = try fields(page)
        let id = try await server.addPerson(fields, for: page)
        return answer(id)
    }

    private static func put(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let fields = try fields(page)
        let id = try await server.changeProfile(fields, for: page)
        return answer(id)
    }

    private static func disable(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let id = try await server.setActive(false, for: page)
        return answer(id)
    }

    private static func enable(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let id = try await server.setActive(true, for: page)
        return answer(id)
    }

    private static func setPassword(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let id = try await server.setPassword(for: page)
        return answer(id)
    }

    private static func dropSecondFactor(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let id = try await server.dropSecondFactor(for: page)
        return answer(id)
    }

    private static func endSessions(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        guard let name = page.form["session"] else { return answer(try await server.endAllSessions(for: page)) }
        return answer(try server.endSession(name, for: page))
    }
}
