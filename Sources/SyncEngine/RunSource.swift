public import Causality

/// A run as it goes to a peer.
public struct SourcedRun: Sendable {
    /// The bytes of a `Frame` with the run in it, as `RunWriter` builds them.
    public let frame: [UInt8]
    /// Number of the run's last change set.
    public let last: UInt64

    /// A run that ends with change set `last`.
    public init(frame: [UInt8], last: UInt64) {
        self.frame = frame
        self.last = last
    }
}

/// Where the engine reads what it serves: the node's durable log.
public protocol RunSource {
    /// A frame with a run of `replica` that starts with change set `first` and ends with `last` or before, filled up to about
    /// `LogLimits.runBytesGoal`; nil where `first` is not held, or not with all contents that were not destroyed.
    ///
    /// A run ends with a change set whose signature is held. Where that is none from `first` to `last`, the run goes on to the
    /// next one that is, as that is how it was received; it must not be held back, or the peer could never have it.
    ///
    /// Ordering duty: only durable change sets. Throws what reading threw; the engine asks again later.
    func run(of replica: ReplicaID, from first: UInt64, through last: UInt64) throws -> SourcedRun?

    /// The tag of the hash of a change set that is held; nil where it is not. Tells whether a peer that holds less of a log holds the
    /// same history. Throws what reading threw.
    func tag(at dot: Dot) throws -> UInt32?

    /// Whether a change set is held without contents that this node let go: it is never sent so. Throws what reading threw.
    func lacksContents(at dot: Dot) throws -> Bool

    /// What proves which history of a log is held from change set `first` on: a serialized `Branch`; nil where there is none to show.
    /// Throws what reading threw.
    func branch(of replica: ReplicaID, from first: UInt64) throws -> [UInt8]?
}

extension RunSource {
    /// Never: for logs that let nothing go.
    public func lacksContents(at dot: Dot) throws -> Bool { false }

    /// Nothing: for logs that cannot show what they hold.
    public func branch(of replica: ReplicaID, from first: UInt64) throws -> [UInt8]? { nil }
}

/// Stands for a log where none is at hand, or while it cannot be read: it holds nothing that could be sent or compared.
public struct NoRuns: RunSource {
    /// The log.
    public init() {}

    /// Nothing.
    public func run(of replica: ReplicaID, from first: UInt64, through last: UInt64) -> SourcedRun? { nil }

    /// Nothing.
    public func tag(at dot: Dot) -> UInt32? { nil }
}
