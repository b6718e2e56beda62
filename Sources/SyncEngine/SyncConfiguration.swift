/// What an engine may use and how long it waits. Times are in milliseconds, sizes in bytes.
///
/// `SyncConfiguration()` holds what suits an office; tests and simulations lower single values.
public struct SyncConfiguration: Hashable, Sendable {
    /// Bytes of runs that one peer may have sent and we have not committed yet. At least `creditBytesMin`, so that the longest
    /// run always fits. Default 8 MiB.
    public var creditBytes = 8 * 1024 * 1024
    /// Peers that send us what we asked for at the same time: with `creditBytes` it bounds the memory. Default 4.
    public var wantPeersMax = 4
    /// Logs that one WANT names, and that one WANT of a peer may name. Default 1,024.
    public var rangesMax = 1024
    /// Change sets of one log that one WANT names: the log that is asked for next does not wait for ever. Default 32,768.
    public var wantSpanMax: UInt64 = 32 * 1024
    /// Heads in one CLOCK or HEADS frame, ours and a peer's. Default 10,000.
    public var headsMax = 10_000
    /// The longest frame, other than a run, that is read at all. Default 384 KiB.
    public var controlBytesMax = 384 * 1024
    /// Credit that a peer may have with us, whatever it asks for. Default 64 MiB.
    public var creditGrantedMax = 64 * 1024 * 1024

    /// How often peers compare digests when nothing else is said. Default 15 s.
    public var helloInterval: Int64 = 15_000
    /// How long a HELLO or a WANT may go without answer or progress before it is repeated, for a WANT to another peer where
    /// one has the log too. Doubles with each silence in a row, up to eight times. Default 5 s.
    public var silenceMax: Int64 = 5_000
    /// The shortest time between two WANTs because of gaps: what an earlier WANT started is still arriving. Default 1 s.
    public var restartDelay: Int64 = 1_000
    /// HEADS hints after commits are sent at once after a pause of this long, and gathered within it. Default 100 ms.
    public var headsHintDelay: Int64 = 100

    /// First wait after a run that the brain declined or that was invalid; doubles each time, up to `backoffMax`. Default 1 s.
    public var backoff: Int64 = 1_000
    /// The longest wait after a declined or invalid run. Default 60 s.
    public var backoffMax: Int64 = 60_000
    /// When a log of an unknown author is asked for again even though the roster did not change. Default 30 s.
    public var unknownAuthorDelay: Int64 = 30_000
    /// The longest pause that a peer's BUSY can ask for. Default 60 s.
    public var busyMax: Int64 = 60_000
    /// The least time between two answers to malformed frames of one peer. Default 1 s.
    public var refusalInterval: Int64 = 1_000

    /// The least time between two WITNESS frames to a peer, which say what relays told us. Default one minute.
    public var witnessInterval: Int64 = 60_000

    /// The least time between two warnings that a peer seems to run on two machines. Default one hour.
    public var twoMachinesInterval: Int64 = 3_600_000
    /// Warnings about one peer in a second; what goes beyond is only counted. Default 16.
    public var warningsMax = 16

    /// The longest run that is pushed on commit, and the most pushed bytes that a peer may not have committed yet. Beyond it
    /// a HEADS hint is sent instead. Default 256 KiB.
    public var pushBytesMax = 256 * 1024
    /// Peers that a commit is pushed to; the rest get a hint. Default 16.
    public var pushPeersMax = 16
    /// Bytes of runs read and sent in one call, so that serving never keeps a person's command waiting for more than 50 ms;
    /// the rest follows on the next tick or CREDIT. Default 1 MiB.
    public var serveBytesMax = 1024 * 1024

    /// The least credit with which every run of `LogLimits.runBytesMax` can still be sent.
    public static let creditBytesMin = 1024 * 1024 + 1024

    /// The defaults.
    public init() {}
}
