/// Replica → highest sequence seen without gaps. An absent replica counts as 0.
///
/// Entries are kept sorted by replica, so that equal vectors have equal encodings whatever order they were built in.
/// Small vectors (a thread's clock has one entry for each office that touched it) are searched faster in a sorted array
/// than in a dictionary, and cost one allocation.
public struct VersionVector: Hashable, Sendable {
    /// One replica's highest sequence. Never 0 inside a vector.
    @frozen
    public struct Entry: Hashable, Sendable {
        /// Whose log.
        public let replica: ReplicaID
        /// How far.
        public var sequence: UInt64

        /// An entry for `replica` up to `sequence`.
        @inlinable
        public init(_ replica: ReplicaID, _ sequence: UInt64) {
            self.replica = replica
            self.sequence = sequence
        }
    }

    /// The entries, ascending by replica, without zeros.
    public private(set) var entries: [Entry]

    /// The empty vector: nothing seen.
    public init() { entries = [] }

    /// The vector of the given entries, in any order; of several for one replica the highest counts, zeros are dropped.
    public init(_ entries: some Sequence<Entry>) {
        self.entries = []
        for entry in entries { advance(entry.replica, to: entry.sequence) }
    }

    /// The vector of entries that the caller knows to be ascending by replica, each once and none 0: a decoder that checked.
    public init(ascending entries: [Entry]) { self.entries = entries }

    /// The vector that has seen `dot` and all before it in its log.
    public init(_ dot: Dot) {
        entries = dot.sequence == 0 ? [] : [Entry(dot.replica, dot.sequence)]
    }

    /// Whether nothing was seen.
    public var isEmpty: Bool { entries.isEmpty }

    /// The highest sequence seen of `replica`, 0 for none.
    public subscript(replica: ReplicaID) -> UInt64 {
        let index = position(of: replica)
        return index < entries.count && entries[index].replica == replica ? entries[index].sequence : 0
    }

    /// Whether `dot` was seen.
    public func covers(_ dot: Dot) -> Bool { dot.sequence <= self[dot.replica] }

    /// Raises the entry of `replica` to `sequence`; never lowers it.
    public mutating func advance(_ replica: ReplicaID, to sequence: UInt64) {
        guard sequence > 0 else { return }
        let index = position(of: replica)
        if index < entries.count && entries[index].replica == replica {
            if entries[index].sequence < sequence { entries[index].sequence = sequence }
        } else {
            entries.insert(Entry(replica, sequence), at: index)
        }
    }

    /// Adds `dot` and all before it in its log.
    public mutating func advance(to dot: Dot) { advance(dot.replica, to: dot.sequence) }

    /// Adds everything that `other` has seen: the least upper bound.
    public mutating func join(_ other: VersionVector) {
        for entry in other.entries { advance(entry.replica, to: entry.sequence) }
    }

    /// The least upper bound of both.
    public func joined(with other: VersionVector) -> VersionVector {
        var result = self
        result.join(other)
        return result
    }

    /// What both have seen: the greatest lower bound.
    public func meet(_ other: VersionVector) -> VersionVector {
        VersionVector(
            ascending: entries.compactMap { entry in
                let sequence = min(entry.sequence, other[entry.replica])
                return sequence > 0 ? Entry(entry.replica, sequence) : nil
            })
    }

    /// Whether everything that `other` has seen was seen here too.
    public func dominates(_ other: VersionVector) -> Bool {
        other.entries.allSatisfy { self[$0.replica] >= $0.sequence }
    }

    /// How this vector stands to `other`, over the union of their replicas.
    public func order(against other: VersionVector) -> CausalOrder {
        switch (dominates(other), other.dominates(self)) {
        case (true, true): .equal
        case (true, false): .after
        case (false, true): .before
        case (false, false): .concurrent
        }
    }

    /// Whether neither has seen all that the other has.
    public func isConcurrent(with other: VersionVector) -> Bool { order(against: other) == .concurrent }

    /// The entries in which this vector is ahead of `base`: joining them to `base` gives the join of both.
    public func delta(against base: VersionVector) -> [Entry] {
        entries.filter { $0.sequence > base[$0.replica] }
    }

    /// Index of the first entry whose replica is not below `replica`.
    private func position(of replica: ReplicaID) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].replica < replica { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension VersionVector: CustomStringConvertible {
    /// `{replica:sequence, ...}`, ascending by replica.
    public var description: String {
        "{" + entries.map { "\($0.replica):\($0.sequence)" }.joined(separator: ", ") + "}"
    }
}
