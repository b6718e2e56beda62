/// What trying crash points showed.
public struct CrashPointReport: Hashable, Sendable, Codable {
    /// What the scenes, the points and the crashes were drawn from.
    public let seed: UInt64
    /// One row for each kind of transaction, in the order in which they were tried.
    public var kinds: [CrashKindReport] = []

    /// A report without kinds yet.
    public init(seed: UInt64) { self.seed = seed }

    /// All findings.
    public var violations: [CrashPointViolation] { kinds.flatMap { $0.modes.flatMap(\.violations) } }
    /// Whether nothing was found.
    public var isSound: Bool { violations.isEmpty }
}

/// What trying the points of one kind of transaction showed.
public struct CrashKindReport: Hashable, Sendable, Codable {
    /// What kind.
    public let kind: String
    /// How many storage operations it has, when nothing goes wrong.
    public let operations: Int
    /// How many transactions it is.
    public let steps: Int
    /// How many points were tried in each mode: one before each operation and one after the last, or a sample of them.
    public let pointsTried: Int
    /// Whether that is a sample, drawn by the seed: the first and last few, and others between them.
    public let isSampled: Bool
    /// One row for each mode.
    public var modes: [CrashModeReport] = []
}

/// What trying one kind of transaction in one mode showed.
public struct CrashModeReport: Hashable, Sendable, Codable {
    /// Which mode.
    public let mode: CrashMode
    /// Points after which all of it was there.
    public var committed = 0
    /// Points after which nothing of it was there.
    public var rolledBack = 0
    /// Points after which some of its transactions were there, each whole.
    public var partly = 0
    /// Points after which the node was made to go on: to author another change set and come to hold the same as a peer.
    public var wentOn = 0
    /// What was wrong.
    public var violations: [CrashPointViolation] = []

    init(mode: CrashMode) { self.mode = mode }
}

/// Something that a crash must not do, and what to call to see it again.
public struct CrashPointViolation: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The kind of transaction.
    public let kind: String
    /// The storage operation, from 0, at which the disk died; their number for a crash after the last.
    public let operation: Int
    /// How.
    public let mode: CrashMode
    /// The seed of the run.
    public let seed: UInt64
    /// What was wrong.
    public let finding: String

    /// Everything that `CrashPoints.replay` needs, and the finding.
    public var description: String {
        "kind \(kind), operation \(operation), mode \(mode.rawValue), seed \(seed): \(finding)"
    }
}
