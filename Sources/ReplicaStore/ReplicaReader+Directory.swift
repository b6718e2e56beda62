public import InboxModel

extension ReplicaReader {
    /// All offices, ascending by id.
    public func offices() throws -> [OfficeEntry] { try documents() }
    /// All who work for the group, ascending by id.
    public func staff() throws -> [StaffEntry] { try documents() }
    /// All queues, ascending by id.
    public func queues() throws -> [QueueEntry] { try documents() }
    /// All categories, ascending by id.
    public func categories() throws -> [CategoryEntry] { try documents() }

    /// All accounts, ascending by id.
    public func accounts() throws -> [AccountEntry] { try documents() }
    /// All keys of programs to the JSON API, ascending by id.
    public func tokens() throws -> [TokenEntry] { try documents() }
    /// All certificate authorities of the pages, ascending by id.
    public func authorities() throws -> [AuthorityEntry] { try documents() }

    /// An office, or nil.
    public func office(_ id: OfficeID) throws -> DocumentState<OfficeProfile>? { try document(id) }
    /// A person who works for the group, or nil.
    public func staff(_ id: StaffID) throws -> DocumentState<StaffProfile>? { try document(id) }
    /// A queue, or nil.
    public func queue(_ id: QueueID) throws -> DocumentState<QueueProfile>? { try document(id) }
    /// A category, or nil.
    public func category(_ id: CategoryID) throws -> DocumentState<CategoryProfile>? { try document(id) }

    /// A person's account, or nil.
    public func account(_ id: AccountID) throws -> DocumentState<AccountProfile>? { try document(id) }
    /// A program's key to the JSON API, or nil.
    public func token(_ id: TokenID) throws -> DocumentState<TokenProfile>? { try document(id) }
    /// A certificate authority of the pages, or nil.
    public func authority(_ id: AuthorityID) throws -> DocumentState<AuthorityProfile>? { try document(id) }

    /// The office of `key`, case aside; of several the one with the smallest id.
    public func office(key: String) throws -> OfficeEntry? { try document(key: key) }
    /// The person of `key`, case aside; of several the one with the smallest id.
    public func staff(key: String) throws -> StaffEntry? { try document(key: key) }
    /// The queue of `key`, case aside; of several the one with the smallest id.
    public func queue(key: String) throws -> QueueEntry? { try document(key: key) }
    /// The category of `key`, case aside; of several the one with the smallest id.
    public func category(key: String) throws -> CategoryEntry? { try document(key: key) }

    private func documents<Entity, Profile: KeyedProfile>() throws -> [DirectoryEntry<Entity, Profile>] {
        let asOf = directoryCommits
        if mayKeep, let held = documentsHeld.entries(Profile.self, of: Entity.self, asOf: asOf) { return held }
        let entries = try read("Reading the directory") { try DirectoryQueries.all(Profile.self, of: Entity.self, in: $0) }
        if mayKeep { documentsHeld.keep(entries, asOf: asOf) }
        return entries
    }

    private func document<Entity, Profile: KeyedProfile>(_ id: EntityID<Entity>) throws -> DocumentState<Profile>? {
        // Ascending by id, and few.
        let entries: [DirectoryEntry<Entity, Profile>] = try documents()
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].id == id ? entries[low].state : nil
    }

    private func document<Entity, Profile: KeyedProfile>(key: String) throws -> DirectoryEntry<Entity, Profile>? {
        let wanted = key.lowercased()
        return try documents().first { (entry: DirectoryEntry<Entity, Profile>) in entry.profile?.key.lowercased() == wanted }
    }

    // MARK: Patients

    /// The patients whose name, without case and accents, contains `text`; those whose name begins with it first,
    /// then by name. All by name where the text is blank.
    public func patients(matching text: String = "", limit: Int = 50) throws -> [PatientState] {
        let wanted = PatientRows.folded(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return try read("Looking for patients") { source in
            // Names that begin so lie together in the index; only where they are too few is every name looked at.
            let first = try Self.patients(
                """
                SELECT id, state FROM patient INDEXED BY patient_name WHERE folded >= ?1 AND folded < ?1 || char(0x10FFFF)
                ORDER BY folded, id LIMIT ?2
                """, wanted, limit, in: source)
            if first.count >= limit || wanted.isEmpty { return first }
            return try Self.patients(
                // instr and substr instead of LIKE: a person's % and _ mean themselves.
                """
                SELECT id, state FROM patient WHERE no IN (
                    SELECT no FROM patient INDEXED BY patient_name WHERE instr(folded, ?1) > 0
                    ORDER BY substr(folded, 1, length(?1)) <> ?1, folded, id LIMIT ?2)
                ORDER BY substr(folded, 1, length(?1)) <> ?1, folded, id
                """, wanted, limit, in: source)
        }
    }

    private static func patients(
        _ query: String, _ wanted: String, _ limit: Int, in source: some StatementSource
    ) throws -> [PatientState] {
        var states: [PatientState] = []
        try source.forEachRow(
            query,
            bind: {
                $0.bindCopy(1, wanted)
                $0.bind(2, Int64(max(0, limit)))
            }
        ) { row in
            let id: PatientID = try StoredState.id(row.borrowedBlob(0))
            states.append(try StoredState.decode(PatientState.self, row.borrowedBlob(1), "patient", "\(id)"))
        }
        return states
    }

    /// A patient, or nil where nothing is known of them.
    public func patient(_ id: PatientID) throws -> PatientState? {
        try read("Reading a patient") { try PatientRows.load(id, from: $0) }
    }
}
