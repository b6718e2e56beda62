import InboxModel
import OfficeNode
import ReplicaStore
import Vault

extension ControlVerb {
    /// Offices, people, queues and categories. A `put` of a key that exists writes a new version of that document: what is left
    /// out stays as it is.
    static let directoryVerbs: [String: ControlVerb] = [
        "directory": ControlVerb { handler, _ in handler.json(try await handler.lookup().directory) },
        "office-put": ControlVerb(["key", "name", "time-zone", "as"]) { handler, arguments in
            try await handler.put(arguments) { lookup in
                let key = try arguments.requiredText("key")
                let old = lookup.existing(\.offices, \.key, key)
                let profile = OfficeProfile(
                    key: key,
                    name: try arguments.text("name", or: old?.profile?.name),
                    timeZone: try arguments.text("time-zone", or: old?.profile?.timeZone))
                return .office(old?.id ?? handler.newID(), profile)
            }
        },
        "staff-put": ControlVerb(
            ["key", "name", "role", "offices", "languages", "active", "as"]
        ) { handler, arguments in
            try await handler.put(arguments) { try handler.staffDocument(arguments, $0) }
        },
        "staff-password": ControlVerb(["key", "password", "change", "as"]) { handler, arguments in
            try await handler.setPassword(arguments)
        },
        "staff-sign-out": ControlVerb(["key", "as"]) { handler, arguments in
            try await handler.changeAccount(arguments) { account in
                AccountProfile(
                    staff: account.staff, passwordHash: account.passwordHash, secondFactor: account.secondFactor,
                    mustChange: account.mustChange, endedBefore: WallClock.now())
            }
        },
        "staff-second-factor-off": ControlVerb(["key", "as"]) { handler, arguments in
            try await handler.changeAccount(arguments) { account in
                AccountProfile(
                    staff: account.staff, passwordHash: account.passwordHash, mustChange: account.mustChange,
                    endedBefore: account.endedBefore)
            }
        },
        "queue-put": ControlVerb(
            ["key", "name", "office", "members", "primary", "backup", "as"]
        ) { handler, arguments in
            try await handler.put(arguments) { try handler.queueDocument(arguments, $0) }
        },
        "category-put": ControlVerb(
            ["key", "name", "urgency", "review", "response-minutes", "queues", "as"]
        ) { handler, arguments in
            try await handler.put(arguments) { try handler.categoryDocument(arguments, $0) }
        },
    ]
}

extension ControlArguments {
    /// The text, or what stands there already; throws where there is neither.
    fileprivate func text(_ name: String, or old: String?) throws(ControlFailure) -> String {
        if let text = try text(name) { return text }
        guard let old else { throw .invalid("'\(name)' is missing") }
        return old
    }
}

extension NameLookup {
    /// The document of that key, case aside; of several the one with the smallest id.
    fileprivate func existing<Entity, Profile>(
        _ list: KeyPath<Directory, [DirectoryEntry<Entity, Profile>]>, _ name: KeyPath<Profile, String>, _ key: String
    ) -> DirectoryEntry<Entity, Profile>? {
        directory[keyPath: list].first { $0.profile?[keyPath: name].lowercased() == key.lowercased() }
    }
}

extension ControlHandler {
    fileprivate func newID<Entity>() -> EntityID<Entity> {
        let random = SystemRandomSource()
        return EntityID(milliseconds: WallClock.now(), entropy: (random.uint64(), random.uint64()))
    }

    /// Writes a document and answers with its id and key.
    fileprivate func put(
        _ arguments: ControlArguments, _ make: (NameLookup) throws -> DirectoryDocument
    ) async throws -> JSONValue {
        let lookup = try await lookup()
        let actor = try actor(arguments, lookup)
        let document = try make(lookup)
        let outcome = try await carryOut(.putDocument(document), as: actor, lookup: lookup)
        guard case .object(var members) = try json(outcome, lookup: lookup) else { return .null }
        (members["id"], members["key"]) =
            switch document {
            case .office(let id, let profile): (JSONValue(id), .string(profile.key))
            case .staff(let id, let profile): (JSONValue(id), .string(profile.key))
            case .queue(let id, let profile): (JSONValue(id), .string(profile.key))
            case .category(let id, let profile): (JSONValue(id), .string(profile.key))
            case .account(let id, _): (JSONValue(id), .null)
            case .token(let id, _): (JSONValue(id), .null)
            case .authority(let id, _): (JSONValue(id), .null)
            }
        return .object(members)
    }

    fileprivate func staffDocument(_ arguments: ControlArguments, _ lookup: NameLookup) throws -> DirectoryDocument {
        let key = try arguments.requiredText("key")
        let old = lookup.existing(\.staff, \.key, key)
        guard let role = try arguments.word("role") ?? old?.profile?.role else {
            throw ControlFailure.invalid("'role' is missing: one of \(Role.words.joined(separator: ", "))")
        }
        let offices = try arguments.texts("offices")?.map { name throws in try lookup.office(name) }
        let profile = StaffProfile(
            key: key, name: try arguments.text("name", or: old?.profile?.name), role: role,
            offices: offices ?? old?.profile?.offices ?? [],
            languages: try arguments.texts("languages") ?? old?.profile?.languages ?? [],
            isActive: try arguments.flag("active") ?? old?.profile?.isActive ?? true)
        return .staff(old?.id ?? newID(), profile)
    }

    fileprivate func queueDocument(_ arguments: ControlArguments, _ lookup: NameLookup) throws -> DirectoryDocument {
        let key = try arguments.requiredText("key")
        let old = lookup.existing(\.queues, \.key, key)
        func person(_ name: String) throws -> StaffID? { try arguments.text(name).map { name throws in try lookup.staff(name) } }
        let office = try arguments.text("office").map { name throws in try lookup.office(name) }
        let members = try arguments.texts("members")?.map { name throws in try lookup.staff(name) }
        let profile = QueueProfile(
            key: key, name: try arguments.text("name", or: old?.profile?.name), office: office ?? old?.profile?.office,
            members: members ?? old?.profile?.members ?? [], primary: try person("primary") ?? old?.profile?.primary,
            backup: try person("backup") ?? old?.profile?.backup)
        return .queue(old?.id ?? newID(), profile)
    }

    fileprivate func categoryDocument(_ arguments: ControlArguments, _ lookup: NameLookup) throws -> DirectoryDocument {
        let key = try arguments.requiredText("key")
        let old = lookup.existing(\.categories, \.key, key)
        let destinations = try arguments.textsByName("queues")?.map { entry throws in
            CategoryProfile.Destination(office: try lookup.office(entry.name), queue: try lookup.queue(entry.text))
        }
        let minutes = try arguments.number("response-minutes", in: 1...525_600).map { UInt32($0) }
        let profile = CategoryProfile(
            key: key, name: try arguments.text("name", or: old?.profile?.name),
            urgency: try arguments.word("urgency") ?? old?.profile?.urgency ?? .routine,
            needsReview: try arguments.flag("review") ?? old?.profile?.needsReview ?? false,
            responseMinutes: minutes ?? old?.profile?.responseMinutes ?? 480,
            destinations: destinations ?? old?.profile?.destinations ?? [])
        guard !profile.destinations.isEmpty else {
            throw ControlFailure.invalid("'queues' is missing: say for each office which queue receives the category")
        }
        return .category(old?.id ?? newID(), profile)
    }
}
