public import Causality
public import ChangeLog
import ReplicaStore
import Vault

/// A log that nobody writes to any more.
///
/// Its author began another one in its place (a restore, a clone, a new disk), or is a member no longer. Once every member has signed
/// that it has all of it, and that it ended, the log is *sealed*: its entry is the same in every clock from then on, and need not be said.
public struct RetiredLog: Hashable, Sendable {
    /// Where it ended, as far as it is held here.
    public let head: LogHead
    /// Who wrote it.
    public let member: MemberID
    /// The log that its author began in its place; nil where the author was removed.
    public let successor: ReplicaID?
    /// The members that have not said that they have all of it and know of its end, ascending.
    public let waitingFor: [MemberID]
    /// Whether what is held of it is merged here too.
    let isMerged: Bool

    /// Whether every member has said so.
    public var isSealed: Bool { waitingFor.isEmpty && isMerged }
}

extension RetiredLog {
    /// The logs that are retired, ascending by replica. Logs that were forked are left out, with their branches: what was written to
    /// them by two machines may come from a third.
    static func all(
        logs: [ReplicaProgress], stability: Stability, roster: Roster, clocks: LogClocks, forks: LogForks
    ) -> [RetiredLog] {
        let replaced = CurrentLogs(logs: logs, roster: roster, clocks: clocks).replaced
        return logs.compactMap { log in
            guard log.received.sequence > 0, log.base == 0, forks.end(of: log.replica) == nil,
                let author = roster.authors[log.replica]
            else { return nil }
            // What everybody must have seen: the change set that says that it ended.
            let end: Dot
            let successor = replaced[log.replica]
            if let successor {
                end = Dot(successor, forks.base(of: successor) + 1)
            } else if let former = roster.formerMember(author) {
                end = former.changeSet
            } else {
                return nil
            }
            let waitingFor = stability.standings.filter { standing in
                standing.clock[log.replica] < log.received.sequence || !standing.clock.covers(end)
            }
            return RetiredLog(
                head: log.received, member: author, successor: successor, waitingFor: waitingFor.map(\.member),
                isMerged: log.merged == log.received.sequence)
        }
    }
}

/// The logs that a node counts as sealed, and where they ended.
///
/// Kept as a setting, so that a start need not read those logs; what has moved since is sealed no longer.
struct SealedTable: Hashable, Sendable {
    static let settingKey = "sealed-logs"

    private(set) var heads: [ReplicaID: LogHead] = [:]

    init() {}

    init(_ heads: some Sequence<LogHead>) { self.heads = Dictionary(uniqueKeysWithValues: heads.map { ($0.replica, $0) }) }

    /// Ascending by replica.
    var sorted: [LogHead] { heads.values.sorted { $0.replica < $1.replica } }

    func contains(_ replica: ReplicaID) -> Bool { !heads.isEmpty && heads[replica] != nil }

    mutating func remove(_ replica: ReplicaID) { heads[replica] = nil }
}

extension SealedTable {
    /// What a replica remembers, as far as its logs still end there. Where it cannot be read, nothing is sealed until it is found anew.
    init(_ bytes: [UInt8]?, logs: [ReplicaProgress]) {
        let kept = bytes.flatMap { try? Self.heads(canonicalBytes: $0) } ?? []
        let held = Dictionary(uniqueKeysWithValues: logs.map { ($0.replica, $0) })
        self.init(kept.filter { held[$0.replica]?.received == $0 && held[$0.replica]?.merged == $0.sequence })
    }

    /// As it is kept: a version, a count, then for each log its replica, number and hash.
    var canonicalBytes: [UInt8] {
        var writer = ByteWriter(capacity: 16 + heads.count * 48)
        writer.byte(1)
        writer.fixed64(UInt64(heads.count))
        for head in sorted {
            writer.fixed64(head.replica.rawValue)
            writer.fixed64(head.sequence)
            writer.raw(head.hash.bytes)
        }
        return writer.bytes
    }

    private static func heads(canonicalBytes bytes: [UInt8]) throws(ByteReader.Failure) -> [LogHead] {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ByteReader.Failure) in
                var reader = ByteReader(buffer)
                guard try reader.byte() == 1 else { throw reader.failure(.malformed("sealed logs of an unknown form")) }
                var heads: [ReplicaID: LogHead] = [:]
                for _ in 0..<(try reader.fixed64()) {
                    let (replica, sequence) = (ReplicaID(try reader.fixed64()), try reader.fixed64())
                    heads[replica] = LogHead(replica, sequence, ChangeSetHash(loading: try reader.slice(ChangeSetHash.byteCount)))
                }
                return heads.values.sorted { $0.replica < $1.replica }
            }
        }
        return try result.get()
    }
}
