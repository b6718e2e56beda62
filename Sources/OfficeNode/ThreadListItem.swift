import Causality
public import InboxModel
public import ReplicaStore

/// One line of the daily list, ready to show.
public struct ThreadListItem: Sendable {
    /// The thread.
    public let id: ThreadID
    /// All that was merged of it.
    public let state: ThreadState
    /// What people call it, such as `TOW-4F7K`.
    public let code: String
    /// What it is about.
    public let subject: String
    /// Whose matter.
    public let patient: String
    /// Where.
    public let office: String
    /// What kind of matter.
    public let category: String
    /// Who is accountable.
    public let owner: String
    /// Everyone who owns it, where it is contested.
    public let claimants: [String]
    /// Progress.
    public let status: ThreadStatus
    /// What people must be told.
    public let flags: ThreadFlags
    /// How pressing.
    public let priority: Priority
    /// When a reply is due, in milliseconds since 1970.
    public let due: Int64?
    /// The last thing that anybody did, in milliseconds since 1970.
    public let lastActivity: Int64?
    /// Messages both ways.
    public let messageCount: UInt64
    /// Where the next page of a list begins; nil outside one.
    public let cursor: ThreadCursor?

    init(state: ThreadState, cursor: ThreadCursor?, directory: Directory, subject: String, patient: String) {
        id = state.id
        self.state = state
        code = ShortCode.text(of: state.id, officeKey: directory.key(of: state.office))
        self.subject = subject
        self.patient = patient
        office = directory.name(of: state.office)
        category = directory.name(of: state.category?.category)
        owner = directory.name(of: state.owner)
        claimants = state.flags.contains(.contested) ? state.claimants.map { directory.name(of: $0) } : []
        status = state.status
        flags = state.flags
        priority = state.priority
        due = state.due
        lastActivity = state.lastActivity?.timestamp.milliseconds
        messageCount = state.messageCount
        self.cursor = cursor
    }
}
