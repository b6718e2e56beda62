/// Kinds of transaction that crash points are tried on.
public enum CrashKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// An empty disk is opened: the tables are made.
    case firstOpen = "first-open"
    /// A group is founded.
    case found
    /// An administrator's node lets a device in.
    case admit
    /// A device becomes a member, by the answer to its invitation.
    case join
    /// Somebody opens a thread.
    case openThread = "open-thread"
    /// Somebody answers the patient.
    case reply
    /// Somebody takes a thread.
    case claim
    /// A document of the directory is written.
    case putDocument = "put-document"
    /// A patient's details are written.
    case putPatient = "put-patient"
    /// A run arrives that a peer pushed.
    case receiveRun = "receive-run"
    /// Thousands of change sets arrive, in runs, and are merged and indexed.
    case catchUp = "catch-up"
    /// A change set arrives that thousands have waited for: they are merged in slices.
    case mergeBacklog = "merge-backlog"
    /// Merged change sets are put into the search index, in slices.
    case indexSlices = "index-slices"
    /// An invitation is made.
    case invite
    /// The node tells where it can be reached.
    case setEndpoint = "set-endpoint"
    /// The write-ahead log is moved into the database.
    case checkpoint
    /// The inbox is made anew from the log.
    case rebuild
    /// The replica is closed and opened again.
    case restart
}

/// How a point ends the node.
public enum CrashMode: String, Hashable, Sendable, Codable, CaseIterable {
    /// The process dies before the operation.
    case process
    /// The process dies in the middle of the operation: a write leaves a first part of itself.
    case tornWrite = "torn-write"
    /// The power fails in the middle of the operation: what was not synced is kept, lost or torn, sector by sector.
    case power
    /// The power fails before the operation, and nothing that was not synced had reached the disk.
    case powerLosingAll = "power-losing-all"

    var crash: StorageCrash {
        switch self {
        case .process, .tornWrite: .process
        case .power: .power
        case .powerLosingAll: .powerLosingAll
        }
    }

    var tearsWrite: Bool { self == .tornWrite || self == .power }
    var losesPower: Bool { crash != .process }
}
