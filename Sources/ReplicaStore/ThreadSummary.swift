public import InboxModel

/// What decides who must look at a thread.
public struct ThreadSummary: Hashable, Sendable {
    /// What its progress is.
    public let status: ThreadStatus
    /// What people must be told.
    public let flags: ThreadFlags
    /// Who is accountable.
    public let owner: Owner?

    /// A summary from its parts.
    public init(status: ThreadStatus, flags: ThreadFlags, owner: Owner?) {
        self.status = status
        self.flags = flags
        self.owner = owner
    }

    /// Whether something remains to be done, by the office or the patient.
    public var isOpen: Bool { status != .resolved && status != .merged }
}

/// A thread that a transaction changed, for notices and pages.
public struct TouchedThread: Hashable, Sendable {
    /// The thread.
    public let id: ThreadID
    /// How it stood before the transaction; nil where the transaction is the first to know of it.
    public let before: ThreadSummary?
    /// How it stands now.
    public let after: ThreadSummary
}
