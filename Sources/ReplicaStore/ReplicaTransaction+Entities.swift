import Causality
public import InboxModel

extension ReplicaTransaction {
    /// How many patients a transaction keeps in memory before it writes them.
    private static let patientsMax = 4096

    // MARK: Lookups

    /// The state of a thread, or nil where nothing is known of it.
    public func threadState(_ id: ThreadID) throws -> ThreadState? {
        try requireOpen()
        try makeRoom()
        return try thread(id)?.state
    }

    /// The state of a patient, or nil where nothing is known of them.
    public func patientState(_ id: PatientID) throws -> PatientState? {
        try requireOpen()
        return try patients[id] ?? PatientRows.load(id, from: working.connection)
    }

    /// An office, or nil.
    public func office(_ id: OfficeID) throws -> DocumentState<OfficeProfile>? { try working.offices.state(id, in: working.connection) }
    /// A person who works for the group, or nil.
    public func staff(_ id: StaffID) throws -> DocumentState<StaffProfile>? { try working.staff.state(id, in: working.connection) }
    /// A queue, or nil.
    public func queue(_ id: QueueID) throws -> DocumentState<QueueProfile>? { try working.queues.state(id, in: working.connection) }
    /// A category, or nil.
    public func category(_ id: CategoryID) throws -> DocumentState<CategoryProfile>? {
        try working.categories.state(id, in: working.connection)
    }

    /// A person's account, or nil.
    public func account(_ id: AccountID) throws -> DocumentState<AccountProfile>? {
        try working.accounts.state(id, in: working.connection)
    }
    /// A program's key to the JSON API, or nil.
    public func token(_ id: TokenID) throws -> DocumentState<TokenProfile>? {
        try working.tokens.state(id, in: working.connection)
    }
    /// A certificate authority of the pages, or nil.
    public func authority(_ id: AuthorityID) throws -> DocumentState<AuthorityProfile>? {
        try working.authorities.state(id, in: working.connection)
    }

    /// All offices, ascending by id.
    public func offices() throws -> [OfficeEntry] { try working.offices.all(in: working.connection) }
    /// All who work for the group, ascending by id.
    public func staff() throws -> [StaffEntry] { try working.staff.all(in: working.connection) }
    /// All queues, ascending by id.
    public func queues() throws -> [QueueEntry] { try working.queues.all(in: working.connection) }
    /// All categories, ascending by id.
    public func categories() throws -> [CategoryEntry] { try working.categories.all(in: working.connection) }

    /// The office of `key`, case aside; of several the one with the smallest id.
    public func office(key: String) throws -> OfficeEntry? { try working.offices.entry(key: key, in: working.connection) }
    /// The person of `key`, case aside; of several the one with the smallest id.
    public func staff(key: String) throws -> StaffEntry? { try working.staff.entry(key: key, in: working.connection) }
    /// The queue of `key`, case aside; of several the one with the smallest id.
    public func queue(key: String) throws -> QueueEntry? { try working.queues.entry(key: key, in: working.connection) }
    /// The category of `key`, case aside; of several the one with the smallest id.
    public func category(key: String) throws -> CategoryEntry? { try working.categories.entry(key: key, in: working.connection) }

    // MARK: Merging

    func apply(_ change: PatientChange, to id: PatientID, context: VersionVector, of changeSet: ChangeSet) throws {
        var state = try patients[id] ?? PatientRows.load(id, from: working.connection) ?? PatientState(id: id)
        state.apply(change, context: context, of: changeSet)
        if patients.count >= Self.patientsMax { try flushPatients() }
        patients[id] = state
        dirtyPatients.insert(id)
        touchedPatientIDs.insert(id)
    }

    func flushPatients() throws {
        for id in dirtyPatients.sorted() {
            if let state = patients[id] { try PatientRows.write(state, to: working.connection) }
        }
        dirtyPatients.removeAll()
        patients.removeAll()
    }

    func apply(_ document: DirectoryDocument, context: VersionVector, of changeSet: ChangeSet) throws {
        switch document {
        case .office(let id, let profile):
            try working.offices.apply(profile, to: id, context: context, of: changeSet, in: working.connection)
        case .staff(let id, let profile):
            try working.staff.apply(profile, to: id, context: context, of: changeSet, in: working.connection)
        case .queue(let id, let profile):
            try working.queues.apply(profile, to: id, context: context, of: changeSet, in: working.connection)
        case .category(let id, let profile):
            try working.categories.apply(profile, to: id, context: context, of: changeSet, in: working.connection)
        case .account(let id, let profile):
            try working.accounts.apply(profile, to: id, context: context, of: changeSet, in: working.connection)
        case .token(let id, let profile):
            try working.tokens.apply(profile, to: id, context: context, of: changeSet, in: working.connection)
        case .authority(let id, let profile):
            try working.authorities.apply(profile, to: id, context: context, of: changeSet, in: working.connection)
        }
        if !touchedDocumentIDs.contains(document.name) { touchedDocumentIDs.append(document.name) }
    }
}
