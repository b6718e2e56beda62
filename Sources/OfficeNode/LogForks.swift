import Causality
import ChangeLog
import ReplicaStore
import SyncEngine

/// One branch of a log that was forked: what its author wrote after one of the change sets that share a number.
struct ForkedBranch: Hashable, Sendable {
    /// The branch's own name, which follows from `origin` and `first`.
    let id: ReplicaID
    /// As what it was written.
    let origin: ReplicaID
    /// The log that it leaves: the origin, or an earlier branch.
    var parent: ReplicaID
    /// The last change set that it has in common with the others, under the branch's name; its first one is the next.
    let base: LogHead
    /// The hash of its first change set.
    let first: ChangeSetHash
    /// What proves it: a serialized `Branch`.
    let evidence: [UInt8]
    /// When this node came to know of it, in milliseconds since 1970.
    let noticedAt: Int64
    /// Whether this node held it under its parent's name until it knew of the fork. Pages from before name it so.
    let wasHeld: Bool
}

/// The logs that were forked, and the names that their branches have.
///
/// A log ends where it is known to be forked; each branch is a log of its own from there on, which keeps its numbers. A branch's name
/// follows from its first change set, so which forks are known decides where logs end and nothing else, whatever was learnt first.
struct LogForks: Sendable {
    /// How many branches of one log are taken in. Every one needs a signature of the log's author, so more come only from somebody who
    /// means harm.
    static let branchesMax = 64

    private(set) var branches: [ReplicaID: ForkedBranch] = [:]
    /// The branches that leave a log where it ends, ascending.
    private var children: [ReplicaID: [ReplicaID]] = [:]
    /// As what branches were written.
    private(set) var origins = LogOrigins()

    /// Whether no log is known to be forked.
    var isEmpty: Bool { branches.isEmpty }

    /// Adds a branch, or replaces what is known of it.
    mutating func insert(_ branch: ForkedBranch) {
        branches[branch.id] = branch
        children = Dictionary(grouping: branches.values, by: \.parent).mapValues { $0.map(\.id).sorted() }
        origins = LogOrigins(branches.mapValues(\.origin))
    }

    /// The number that a log ends with because it is forked there; nil where it is not.
    func end(of log: ReplicaID) -> UInt64? {
        branches.isEmpty ? nil : children[log]?.first.flatMap { branches[$0]?.base.sequence }
    }

    /// The number after which a log begins: 0 but for branches.
    func base(of log: ReplicaID) -> UInt64 { branches.isEmpty ? 0 : branches[log]?.base.sequence ?? 0 }

    /// The branches that leave `log`, ascending.
    func branches(leaving log: ReplicaID) -> [ForkedBranch] { (children[log] ?? []).compactMap { branches[$0] } }

    /// All logs that were written as `origin`: that one, then its branches, ascending.
    func logs(of origin: ReplicaID) -> [ReplicaID] {
        branches.isEmpty ? [origin] : [origin] + branches.values.filter { $0.origin == origin }.map(\.id).sorted()
    }

    /// `log` and all branches that go on from it, at any distance.
    func continuations(of log: ReplicaID) -> [ReplicaID] {
        var found = [log]
        var next = 0
        while next < found.count {
            found += children[found[next]] ?? []
            next += 1
        }
        return found
    }

    /// The logs that a history goes through which ends in `log`, the origin first.
    func path(to log: ReplicaID) -> [ReplicaID] {
        var path = [log]
        while let parent = branches[path[path.count - 1]]?.parent, path.count <= branches.count { path.append(parent) }
        return path.reversed()
    }

    /// A stretch of a log.
    struct Piece: Hashable {
        let log: ReplicaID
        let first: UInt64
        let last: UInt64
    }

    /// Where the change sets from `first` to `last` of the history that ends in `log` are held, in order.
    func pieces(of log: ReplicaID, from first: UInt64, through last: UInt64) -> [Piece] {
        let path = path(to: log)
        return path.indices.compactMap { index in
            let end = index + 1 < path.count ? base(of: path[index + 1]) : last
            let piece = Piece(log: path[index], first: max(first, base(of: path[index]) + 1), last: min(end, last))
            return piece.first <= piece.last ? piece : nil
        }
    }

    /// The clock that has seen the history that ends in `log` up to `sequence`.
    func clock(of log: ReplicaID, through sequence: UInt64) -> [VersionVector.Entry] {
        pieces(of: log, from: 1, through: sequence).map { VersionVector.Entry($0.log, $0.last) }
    }

    /// The forks as the sync engine knows them, ascending by log.
    var known: [KnownFork] { children.keys.sorted().compactMap(known(of:)) }

    /// The fork that a log ends with.
    func known(of log: ReplicaID) -> KnownFork? {
        let leaving = branches(leaving: log)
        guard let base = leaving.first?.base else { return nil }
        return KnownFork(
            log: log, end: LogHead(log, base.sequence, base.hash), branches: leaving.map(\.id), evidence: leaving.map(\.evidence))
    }
}

// Kept as settings, so that whatever copies a replica's settings and logs copies this.
extension LogForks {
    static let settingPrefix = "fork:"

    /// The forks that a replica knows. What cannot be read is passed over: peers show it again.
    init(_ settings: [(key: String, value: [UInt8])]) {
        for (key, value) in settings {
            guard let id = ReplicaID(hexadecimal: String(key.dropFirst(Self.settingPrefix.count))),
                let branch = try? ForkedBranch(id, canonicalBytes: value)
            else { continue }
            insert(branch)
        }
    }
}

extension ForkedBranch {
    /// Where it is kept.
    var settingKey: String { LogForks.settingPrefix + id.description }

    /// As it is kept.
    var canonicalBytes: [UInt8] {
        var writer = ByteWriter(capacity: evidence.count + 128)
        writer.byte(1)
        writer.fixed64(origin.rawValue)
        writer.fixed64(parent.rawValue)
        writer.fixed64(base.sequence)
        writer.raw(base.hash.bytes)
        writer.raw(first.bytes)
        writer.fixed64(UInt64(bitPattern: noticedAt))
        writer.byte(wasHeld ? 1 : 0)
        writer.string(evidence)
        return writer.bytes
    }

    init(_ id: ReplicaID, canonicalBytes bytes: [UInt8]) throws(ByteReader.Failure) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(ByteReader.Failure) in
                var reader = ByteReader(buffer)
                guard try reader.byte() == 1 else { throw reader.failure(.malformed("a branch of an unknown form")) }
                let (origin, parent, base) = (try reader.fixed64(), try reader.fixed64(), try reader.fixed64())
                let previous = ChangeSetHash(loading: try reader.slice(ChangeSetHash.byteCount))
                let first = ChangeSetHash(loading: try reader.slice(ChangeSetHash.byteCount))
                let (time, wasHeld) = (try reader.fixed64(), try reader.byte())
                return ForkedBranch(
                    id: id, origin: ReplicaID(origin), parent: ReplicaID(parent), base: LogHead(id, base, previous), first: first,
                    evidence: try reader.bytes(), noticedAt: Int64(bitPattern: time), wasHeld: wasHeld != 0)
            }
        }
        self = try result.get()
    }
}
