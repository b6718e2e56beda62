import Causality
import ChangeLog
public import InboxModel
import ReplicaStore
import Vault

extension InboxReader {
    /// How many change sets one call looks at, so that a rare filter over a long log does not hold a page up: then fewer lines come than
    /// asked for, and `next` goes on.
    private static let auditReadMax = 20_000

    /// The audit, the newest first: what nodes recorded, and what people wrote, straight from the logs, which are signed and chained.
    ///
    /// - Parameters:
    ///   - filter: Which lines.
    ///   - limit: How many at most; the lines of one change set come together, so there may be a few more.
    ///   - before: Where a slice before this one ended (`AuditSlice.next`); nil to begin with the newest.
    public func audit(_ filter: AuditFilter = AuditFilter(), limit: Int = 100, before: Stamp? = nil) throws -> AuditSlice {
        let roster = try roster()
        var names: [ReplicaID: String] = [:]
        var tails: [LogTail] = []
        for progress in try store.progress() where progress.received.sequence > 0 {
            names[progress.replica] = roster.author(of: progress.replica)?.name ?? "unknown member"
            var tail = LogTail(replica: progress.replica, next: progress.received.sequence)
            try tail.skip(to: before, latest: filter.to, self)
            tails.append(tail)
        }
        var patients: [ThreadID: PatientID?] = [:]
        var lines: [AuditLine] = []
        var read = 0
        while lines.count < limit && read < Self.auditReadMax {
            var newest: (index: Int, stamp: Stamp)?
            for index in tails.indices {
                guard let stamp = try tails[index].head(self) else { continue }
                if newest.map({ $0.stamp < stamp }) ?? true { newest = (index, stamp) }
            }
            guard let newest, filter.from.map({ newest.stamp.timestamp.milliseconds >= $0 }) ?? true else {
                return AuditSlice(lines: lines, next: nil, changeSetsRead: read)
            }
            guard let set = tails[newest.index].take() else { continue }
            read += 1
            let found = try AuditLine.lines(of: set, member: names[set.dot.replica] ?? "")
            for line in found.reversed() where try fits(line, filter, &patients) {
                lines.append(line)
            }
        }
        let next = try tails.indices.compactMap { try tails[$0].head(self) }.max()
        return AuditSlice(lines: lines, next: next, changeSetsRead: read)
    }

    private func fits(_ line: AuditLine, _ filter: AuditFilter, _ patients: inout [ThreadID: PatientID?]) throws -> Bool {
        if let staff = filter.staff, line.actor != .staff(staff) { return false }
        if let thread = filter.thread, line.thread != thread { return false }
        if !filter.actions.isEmpty && !filter.actions.contains(line.action) { return false }
        if filter.isTrouble && line.outcome == .done { return false }
        if let to = filter.to, line.at > to { return false }
        if let from = filter.from, line.at < from { return false }
        guard let patient = filter.patient else { return true }
        if line.patient == patient { return true }
        guard let thread = line.thread else { return false }
        if patients[thread] == nil { patients[thread] = .some(try store.state(of: thread)?.opening?.patient) }
        return patients[thread] == .some(patient)
    }
}

/// The change sets of one log from its end, opened some at a time.
private struct LogTail {
    let replica: ReplicaID
    /// The next change set to read, 0 where there is none.
    var next: UInt64
    /// Opened ones, the newest last. Change sets that cannot be opened here are left out.
    private var opened: [ChangeSet] = []
    private static let batch: UInt64 = 64

    init(replica: ReplicaID, next: UInt64) {
        self.replica = replica
        self.next = next
    }

    /// The newest that is left.
    mutating func head(_ reader: InboxReader) throws -> Stamp? {
        // A branch of a forked log begins after what it has in common with the other one.
        let base = reader.forks.base(of: replica)
        while opened.isEmpty && next > base {
            let first = max(base + 1, next > Self.batch ? next - Self.batch + 1 : 1)
            opened = try reader.bodies(of: replica, first...next).map(\.set)
            next = first - 1
        }
        return opened.last?.stamp
    }

    mutating func take() -> ChangeSet? { opened.popLast() }

    /// Leaves out what is not before `stamp`, and what came long after `latest`.
    mutating func skip(to stamp: Stamp?, latest: Int64?, _ reader: InboxReader) throws {
        // Entries are recorded up to some seconds after they happened.
        let margin: Int64 = 60_000
        guard stamp != nil || latest != nil else { return }
        var low = reader.forks.base(of: replica)
        var high = next
        // Times in one log only grow, so the place is found by halving.
        while low < high {
            let middle = low + (high - low + 1) / 2
            let found = try reader.body(at: Dot(replica, middle))?.set.stamp
            let isBefore = found.map { found in
                (stamp.map { found <= $0 } ?? true) && (latest.map { found.timestamp.milliseconds <= $0 + margin } ?? true)
            }
            // What cannot be opened says nothing: it is looked at one by one.
            if isBefore ?? true { low = middle } else { high = middle - 1 }
        }
        next = low
    }
}

extension InboxReader {
    /// Change sets of a log, opened, ascending; those whose key is not here are left out.
    func bodies(of replica: ReplicaID, _ range: ClosedRange<UInt64>) throws -> [ChangeSetBody] {
        let opener = opener
        let base = forks.branches[replica]?.base
        // With the one before, whose hash is needed to open the first.
        let begin = max((base?.sequence ?? 0) + 1, range.lowerBound > 1 ? range.lowerBound - 1 : 1)
        var previous = begin == (base?.sequence ?? 0) + 1 ? base?.hash ?? ChangeSetHash.zero : ChangeSetHash.zero
        var bodies: [ChangeSetBody] = []
        for row in try store.rows(of: replica, from: begin, bytesMax: .max, countMax: Int(clamping: range.upperBound - begin + 1)) {
            if row.sequence >= range.lowerBound, let key = epochs[EpochID(try Digest(copying: row.epoch))],
                let body = try opener.changes(of: LogEntry(row), replica: replica, previous: previous, key: key)
            {
                bodies.append(body)
            }
            previous = row.hash
        }
        return bodies
    }
}

extension AuditLine {
    /// The lines of one change set: one for each recorded entry, and one for what was written, where anything was.
    fileprivate static func lines(of set: ChangeSet, member: String) throws -> [AuditLine] {
        var lines: [AuditLine] = []
        var words: [String] = []
        var patient: PatientID?
        var thread: ThreadID?
        for change in set.changes {
            switch change {
            case .audit(let entry):
                lines.append(
                    AuditLine(
                        stamp: set.stamp, index: lines.count, at: entry.at, action: entry.action, outcome: entry.outcome,
                        actor: entry.staff.map { .staff($0) } ?? .system, role: entry.role, member: member, office: set.office,
                        patient: entry.patient, thread: entry.thread, address: entry.address, detail: entry.detail))
                continue
            case .thread(let id, _, _): thread = thread ?? id
            case .patient(let id, _, _): patient = patient ?? id
            case .directory, .unknown: break
            }
            if let word = change.auditWord, !words.contains(word) { words.append(word) }
        }
        if !words.isEmpty {
            lines.append(
                AuditLine(
                    stamp: set.stamp, index: lines.count, at: set.stamp.timestamp.milliseconds, action: .change, outcome: .done,
                    actor: set.actor, role: nil, member: member, office: set.office, patient: patient, thread: thread, address: "",
                    detail: words.joined(separator: ", ")))
        }
        return lines
    }
}

extension Change {
    /// What was written, in a few words; nil for what people did not ask for.
    fileprivate var auditWord: String? {
        switch self {
        case .thread(_, _, .contentKey), .thread(_, _, .read): nil
        case .directory(let document, _): document.word
        default: word
        }
    }
}

extension DirectoryDocument {
    /// What kind of document, in a word.
    fileprivate var word: String {
        switch self {
        case .office: "office"
        case .staff: "person"
        case .queue: "queue"
        case .category: "category"
        case .account: "account"
        case .token: "API token"
        case .authority: "authority of the pages"
        }
    }
}
