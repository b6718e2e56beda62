import Causality
import ChangeLog
import ReplicaStore

/// The roster changes of one change set, where the log has them.
struct RosterOperation {
    let dot: Dot
    /// First four bytes of the change set's hash.
    let tag: UInt32
    let changes: RosterChanges
}

extension RosterOperation {
    /// The roster changes as the replica keeps them. Throws where they are unreadable; those were not kept.
    init(_ row: RosterRow) throws {
        self.init(dot: row.dot, tag: row.hash.tag, changes: try RosterCodec.decode(row.bytes))
    }
}

/// Roster changes in the order of cause and effect: which of them the author of another had seen.
///
/// Operations come in any order that keeps each log's own. One whose past is not complete yet waits and counts for nothing. What the
/// graph says of those that do not wait depends on which they are and not on the order in which they came.
struct RosterGraph {
    private let forks: LogForks
    /// Those whose past is complete, each after its past. Their positions name them in `past`.
    private(set) var operations: [RosterOperation] = []
    /// For each operation, the positions of all that its author had seen.
    private(set) var pasts: [PositionSet] = []
    /// For each operation, how long the longest chain of operations before it is.
    private var depths: [Int] = []
    private var positions: [Dot: Int] = [:]
    /// All that came of each log, waiting or not.
    private var received: [ReplicaID: [UInt64]] = [:]
    /// Those whose past is not complete.
    private(set) var waiting: [RosterOperation] = []

    /// An empty graph of logs of which some are known to be forked.
    init(forks: LogForks = LogForks()) { self.forks = forks }

    /// The positions in one order on every node: each after its past, and what is concurrent by how long its chain is, then by dot.
    var ordered: [Int] {
        operations.indices.sorted {
            depths[$0] == depths[$1] ? operations[$0].dot < operations[$1].dot : depths[$0] < depths[$1]
        }
    }

    /// The newest operations that no other has seen, ascending by replica, without those of `replica`.
    func frontier(without replica: ReplicaID?) -> [TaggedClockEntry] {
        var seen = PositionSet()
        for past in pasts { seen.formUnion(past) }
        return operations.indices.lazy.filter { !seen.contains($0) && operations[$0].dot.replica != replica }
            .map { TaggedClockEntry(operations[$0].dot.replica, operations[$0].dot.sequence, tag: operations[$0].tag) }
            .sorted { $0.replica < $1.replica }
    }

    /// The newest operation of each log.
    var applied: VersionVector { VersionVector(operations.map { VersionVector.Entry($0.dot.replica, $0.dot.sequence) }) }

    /// The operations that `isSeen` names, with all before them, in an order that keeps each log's own.
    func operations(seenBy isSeen: (Dot) -> Bool) -> [RosterOperation] {
        var seen = PositionSet()
        for position in operations.indices where isSeen(operations[position].dot) {
            seen.insert(position)
            seen.formUnion(pasts[position])
        }
        return operations.indices.filter(seen.contains).map { operations[$0] }
    }

    /// The position of the operation at `entry`, if it is here and of that history.
    func position(of entry: TaggedClockEntry) -> Int? {
        if let position = positions[entry.dot], operations[position].tag == entry.tag { return position }
        if forks.isEmpty { return nil }
        // Its author knew the log before it was known to be forked, or names what the branch has in common with others.
        for log in forks.path(to: entry.replica).dropLast() + forks.continuations(of: entry.replica).dropFirst() {
            if let position = positions[Dot(log, entry.sequence)], operations[position].tag == entry.tag { return position }
        }
        return nil
    }

    /// The position of the first roster change of a log, which names its author.
    func position(ofFirst replica: ReplicaID) -> Int? {
        forks.pieces(of: replica, from: 1, through: 1).first.flatMap { positions[Dot($0.log, 1)] }
    }

    /// What `entries` name, with all before them. Nil where one of them is not here.
    func closure(of entries: [TaggedClockEntry]) -> PositionSet? {
        var closure = PositionSet()
        for entry in entries {
            guard let position = position(of: entry) else { return nil }
            closure.insert(position)
            closure.formUnion(pasts[position])
        }
        return closure
    }

    /// Adds an operation, and those that waited for it. One that is here already is passed over.
    mutating func add(_ operation: RosterOperation) {
        let log = received[operation.dot.replica] ?? []
        if let last = log.last, last >= operation.dot.sequence { return }
        received[operation.dot.replica, default: []].append(operation.dot.sequence)
        if !place(operation) {
            waiting.append(operation)
            return
        }
        var placed = true
        while placed {
            placed = false
            for (index, candidate) in waiting.enumerated() where place(candidate) {
                waiting.remove(at: index)
                placed = true
                break
            }
        }
    }

    /// The roster change before `dot` in the history that it ends.
    private func before(_ dot: Dot) -> Dot? {
        for log in forks.path(to: dot.replica).reversed() {
            if let earlier = received[log]?.last(where: { $0 < dot.sequence }) { return Dot(log, earlier) }
        }
        return nil
    }

    /// Puts an operation behind its past; false where some of that is not here.
    private mutating func place(_ operation: RosterOperation) -> Bool {
        var parents = operation.changes.seen.map { position(of: $0) }
        if let earlier = before(operation.dot) { parents.append(positions[earlier]) }
        for case .recovered(let recovery) in operation.changes.records { parents += recovery.seen.map { position(of: $0) } }
        guard !parents.contains(nil) else { return false }
        var past = PositionSet()
        var depth = 0
        for case .some(let parent) in parents {
            past.insert(parent)
            past.formUnion(pasts[parent])
            depth = max(depth, depths[parent] + 1)
        }
        positions[operation.dot] = operations.count
        operations.append(operation)
        pasts.append(past)
        depths.append(depth)
        return true
    }
}

/// A set of small numbers.
struct PositionSet: Sendable {
    private var words: [UInt64] = []

    func contains(_ position: Int) -> Bool {
        let word = position >> 6
        return word < words.count && words[word] & 1 << UInt64(position & 63) != 0
    }

    mutating func insert(_ position: Int) {
        let word = position >> 6
        if word >= words.count { words += repeatElement(0, count: word + 1 - words.count) }
        words[word] |= 1 << UInt64(position & 63)
    }

    mutating func formUnion(_ other: PositionSet) {
        if other.words.count > words.count { words += repeatElement(0, count: other.words.count - words.count) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }
}
