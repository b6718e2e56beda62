import InboxModel
import OfficeNode
import ReplicaStore

// Each document with its id, and with the keys of the others it names.
extension ControlHandler {
    /// The group's directory, each list ascending by key.
    func json(_ directory: Directory) -> JSONValue {
        [
            "offices": Self.sorted(directory.offices, by: \.key) { json($0) },
            "staff": Self.sorted(directory.staff, by: \.key) { json($0, directory) },
            "queues": Self.sorted(directory.queues, by: \.key) { json($0, directory) },
            "categories": Self.sorted(directory.categories, by: \.key) { json($0, directory) },
        ]
    }

    private static func sorted<Entity, Profile>(
        _ entries: [DirectoryEntry<Entity, Profile>], by key: KeyPath<Profile, String>,
        _ json: (DirectoryEntry<Entity, Profile>) -> JSONValue
    ) -> JSONValue {
        let sorted = entries.sorted { left, right in
            (left.profile?[keyPath: key] ?? "", left.id) < (right.profile?[keyPath: key] ?? "", right.id)
        }
        return .array(sorted.map(json))
    }

    private func json(_ entry: OfficeEntry) -> JSONValue {
        [
            "id": JSONValue(entry.id), "key": JSONValue(entry.profile?.key), "name": JSONValue(entry.profile?.name),
            "time-zone": JSONValue(entry.profile?.timeZone), "conflicted": .bool(entry.state.isConflicted),
        ]
    }

    private func json(_ entry: StaffEntry, _ directory: Directory) -> JSONValue {
        [
            "id": JSONValue(entry.id), "key": JSONValue(entry.profile?.key), "name": JSONValue(entry.profile?.name),
            "role": JSONValue(entry.profile?.role.word),
            "offices": JSONValue(texts: (entry.profile?.offices ?? []).map { directory.key(of: $0) }),
            "languages": JSONValue(texts: entry.profile?.languages ?? []),
            "active": .bool(entry.profile?.isActive ?? false), "conflicted": .bool(entry.state.isConflicted),
        ]
    }

    private func json(_ entry: QueueEntry, _ directory: Directory) -> JSONValue {
        func key(_ id: StaffID) -> String { directory.staff.first { $0.id == id }?.profile?.key ?? "\(id)" }
        return [
            "id": JSONValue(entry.id), "key": JSONValue(entry.profile?.key), "name": JSONValue(entry.profile?.name),
            "office": JSONValue(entry.profile?.office.map { directory.key(of: $0) }),
            "members": JSONValue(texts: (entry.profile?.members ?? []).map(key)),
            "primary": JSONValue(entry.profile?.primary.map(key)), "backup": JSONValue(entry.profile?.backup.map(key)),
            "conflicted": .bool(entry.state.isConflicted),
        ]
    }

    private func json(_ entry: CategoryEntry, _ directory: Directory) -> JSONValue {
        func key(_ id: QueueID) -> String { directory.queues.first { $0.id == id }?.profile?.key ?? "\(id)" }
        let destinations = (entry.profile?.destinations ?? []).map {
            (directory.key(of: $0.office), JSONValue.string(key($0.queue)))
        }
        return [
            "id": JSONValue(entry.id), "key": JSONValue(entry.profile?.key), "name": JSONValue(entry.profile?.name),
            "urgency": JSONValue(entry.profile?.urgency.word), "review": .bool(entry.profile?.needsReview ?? false),
            "response-minutes": .int(Int(entry.profile?.responseMinutes ?? 0)),
            "queues": .object(Dictionary(destinations) { first, _ in first }),
            "conflicted": .bool(entry.state.isConflicted),
        ]
    }
}
