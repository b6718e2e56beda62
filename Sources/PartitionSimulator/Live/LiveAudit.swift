public import Causality
import ChangeLog
public import InboxModel
public import OfficeNode
import PlainInbox
import ReplicaStore
import Vault

/// What must hold after a run among real processes, read from the replicas that they left.
///
/// The same rules as in the simulator, as far as files can tell: nobody watched the processes from inside.
public struct LiveAudit {
    /// A node's replica after its process ended.
    public struct Replica {
        /// The node's name.
        public let name: String
        /// Reads it.
        public let reader: InboxReader

        /// A replica that was opened.
        public init(name: String, reader: InboxReader) {
            self.name = name
            self.reader = reader
        }
    }

    /// A change set that somebody was told is kept.
    public struct Acknowledged: Hashable, Sendable {
        /// Its name.
        public let dot: Dot
        /// The node that said so.
        public let node: String
        /// The scenario's name of the thread.
        public let thread: String
        /// Whether it is a message of the patient or to the patient.
        public let isMessage: Bool

        /// An acknowledgement; nil where `changeSet` is not the name of a change set as `replica:sequence`.
        public init?(changeSet: String, node: String, thread: String, isMessage: Bool) {
            let parts = changeSet.split(separator: ":")
            guard parts.count == 2, let replica = ReplicaID(hexadecimal: String(parts[0])), let sequence = UInt64(parts[1])
            else { return nil }
            dot = Dot(replica, sequence)
            self.node = node
            self.thread = thread
            self.isMessage = isMessage
        }
    }

    /// What did not hold.
    public private(set) var violations: [Violation] = []
    private let at: Int64
    private let threads: [String: ThreadID]
    private let acknowledged: [Acknowledged]

    /// - Parameters:
    ///   - at: The moment of the story that violations name, in milliseconds after its start.
    ///   - threads: The threads, by the scenario's names for them.
    ///   - acknowledged: Everything that nodes said is kept.
    public init(at: Int64, threads: [String: ThreadID], acknowledged: [Acknowledged]) {
        self.at = at
        self.threads = threads
        self.acknowledged = acknowledged
    }

    /// Checks the replicas of all members against one another, against what was acknowledged and against the plain fold
    /// of their logs. Throws where a replica cannot be read.
    public mutating func check(_ replicas: [Replica], _ expectations: Expectations) throws {
        guard let first = replicas.first else { return }
        for replica in replicas {
            try checkLogs(of: replica)
            try checkAcknowledged(by: replica, like: first)
            try checkThreads(of: replica)
        }
        for replica in replicas.dropFirst() { try compare(first, replica) }
        try compareWithFold(first)
        try check(expectations, replicas)
    }

    mutating func report(_ invariant: Invariant?, _ node: String?, _ dot: Dot? = nil, _ message: String) {
        violations.append(Violation(invariant, at: at, node: node, changeSet: dot?.description, message))
    }

    private mutating func checkLogs(of replica: Replica) throws {
        for log in try replica.reader.verifyLogs().logs {
            if let fault = log.fault { report(.logs, replica.name, nil, "the log \(log.replica): \(fault)") }
        }
        for finding in try replica.reader.store.checkIntegrity() { report(.logs, replica.name, nil, "the database: \(finding)") }
        for log in try replica.reader.store.progress() where log.merged < log.received.sequence {
            report(.convergence, replica.name, Dot(log.replica, log.merged + 1), "it is held and not merged")
        }
        // Nobody in such a run writes what an honest node would not.
        for set in try replica.reader.store.quarantine() {
            report(.authenticity, replica.name, set.dot, "it was set aside: \(set.reason)")
        }
    }

    /// What was acknowledged is in the log and merged, with the same hash everywhere. That the chain up to it is what its
    /// author signed says `checkLogs`.
    private mutating func checkAcknowledged(by replica: Replica, like first: Replica) throws {
        var merged: [ReplicaID: UInt64] = [:]
        for log in try replica.reader.store.progress() { merged[log.replica] = log.merged }
        for entry in acknowledged {
            let row = try replica.reader.store.logRow(at: entry.dot)
            if row == nil {
                report(.durability, replica.name, entry.dot, "it was acknowledged at \(entry.node), and is not held")
            } else if merged[entry.dot.replica] ?? 0 < entry.dot.sequence {
                report(.durability, replica.name, entry.dot, "it was acknowledged at \(entry.node), and is not merged")
            } else if let twin = try first.reader.store.logRow(at: entry.dot), twin.hash != row?.hash {
                report(.authenticity, replica.name, entry.dot, "its hash is another one than at \(first.name)")
            }
        }
    }

    private mutating func checkThreads(of replica: Replica) throws {
        let store = replica.reader.store
        for row in try store.threads(ThreadFilter(.open), limit: .max) where row.state.owner == nil {
            report(.ownership, replica.name, nil, "thread \(name(of: row.id)) has neither an owner nor a queue")
        }
        for (name, id) in threads.sorted(by: { $0.key < $1.key }) {
            let messages = acknowledged.count { $0.thread == name && $0.isMessage }
            guard let state = try store.state(of: id) else {
                report(.durability, replica.name, nil, "thread \(name) is not there")
                continue
            }
            // What nobody got an answer for, because the process died first, may be kept all the same.
            if state.messageCount < UInt64(messages) {
                report(
                    .durability, replica.name, nil,
                    "thread \(name) has \(state.messageCount) messages, and \(messages) were acknowledged")
            }
        }
    }

    private mutating func compare(_ one: Replica, _ other: Replica) throws {
        let (left, right) = (try one.reader.store.progress(), try other.reader.store.progress())
        let held = Dictionary(uniqueKeysWithValues: left.map { ($0.replica, $0.received) })
        let theirs = Dictionary(uniqueKeysWithValues: right.map { ($0.replica, $0.received) })
        for replica in Set(held.keys).union(theirs.keys).sorted() where held[replica] != theirs[replica] {
            let (mine, twin) = (held[replica]?.sequence ?? 0, theirs[replica]?.sequence ?? 0)
            report(
                mine == twin ? .forks : .convergence, other.name, Dot(replica, min(mine, twin) + 1),
                "\(one.name) holds \(mine) change sets of the log and \(other.name) \(twin)"
                    + (mine == twin ? ", which are not the same ones" : ""))
        }
        if try LogicalDigest.compute(one.reader.store) != LogicalDigest.compute(other.reader.store) {
            report(.convergence, other.name, nil, "it shows something else than \(one.name)")
        }
    }

    /// What a replica shows is what a plain program makes of its logs.
    private mutating func compareWithFold(_ replica: Replica) throws {
        var inbox = PlainInbox()
        for log in try replica.reader.store.progress() where log.merged > 0 {
            for sequence in 1...log.merged {
                guard let body = try replica.reader.body(at: Dot(log.replica, sequence)) else { continue }
                inbox.add(body.set)
            }
        }
        if inbox.sets.isEmpty { report(.convergence, replica.name, nil, "it has merged nothing at all") }
        let store = replica.reader.store
        let states = try store.threads(ThreadFilter(.every), limit: .max).map { ($0.id, $0.state) }
        let shown = Dictionary(uniqueKeysWithValues: states)
        for id in inbox.threadIDs.union(shown.keys).sorted() {
            let fold = inbox.thread(id).shown
            guard let state = shown[id] else {
                report(.convergence, replica.name, nil, "thread \(name(of: id)) is in the logs, and is not shown")
                continue
            }
            if ShownThread(state) != fold {
                let fields = ShownDifferences(ShownThread(state), fold).names
                let what = "thread \(name(of: id)) differs from the plain fold of the logs: \(fields)"
                report(.convergence, replica.name, nil, what)
            }
        }
        for patient in try store.patients(limit: .max) where ShownPatient(patient) != inbox.patient(patient.id).shown {
            report(.convergence, replica.name, nil, "patient \(patient.id) differs from the plain fold of the logs")
        }
    }

    /// What the scenario calls a thread, else its id.
    func name(of id: ThreadID) -> String { threads.first { $0.value == id }?.key ?? "\(id)" }

    // MARK: Expectations

    private mutating func check(_ expectations: Expectations, _ replicas: [Replica]) throws {
        for (name, expected) in expectations.threads.sorted(by: { $0.key < $1.key }) {
            guard let id = threads[name] else {
                report(nil, nil, nil, "thread \(name) was never opened")
                continue
            }
            for replica in replicas {
                guard let state = try replica.reader.store.state(of: id) else { continue }
                let keys = DirectoryKeys(try replica.reader.directory())
                for miss in keys.differences(expected, state) { report(nil, replica.name, nil, "thread \(name), \(miss)") }
            }
        }
    }
}

/// The keys of what threads refer to, as a node's directory has them.
private struct DirectoryKeys {
    private let directory: Directory

    init(_ directory: Directory) { self.directory = directory }

    private func key(of owner: Owner?) -> String {
        switch owner {
        case .staff(let id): key(of: id)
        case .queue(let id): directory.queues.first { $0.id == id }?.profile?.key ?? "\(id)"
        case nil: "nobody"
        }
    }

    private func key(of person: StaffID) -> String { directory.staff.first { $0.id == person }?.profile?.key ?? "\(person)" }

    /// What a thread shows otherwise than expected: a sentence each.
    func differences(_ expected: Expectations.Thread, _ state: ThreadState) -> [String] {
        var found: [String] = []
        func compare(_ field: String, _ shown: String, _ wanted: String?) {
            if let wanted, wanted != shown { found.append("\(field): \(shown), and \(wanted) was expected") }
        }
        if let wanted = expected.status, !state.status.isCalled(wanted) { compare("status", state.status.name, wanted) }
        compare("owner", key(of: state.owner), expected.owner)
        let claimants = state.flags.contains(.contested) ? state.claimants.map { key(of: $0) }.sorted() : []
        compare("contested", "\(claimants)", expected.contested.map { "\($0.sorted())" })
        compare("messages", "\(state.messageCount)", expected.messages.map { "\($0)" })
        compare("needs-reply", state.flags.contains(.needsReply) ? "yes" : "no", expected.needsReply.map { $0 ? "yes" : "no" })
        compare("tags", "\(state.tags.map(\.tag).sorted())", expected.tags.map { "\($0.sorted())" })
        compare("priority", String(describing: state.priority), expected.priority)
        let category = directory.categories.first { $0.id == state.category?.category }?.profile?.key
        compare("category", category ?? "none", expected.category)
        compare("escalation", "\(state.escalationLevel)", expected.escalation.map { "\($0)" })
        compare("drafts", "\(state.drafts.map { key(of: $0.staff) }.sorted())", expected.drafts.map { "\($0.sorted())" })
        compare("office", directory.key(of: state.office), expected.office)
        for flag in expected.flags ?? [] where !state.flags.names.contains(flag) {
            found.append("flags: \(state.flags.names), and \(flag) was expected")
        }
        return found
    }
}
