import Causality
import ChangeLog
import SyncEngine
import Vault

/// A node's durable log, in memory.
struct MemoryLog: RunSource {
    struct Stored {
        let entry: LogEntry
        /// The author's signature of the entry's hash, where it was received or made.
        let signature: Signature?
        let author: MemberID
        let epoch: EpochID
    }

    struct Failure: Error {}

    private(set) var logs: [ReplicaID: [Stored]] = [:]
    /// Whether reading fails, as with a damaged disk.
    var isBroken = false
    /// Runs end when they have this many bytes.
    var runBytesGoal = LogLimits.runBytesGoal
    /// Change sets that are held without contents that were let go.
    var partial: Set<Dot> = []

    func lacksContents(at dot: Dot) throws -> Bool { partial.contains(dot) }

    var heads: [LogHead] {
        logs.keys.sorted().compactMap { name in logs[name]?.last.map { LogHead(name, $0.entry.sequence, $0.entry.hash) } }
    }

    func tag(at dot: Dot) throws -> UInt32? {
        if isBroken { throw Failure() }
        let log = logs[dot.replica] ?? []
        return (1...max(1, log.count)).contains(Int(clamping: dot.sequence)) && !log.isEmpty ? log[Int(dot.sequence) - 1].entry.hash.tag : nil
    }

    func branch(of replica: ReplicaID, from first: UInt64) throws -> [UInt8]? {
        if isBroken { throw Failure() }
        let log = logs[replica] ?? []
        guard first >= 1, first <= UInt64(log.count), let end = log[Int(first - 1)...].firstIndex(where: { $0.signature != nil }),
            let signature = log[end].signature
        else { return nil }
        return try LogBranch(
            origin: replica, author: log[end].author, previous: first == 1 ? .zero : log[Int(first - 2)].entry.hash,
            epoch: log[end].epoch, signature: signature, entries: log[Int(first - 1)...end].map(\.entry)
        ).bytes
    }

    func head(_ replica: ReplicaID) -> LogHead {
        logs[replica]?.last.map { LogHead(replica, $0.entry.sequence, $0.entry.hash) } ?? LogHead(empty: replica)
    }

    mutating func add(_ stored: Stored, to replica: ReplicaID) { logs[replica, default: []].append(stored) }

    mutating func add(_ run: VerifiedRun) {
        for verified in run.entries {
            let isLast = verified.entry.sequence == run.head.sequence
            add(
                Stored(
                    entry: verified.entry, signature: isLast ? run.header.signature : nil, author: run.header.author,
                    epoch: run.header.epoch),
                to: run.header.replica)
        }
    }

    /// Loses what was merged last: the power failed before it was on the disk.
    mutating func loseTail(of replica: ReplicaID) {
        guard var stored = logs[replica], !stored.isEmpty else { return }
        stored.removeLast()
        while let last = stored.last, last.signature == nil { stored.removeLast() }
        logs[replica] = stored.isEmpty ? nil : stored
    }

    func run(of replica: ReplicaID, from first: UInt64, through last: UInt64) throws -> SourcedRun? {
        if isBroken { throw Failure() }
        guard let stored = logs[replica], first >= 1, first <= UInt64(stored.count) else { return nil }
        let span = stored[Int(first - 1)...]
        // A run ends with a signed change set: the last one within the goal and `last`, else the first one beyond them.
        var bytes = 0
        var end: Int?
        for (index, item) in zip(span.indices, span) {
            if partial.contains(Dot(replica, item.entry.sequence)) { break }
            bytes += item.entry.body.count + item.entry.contents.count + 8
            let isWithin = bytes <= runBytesGoal && item.entry.sequence <= last
            if item.signature != nil && (end == nil || isWithin) { end = index }
            if end != nil && !isWithin { break }
        }
        guard let end, let signature = stored[end].signature else { return nil }
        var writer = RunWriter()
        for item in stored[span.startIndex...end] {
            writer.add(sequence: item.entry.sequence, body: item.entry.body, contents: item.entry.contents)
        }
        let header = RunHeader(
            replica: replica, author: stored[end].author, first: first, epoch: stored[end].epoch, signature: signature)
        return SourcedRun(frame: writer.frame(header), last: writer.last)
    }
}
