public import Causality
public import ChangeLog
public import InboxModel

/// Every change set that anybody wrote, kept outside the nodes: what their replicas are checked against.
///
/// Filled from each author's own replica right after the turn that wrote it, so that nothing that a node says about another
/// node's log counts. Where two change sets of one name were written (a cloned disk, a restored backup, a forger), it keeps
/// both.
public final class Ledger {
    /// One change set.
    public struct Entry: Sendable {
        /// Its name.
        public let dot: Dot
        /// Its hash.
        public let hash: ChangeSetHash
        /// The hash of the change set before it in its log.
        public let previous: ChangeSetHash
        /// What its author's replica had merged, its own log before it included.
        public let clock: VersionVector
        /// The same of other logs, with what tells which history of each it was.
        public let seen: [ReplicaID: TaggedClockEntry]
        /// What happened.
        public let set: ChangeSet
        /// The number of the node that wrote it.
        public let author: Int
        /// When, in virtual milliseconds since 1970.
        public let at: Int64
        /// Whether the directives of its turn were carried out: whoever asked for it was told that it is kept, and peers may
        /// have it.
        public internal(set) var isAcknowledged = false
        /// Whether it was lost with a disk that lied or was put back, and so need not be found again.
        public internal(set) var isWrittenOff = false
    }

    /// The first history that became known of each log; entry n is change set n + 1.
    private var logs: [ReplicaID: [Entry]] = [:]
    /// What does not fit into those.
    private var others: [Dot: [Entry]] = [:]
    /// The logs that have more than one history.
    public private(set) var forked: Set<ReplicaID> = []
    /// The names that branches have where a log is known to be forked: what they are branches of, and the first change set.
    private var branchNames: [ReplicaID: (dot: Dot, hash: ChangeSetHash)] = [:]
    /// How many change sets were answered to the people who asked for them.
    public internal(set) var acknowledgedCount = 0
    /// Change sets that an adversary sealed with a member's keys, beside what that member's node knows; with the member's node.
    private var crafted: [Dot: [(hash: ChangeSetHash, author: Int)]] = [:]

    /// A ledger of nothing.
    public init() {}

    /// The logs that were ever begun. Ascending.
    public var replicas: [ReplicaID] { logs.keys.sorted() }

    /// How many change sets there are, those of other histories included.
    public var count: Int { logs.values.reduce(0) { $0 + $1.count } + others.values.reduce(0) { $0 + $1.count } }

    /// The first history of a log, from change set 1 on.
    public func log(of replica: ReplicaID) -> [Entry] { logs[replica] ?? [] }

    /// The change set of that name in the first history.
    public func entry(at dot: Dot) -> Entry? {
        guard let log = logs[dot.replica], dot.sequence > 0, dot.sequence <= UInt64(log.count) else { return nil }
        return log[Int(dot.sequence) - 1]
    }

    /// The change set of that name and hash.
    public func entry(at dot: Dot, _ hash: ChangeSetHash) -> Entry? {
        if let entry = entry(at: dot), entry.hash == hash { return entry }
        return others[dot]?.first { $0.hash == hash }
    }

    /// Whether somebody wrote the change set that a log ends with. As hashes name their predecessors, all before it are then
    /// known too.
    public func knows(_ head: LogHead) -> Bool {
        if head.sequence == 0 || entry(at: head.dot, head.hash) != nil { return true }
        guard let (dot, hash) = branchNames[head.replica] else { return false }
        if head.sequence == dot.sequence - 1 { return entry(at: dot, hash)?.previous == head.hash }
        return history(of: dot.replica, endingAt: head.sequence, head.hash)?.contains { $0.dot == dot && $0.hash == hash } ?? false
    }

    /// As what a log was written: itself, unless it is the name of a branch.
    public func origin(of replica: ReplicaID) -> ReplicaID { logs[replica] == nil ? branchNames[replica]?.dot.replica ?? replica : replica }

    /// Whether what is merged up to `clock` has that change set; of a log with more than one history, one of that number: which was meant
    /// shows in what it is compared with.
    func covers(_ clock: VersionVector, _ dot: Dot) -> Bool {
        if clock.covers(dot) { return true }
        let origin = origin(of: dot.replica)
        return forked.contains(origin) && clock.entries.contains { $0.sequence >= dot.sequence && self.origin(of: $0.replica) == origin }
    }

    /// How many branches there can be of all forked logs: each begins with a change set that another one has the predecessor of.
    var branchesMax: Int {
        if forked.isEmpty { return 0 }
        return forked.reduce(0) { count, replica in
            Dictionary(grouping: every(of: replica), by: \.previous).values.filter { $0.count > 1 }.reduce(count) { $0 + $1.count }
        }
    }

    /// Every change set of a log, of all its histories.
    func every(of replica: ReplicaID) -> [Entry] {
        log(of: replica) + others.filter { $0.key.replica == replica }.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// Every change set of that number in any history of a log.
    func entries(at dot: Dot) -> [Entry] { (entry(at: dot).map { [$0] } ?? []) + (others[dot] ?? []) }

    /// The history that ends with `head`, from the first change set on; nil where something of it is unknown.
    public func history(endingAt head: LogHead) -> [Entry]? {
        history(of: origin(of: head.replica), endingAt: head.sequence, head.hash)
    }

    private func history(of replica: ReplicaID, endingAt sequence: UInt64, _ hash: ChangeSetHash) -> [Entry]? {
        if sequence == 0 { return [] }
        guard let last = entry(at: Dot(replica, sequence), hash) else { return nil }
        if !forked.contains(replica) { return Array(log(of: replica).prefix(Int(sequence))) }
        var entries = [last]
        while let first = entries.last, first.dot.sequence > 1 {
            guard let before = entry(at: Dot(replica, first.dot.sequence - 1), first.previous) else { return nil }
            entries.append(before)
        }
        return entries.reversed()
    }

    /// Takes down a change set. Returns whether it is new.
    ///
    /// - Parameters:
    ///   - body: What its author sealed.
    ///   - hash: Its hash.
    ///   - previous: The hash of the one before it.
    ///   - author: The number of the node that wrote it.
    ///   - time: When, in virtual milliseconds since 1970.
    @discardableResult
    public func record(
        _ body: ChangeSetBody, hash: ChangeSetHash, previous: ChangeSetHash, by author: Int, at time: Int64
    ) -> Bool {
        let dot = body.set.dot
        if entry(at: dot, hash) != nil { return false }
        let entry = Entry(
            dot: dot, hash: hash, previous: previous, clock: clock(of: body, previous), seen: seen(by: body, previous), set: body.set,
            author: author, at: time)
        branchNames[ReplicaID(branchOf: dot.replica, from: hash)] = (dot, hash)
        let log = logs[dot.replica] ?? []
        let follows = log.last.map { $0.hash == previous } ?? (dot.sequence == 1)
        if UInt64(log.count) + 1 == dot.sequence && follows {
            logs[dot.replica, default: []].append(entry)
        } else {
            others[dot, default: []].append(entry)
            forked.insert(dot.replica)
        }
        return true
    }

    /// The whole clock of which `body` carries what changed.
    private func clock(of body: ChangeSetBody, _ previous: ChangeSetHash) -> VersionVector {
        let dot = body.set.dot
        let before = Dot(dot.replica, dot.sequence &- 1)
        var clock = body.isFullClock ? VersionVector() : entry(at: before, previous)?.clock ?? VersionVector()
        for entry in body.clock { clock.advance(to: entry.dot) }
        clock.advance(to: before)
        return clock
    }

    private func seen(by body: ChangeSetBody, _ previous: ChangeSetHash) -> [ReplicaID: TaggedClockEntry] {
        let before = Dot(body.set.dot.replica, body.set.dot.sequence &- 1)
        var seen = body.isFullClock ? [:] : entry(at: before, previous)?.seen ?? [:]
        for entry in body.clock where seen[entry.replica].map({ $0.sequence < entry.sequence }) ?? true { seen[entry.replica] = entry }
        return seen
    }

    // MARK: Adversaries

    /// Takes down that somebody sealed a change set with the keys of node `author`, which knows nothing of it. What is in it is
    /// read where it is first seen.
    public func expect(_ head: LogHead, by author: Int) {
        crafted[head.dot, default: []].append((head.hash, author))
    }

    /// Whether somebody wrote the change set that a log ends with: a node, or an adversary whose work nobody has read yet, as where a relay
    /// is the first to hold it.
    func isWritten(_ head: LogHead) -> Bool { knows(head) || crafter(of: head.dot, head.hash) != nil }

    /// The node with whose keys a change set was sealed that the node knows nothing of; nil where it is none of those.
    func crafter(of dot: Dot, _ hash: ChangeSetHash) -> Int? { crafted[dot]?.first { $0.hash == hash }?.author }

    // MARK: What became of it

    /// Takes down that a change set was acknowledged.
    public func acknowledge(_ dot: Dot, _ hash: ChangeSetHash) { update(dot, hash) { $0.isAcknowledged = true } }

    /// Takes down that what does not lead to `head` of its log is gone with the disk of node `author`: what that node wrote, and the first
    /// history beyond. Returns what was acknowledged.
    func writeOff(beyond head: LogHead, by author: Int) -> [Dot] {
        var dots: [Dot] = []
        let kept = Set((history(endingAt: head) ?? []).map(\.hash))
        for entry in every(of: head.replica) where entry.isAcknowledged && !entry.isWrittenOff && !kept.contains(entry.hash) {
            let isBeyond = entry.dot.sequence > head.sequence && self.entry(at: entry.dot)?.hash == entry.hash
            guard isBeyond || entry.author == author else { continue }
            update(entry.dot, entry.hash) { $0.isWrittenOff = true }
            dots.append(entry.dot)
        }
        return dots
    }

    /// What was lost with a disk, ascending.
    public var writtenOff: [Dot] {
        (logs.values.joined().filter(\.isWrittenOff) + others.values.joined().filter(\.isWrittenOff)).map(\.dot).sorted()
    }

    private func update(_ dot: Dot, _ hash: ChangeSetHash, _ body: (inout Entry) -> Void) {
        let place = Int(clamping: dot.sequence) - 1
        if let entry = entry(at: dot), entry.hash == hash {
            body(&logs[dot.replica, default: []][place])
        } else if let index = others[dot]?.firstIndex(where: { $0.hash == hash }) {
            body(&others[dot, default: []][index])
        }
    }
}
