import Causality
import InboxModel

/// A profile that people name by a short key.
protocol KeyedProfile: Hashable, Sendable, CanonicalCodable {
    var key: String { get }
    /// `document.kind`: never changed, because stored.
    static var kind: Int64 { get }
}

extension OfficeProfile: KeyedProfile { static var kind: Int64 { 0 } }
extension StaffProfile: KeyedProfile { static var kind: Int64 { 1 } }
extension QueueProfile: KeyedProfile { static var kind: Int64 { 2 } }
extension CategoryProfile: KeyedProfile { static var kind: Int64 { 3 } }

extension AccountProfile: KeyedProfile {
    // The person has the key.
    var key: String { "" }
    static var kind: Int64 { 4 }
}

extension TokenProfile: KeyedProfile {
    // Looked up by its hash.
    var key: String { "" }
    static var kind: Int64 { 5 }
}

extension AuthorityProfile: KeyedProfile {
    // Known by its certificate.
    var key: String { "" }
    static var kind: Int64 { 6 }
}

/// Every document of one kind in memory, from its first use. There are hundreds at most, and every command looks into
/// them.
struct DocumentTable<Entity, Profile: KeyedProfile> {
    private var states: [EntityID<Entity>: DocumentState<Profile>] = [:]
    private var isLoaded = false
    private var dirty: Set<EntityID<Entity>> = []

    /// The documents, ascending by id.
    mutating func all(in source: some StatementSource) throws -> [DirectoryEntry<Entity, Profile>] {
        try load(from: source)
        return states.map { DirectoryEntry(id: $0.key, state: $0.value) }.sorted { $0.id < $1.id }
    }

    /// The document, or nil.
    mutating func state(_ id: EntityID<Entity>, in source: some StatementSource) throws -> DocumentState<Profile>? {
        try load(from: source)
        return states[id]
    }

    /// The document whose version in force has `key`, case aside; of several the one with the smallest id.
    mutating func entry(key: String, in source: some StatementSource) throws -> DirectoryEntry<Entity, Profile>? {
        let wanted = key.lowercased()
        return try all(in: source).first { $0.profile?.key.lowercased() == wanted }
    }

    /// Merges one version.
    mutating func apply(
        _ profile: Profile, to id: EntityID<Entity>, context: VersionVector, of set: ChangeSet, in source: some StatementSource
    ) throws {
        try load(from: source)
        states[id, default: DocumentState()].apply(profile, context: context, of: set)
        dirty.insert(id)
    }

    /// Deletes the document, as if no version of it had come.
    mutating func remove(_ id: EntityID<Entity>, in source: some StatementSource) throws {
        try load(from: source)
        states[id] = nil
        dirty.remove(id)
        try source.run("DELETE FROM document WHERE kind = ? AND id = ?") {
            $0.bind(1, Profile.kind)
            $0.bindCopy(2, high: id.high, low: id.low)
        }
    }

    /// Writes what changed.
    mutating func flush(to source: some StatementSource) throws {
        for id in dirty.sorted() {
            guard let state = states[id] else { continue }
            try source.run(
                """
                INSERT INTO document (kind, id, key, state) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (kind, id) DO UPDATE SET key = ?3, state = ?4
                """
            ) {
                $0.bind(1, Profile.kind)
                $0.bindCopy(2, high: id.high, low: id.low)
                $0.bindCopy(3, state.current?.key ?? "")
                $0.bindCopy(4, state.canonicalBytes)
            }
        }
        dirty.removeAll()
    }

    private mutating func load(from source: some StatementSource) throws {
        if isLoaded { return }
        for entry in try DirectoryQueries.all(Profile.self, of: Entity.self, in: source) { states[entry.id] = entry.state }
        isLoaded = true
    }
}

/// Reads documents from their rows.
enum DirectoryQueries {
    /// The documents of one kind, ascending by id.
    static func all<Entity, Profile: KeyedProfile>(
        _ profile: Profile.Type, of entity: Entity.Type, in source: some StatementSource
    ) throws -> [DirectoryEntry<Entity, Profile>] {
        var entries: [DirectoryEntry<Entity, Profile>] = []
        try source.forEachRow("SELECT id, state FROM document WHERE kind = ? ORDER BY id", bind: { $0.bind(1, Profile.kind) }) {
            entries.append(try entry($0))
        }
        return entries
    }

    private static func entry<Entity, Profile: KeyedProfile>(_ row: PreparedStatement) throws -> DirectoryEntry<Entity, Profile> {
        let id: EntityID<Entity> = try StoredState.id(row.borrowedBlob(0))
        let state = try StoredState.decode(DocumentState<Profile>.self, row.borrowedBlob(1), "directory document", "\(id)")
        return DirectoryEntry(id: id, state: state)
    }
}
