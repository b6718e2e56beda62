public import Causality
public import Vault

/// What verifying a run needs to know, besides the log itself: who authored which replica, with which keys.
public struct VerificationKeys: Sendable {
    /// The author of each replica that has started.
    public var authors: [ReplicaID: MemberID]
    /// The signing key of each member.
    public var signingKeys: [MemberID: SigningPublicKey]
    /// The epoch keys that were granted to this node.
    public var epochs: [EpochID: EpochKey]
    /// As what branches were written.
    public var origins: LogOrigins

    /// Keys from their parts.
    public init(
        authors: [ReplicaID: MemberID] = [:], signingKeys: [MemberID: SigningPublicKey] = [:],
        epochs: [EpochID: EpochKey] = [:], origins: LogOrigins = LogOrigins()
    ) {
        self.authors = authors
        self.signingKeys = signingKeys
        self.epochs = epochs
        self.origins = origins
    }
}

/// A frame from a peer after the part of its handling that needs no node state: verified, opened and decoded where it is a run.
public enum PreparedFrame: Sendable {
    /// A run that connects and verifies.
    case run(VerifiedRun, byteCount: Int)
    /// A run that was not accepted.
    case refusedRun(RunRefusal, byteCount: Int)
    /// Any other frame, as received.
    case control([UInt8])
}

/// Why a run was not accepted.
public struct RunRefusal: Error, Sendable, CustomStringConvertible {
    /// What to do about it.
    public enum Reason: Sendable {
        /// Change sets before it are missing: ask for them.
        case gap(expected: UInt64)
        /// All of it is held already.
        case alreadyHeld
        /// Its author is not in the roster yet: ask again when the roster has changed.
        case unknownAuthor
        /// It is damaged, forged, or of another history.
        case invalid(LogError)
    }

    /// Whose log, where the run could be read that far.
    public let replica: ReplicaID?
    /// Number of its first change set.
    public let first: UInt64
    /// Why.
    public let reason: Reason

    /// What was wrong, without content.
    public var description: String {
        let log = replica.map { "\($0):\(first)" } ?? "unreadable"
        return switch reason {
        case .gap(let expected): "run \(log) leaves a gap: \(expected) comes next"
        case .alreadyHeld: "run \(log) is held already"
        case .unknownAuthor: "run \(log) is by a member not in the roster"
        case .invalid(let error): "run \(log) refused: \(error.description)"
        }
    }
}

/// Verifies and opens runs ahead of the brain, so that it overlaps with merging the run before.
///
/// A value without I/O, confined to whoever drives it (a thread of the production shell, or the brain's own thread in the
/// simulator). Ordering duty: `advanced(to:)` and `replaceKeys(_:)` must be called with what the brain committed before a later
/// frame that depends on it can be accepted; a frame prepared too early is refused with a reason, asked for again, and nothing
/// is lost.
public struct RunPreparer: Sendable {
    private let group: GroupID
    private var reader: RunReader
    private var keys: VerificationKeys
    /// What the brain has committed.
    private var durable: [ReplicaID: LogHead] = [:]
    /// What was verified and handed to the brain, possibly ahead of `durable`.
    private var ahead: [ReplicaID: LogHead] = [:]

    /// A preparer that starts from the heads a node holds.
    public init(group: GroupID, heads: [LogHead], keys: VerificationKeys) {
        self.group = group
        self.keys = keys
        reader = RunReader(group: group)
        for head in heads { durable[head.replica] = head }
    }

    /// Takes note of what the brain committed.
    public mutating func advanced(to heads: [LogHead]) {
        for head in heads {
            durable[head.replica] = head
            if let early = ahead[head.replica], early.sequence <= head.sequence { ahead[head.replica] = nil }
        }
    }

    /// Takes the keys of a changed roster.
    public mutating func replaceKeys(_ keys: VerificationKeys) { self.keys = keys }

    /// Forgets what was verified ahead of the brain: it did not commit all of it (a full disk).
    public mutating func rewind() { ahead = [:] }

    /// Prepares one frame. Never throws: what is wrong with a run is in the outcome.
    public mutating func prepare(_ frame: [UInt8]) -> PreparedFrame {
        guard let range = RunReader.runRange(in: frame) else { return .control(frame) }
        do {
            let header = try RunReader.header(of: frame, in: range)
            do throws(RunRefusal) {
                return .run(try prepare(frame, in: range, header), byteCount: frame.count)
            } catch {
                return .refusedRun(error, byteCount: frame.count)
            }
        } catch {
            return .refusedRun(RunRefusal(replica: nil, first: 0, reason: .invalid(error)), byteCount: frame.count)
        }
    }

    private mutating func prepare(
        _ frame: [UInt8], in range: Range<Int>, _ header: RunHeader
    ) throws(RunRefusal) -> VerifiedRun {
        func refusal(_ reason: RunRefusal.Reason) -> RunRefusal {
            RunRefusal(replica: header.replica, first: header.first, reason: reason)
        }
        let committed = durable[header.replica] ?? LogHead(empty: header.replica)
        let verified = ahead[header.replica] ?? committed
        let anchor = header.first == verified.sequence + 1 ? verified : committed
        // Inside what was verified but is not committed: it can follow neither, and what is committed is where to ask from.
        let expected = header.first > verified.sequence ? verified.sequence + 1 : committed.sequence + 1
        if header.first > anchor.sequence + 1 { throw refusal(.gap(expected: expected)) }
        if header.first <= anchor.sequence { throw refusal(.alreadyHeld) }
        guard let author = author(of: header), let key = keys.signingKeys[author] else { throw refusal(.unknownAuthor) }
        let run: VerifiedRun
        do {
            run = try reader.read(
                frame, in: range, after: anchor, author: key, key: keys.epochs[header.epoch], origin: keys.origins[header.replica])
        } catch {
            throw refusal(.invalid(error))
        }
        ahead[header.replica] = run.head
        return run
    }

    /// The member whose key must have signed: the one the roster names, or for a replica's first change set the one that the run
    /// claims (the brain checks that the change set itself says so).
    private func author(of header: RunHeader) -> MemberID? {
        if let author = keys.authors[header.replica] { return author == header.author ? author : nil }
        return header.author
    }
}
