import Causality
import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore

/// What the checker knows of one node, over all its lives; and what it is told of each merge while it happens.
final class NodeWatch: MergeObserver {
    /// The people's claims on one thread that count at the moment.
    struct Claims {
        /// Whose, each once, the effective one first.
        let owners: [Owner]
        /// The change sets that made them.
        let dots: Set<Dot>

        init(_ state: ThreadState) {
            owners = state.claimants
            dots = Set(state.owners.entries.filter { $0.value.rank > .automation }.map(\.stamp.dot))
        }
    }

    /// What a node had and, when it came back, had no more.
    struct Loss {
        var death: Death?
        /// How far logs that it wrote go now, where that is less than before.
        var own: [LogHead] = []
        /// Logs of others that were held further before. Ascending.
        var others: [ReplicaID] = []
        var isEmpty: Bool { own.isEmpty && others.isEmpty }
    }

    /// A frame or run that was made up and given to the node, and what it had counted by then.
    struct BadInput {
        let fault: Fault
        let life: Int
        /// When it arrives, in virtual milliseconds since 1970.
        let arrival: Int64
        let complaints: Int
    }

    let node: Int
    let name: String
    private let ledger: Ledger

    /// The log that the node writes.
    var replica: ReplicaID? { didSet { if let replica { written.insert(replica) } } }
    /// The logs that it ever wrote: one for each life of its replica.
    private(set) var written: Set<ReplicaID> = []
    /// How far that log is in the ledger.
    var learned: LogHead?
    /// The furthest that each log was seen here, but for what a power cut took.
    var received: [ReplicaID: LogHead] = [:]
    /// What is merged here, by the order of what the node said.
    private(set) var merged = VersionVector()
    /// Whether it ever set a change set aside. What follows that one in its log, and what depends on it, is merged without it.
    private(set) var hasSetAside = false
    /// Breaches of the causal order that are committed and not reported yet: what, and how.
    var breaches: [(dot: Dot, message: String)] = []
    /// Logs of which a stamp from too far in the future was merged and committed since the last turn.
    var ahead: Set<ReplicaID> = []
    /// Those of them that the node has warned of in this life.
    var warnedAhead: Set<ReplicaID> = []
    /// What was merged into the inbox and committed since the last turn.
    var mergedSince: [Dot] = []
    /// The claims on the threads that anybody claimed.
    var claims: [ThreadID: Claims] = [:]

    /// How the node stopped last.
    var lastDeath: Death?
    /// What is missing since the start, to be judged once it is known whether a fault explains it.
    var loss = Loss()
    /// Faults of its disk that explain losses.
    var diskExcuses: Set<Fault> = []
    /// Until when its disk may fail, in virtual milliseconds since 1970.
    var diskFailsUntil: Int64 = .min
    /// Whether its replica is not to be relied on: its machine lost power while or after its disk lied, or it says that it cannot
    /// store since its disk lied or rotted.
    var isDamaged = false
    /// Whether it is a relay that did something for which it may be called a liar.
    var isSuspect = false
    /// Logs that warnings named.
    var forkWarnings: Set<ReplicaID> = []
    /// How many warnings it gave.
    var warnings = 0
    /// What was made up and given to it, and not judged yet.
    var badInputs: [BadInput] = []
    /// Warnings in the current second and hour.
    var rates = WarningRates()
    /// How much it held when its logs were last recomputed.
    var verifiedCount: UInt64 = 0

    // Of the transaction that is going on.
    private var mergedNow: VersionVector?
    private var breachesNow: [(dot: Dot, message: String)] = []
    private var aheadNow: Set<ReplicaID> = []
    private var dotsNow: [Dot] = []
    private var divisionsNow: [(log: ReplicaID, sequence: UInt64, branch: ReplicaID)] = []

    init(node: Int, name: String, ledger: Ledger) {
        self.node = node
        self.name = name
        self.ledger = ledger
    }

    /// Begins a life of the node: what its replica says is merged counts.
    func begin(merged: VersionVector, hasSetAside: Bool = false) {
        self.merged = merged
        self.hasSetAside = hasSetAside
        mergedNow = nil
        divisionsNow = []
        breachesNow = []
        aheadNow = []
        dotsNow = []
        mergedSince = []
        ahead = []
        warnedAhead = []
    }

    // MARK: Merging

    func merged(_ step: MergeStep) {
        var clock = mergedNow ?? merged
        let next = clock[step.dot.replica] + 1
        if step.dot.sequence != next {
            breachesNow.append((step.dot, "it was merged where change set \(next) of its log comes next"))
        }
        if step.isSetAside {
            hasSetAside = true
        } else {
            checkOrder(of: step, clock)
            dotsNow.append(step.dot)
        }
        clock.advance(to: step.dot)
        mergedNow = clock
        guard let time = step.timestamp, !step.isSetAside, !step.isAuthored, step.dot.replica != replica else { return }
        if time.milliseconds - step.now > HybridClock.aheadMax { aheadNow.insert(step.dot.replica) }
    }

    /// What is set aside waits for nothing; everything else for what its author had merged.
    private func checkOrder(of step: MergeStep, _ clock: VersionVector) {
        for dependency in step.dependencies where !ledger.covers(clock, dependency.dot) {
            breachesNow.append((step.dot, "it was merged before \(dependency.dot), which its author had seen"))
        }
        // The same by the ledger: what the author had merged, whatever the change set was read to say. Of a log with two
        // histories the ledger cannot tell here which one this is; and what the node itself writes is not in it yet.
        guard !hasSetAside, !step.isAuthored, step.dot.replica != replica, !ledger.forked.contains(step.dot.replica),
            let entry = ledger.entry(at: step.dot)
        else { return }
        for needed in entry.clock.entries where !ledger.covers(clock, Dot(needed.replica, needed.sequence)) {
            let dot = Dot(needed.replica, needed.sequence)
            breachesNow.append((step.dot, "it was merged before \(dot), which its author had merged"))
        }
    }

    func divided(_ log: ReplicaID, after sequence: UInt64, into branch: ReplicaID?, others: [ReplicaID]) {
        let clock = mergedNow ?? merged
        var entries = clock.entries.filter { $0.replica != log } + [VersionVector.Entry(log, min(clock[log], sequence))]
        if let branch {
            entries.append(VersionVector.Entry(branch, max(clock[log], sequence)))
            divisionsNow.append((log, sequence, branch))
        }
        for other in others where clock[other] == 0 { entries.append(VersionVector.Entry(other, sequence)) }
        mergedNow = VersionVector(entries)
    }

    func reviewed(setAside: [Dot], reinstated: [Dot]) {
        if !setAside.isEmpty { hasSetAside = true }
    }

    func committed() {
        if let mergedNow {
            merged = mergedNow
            self.mergedNow = nil
        }
        if !breachesNow.isEmpty {
            breaches += breachesNow
            breachesNow = []
        }
        if !aheadNow.isEmpty {
            ahead.formUnion(aheadNow)
            aheadNow = []
        }
        if !dotsNow.isEmpty {
            mergedSince += dotsNow
            dotsNow = []
        }
        for (log, sequence, branch) in divisionsNow {
            guard let head = received[log], head.sequence > sequence else { continue }
            received[branch] = LogHead(branch, head.sequence, head.hash)
            received[log] = nil
        }
        divisionsNow = []
    }

    func undone() {
        mergedNow = nil
        divisionsNow = []
        dotsNow = []
        breachesNow = []
        aheadNow = []
    }

    func emptied(bases: VersionVector) { mergedNow = bases }
}
