public import Causality
import ChangeLog
import SwiftProtobuf
import WireProtocol

/// Logs that nobody writes to any more and that every member holds whole, named by one digest in place of one by one.
///
/// A dictionary for CLOCK frames and nothing more: who sends the digest says that it holds every one of these heads, and whoever receives
/// it knows which they are or asks for them. So two nodes need not agree on what is sealed, and one that is behind misreads nothing.
struct SealedLogs: Sendable {
    /// Ascending by replica.
    let heads: [LogHead]
    /// What names them.
    let digest: [UInt8]
    private let positions: [ReplicaID: Int]

    /// Those of `heads`, in any order, each once.
    init(_ heads: some Sequence<LogHead>) {
        self.heads = heads.sorted { $0.replica < $1.replica }
        digest = ClockDigest.sealedBytes(of: self.heads)
        positions = Dictionary(uniqueKeysWithValues: self.heads.enumerated().map { ($0.element.replica, $0.offset) })
    }

    /// The beginning of the digest, by which HELLO names it; 0 where nothing is sealed.
    var tag: UInt64 { heads.isEmpty ? 0 : digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    /// Whether exactly this head is among them.
    func contains(_ head: LogHead) -> Bool { positions[head.replica].map { heads[$0] == head } ?? false }

    /// What a CLOCK says that names these logs and `others` besides: of a log that is in both, what it says of it itself.
    func joined(with others: [TaggedClockEntry]) -> [TaggedClockEntry] {
        let named = Set(others.map(\.replica))
        let left = heads.lazy.filter { !named.contains($0.replica) }.map { TaggedClockEntry($0) }
        return (others + left).sorted { $0.replica < $1.replica }
    }
}

extension SyncEngine {
    /// How many earlier tables are remembered: a peer may have learnt of the newest one, or sealed something, a little later.
    private static let sealedMax = 4

    /// These logs are sealed from now on, and no others. The caller holds all of them, and none of them is forked.
    public mutating func seal(_ heads: [LogHead]) {
        if heads.isEmpty && sealed.isEmpty { return }
        let table = SealedLogs(heads)
        guard sealed.first?.digest != table.digest else { return }
        sealed.removeAll { $0.digest == table.digest }
        sealed = [table] + sealed.prefix(Self.sealedMax - 1)
    }

    /// What HELLO says of our sealed logs.
    func sealedTag(for session: Session) -> UInt64 { session.wantsEveryHead ? 0 : sealed.first?.tag ?? 0 }

    /// The sealed logs that need not be named to a peer one by one: those that it named in its last HELLO.
    func sealedLogs(known session: Session) -> SealedLogs? {
        guard let table = sealed.first, table.tag != 0, table.tag == session.sealedTag else { return nil }
        // Held as they were: else they are named, and what is in the table is true still.
        return table.heads.allSatisfy({ committedHead($0.replica).sequence >= $0.sequence }) ? table : nil
    }

    /// The heads that a CLOCK means. Nil where it names sealed logs that are not known here: then it is to be asked for with all heads.
    mutating func heads(of clock: Suture_V1_Clock, from peer: MemberID) throws(FrameFault) -> [TaggedClockEntry]? {
        let heads = try SyncReading.heads(clock.heads, configuration)
        if clock.sealed.isEmpty { return heads }
        guard clock.full else { throw FrameFault("a CLOCK of what changed that names sealed logs") }
        let digest = Array(clock.sealed)
        if let table = sealed.first(where: { $0.digest == digest }) { return table.joined(with: heads) }
        guard sessions[peer]?.wantsEveryHead == false else { throw FrameFault("a CLOCK that names sealed logs, though none were offered") }
        return nil
    }

    /// Asks a peer for all heads, the sealed ones too.
    mutating func askForEveryHead(of peer: MemberID, _ now: Int64) -> [SyncAction] {
        sessions[peer]?.wantsEveryHead = true
        sessions[peer]?.isClockKnown = false
        return greet(peer, now)
    }
}
