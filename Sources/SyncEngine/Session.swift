import Causality
import ChangeLog

/// What the engine knows about one peer, and what is under way with it.
struct Session: Sendable {
    let member: MemberID
    var isConnected = false
    /// We refused the peer's last HELLO; nothing else is exchanged until it sends a better one.
    var isForeign = false
    /// The peer refused our last HELLO; nothing else is exchanged until it answers one.
    var refusesUs = false
    /// It did so because we are no member, as it says.
    var disownsUs = false
    /// When the last frame came, as given by the caller.
    var lastHeard: Int64?
    var replica: ReplicaID?
    /// Replicas that the peer named in greetings before the one it named last; a few.
    private var replicasBefore: [ReplicaID] = []
    /// When it was last warned of that the peer goes back and forth between replicas.
    private var turnedBackAt: Int64?
    var faults: UInt64 = 0
    /// When the last answer to a malformed frame was sent.
    var refusedAt: Int64?

    /// When the current second of warnings began, and how many it has seen.
    var warnedAt: Int64 = 0
    var warnings = 0
    /// How far beyond our own log the peer said to hold it; warned of once.
    var ownAhead: UInt64 = 0

    /// What the peer holds, as far as it said or was sent it; at most `logsMax` logs.
    var known: [ReplicaID: KnownHead] = [:]
    /// Whether `known` rests on a whole clock, so that a later clock may say only what changed.
    var isClockKnown = false
    /// The beginning of the digest of the logs that are sealed at the peer, as its last HELLO on this connection named it; 0 for none.
    var sealedTag: UInt64 = 0
    /// Whether the peer is to name every head on this connection: it named sealed logs that are not known here.
    var wantsEveryHead = false
    /// Logs of which the peer may hold more than we accepted. Pruned when wants are assigned.
    var lacking: Set<ReplicaID> = []
    /// Logs of which a fork is suspected.
    var forks: [ReplicaID: SuspectedFork] = [:]
    /// When the peer was last sent something about where a log was forked, in elapsed time.
    var toldForks: [ReplicaID: Int64] = [:]

    var greeting = Greeting()
    /// What was said in CLOCK frames of this and earlier sessions.
    var told: [ReplicaID: UInt64] = [:]

    var want: Want?
    /// No WANT before then: the peer is busy, or we are.
    var wantPausedUntil: Int64 = 0
    /// Logs that are not asked of this peer for a while.
    var delays: [ReplicaID: Delay] = [:]
    /// What the peer said that it holds without all contents, as it was asked for last.
    var partial: [ReplicaID: LogRange] = [:]
    /// WANTs in a row that went unanswered.
    var silences = 0

    /// Runs handed to the brain and neither committed nor declined, in that order.
    var accepted: [AcceptedRun] = []
    var bytesInFlight = 0

    var service: Service?
    /// No runs to the peer before then: it is busy.
    var servicePausedUntil: Int64 = 0
    /// Bytes pushed to the peer that it has not confirmed.
    var bytesPushed = 0

    /// What the peer is held to, where it is a relay.
    var claims: RelayClaims?
    /// What this peer was told on this connection of what relays told us, as a sum by relay, and when.
    var witnessed: [MemberID: UInt64] = [:]
    var witnessedAt: Int64?

    /// Logs to be named in the next HEADS.
    var hints: Set<ReplicaID> = []
    var hintedAt: Int64?

    /// Logs that are remembered of a peer: one that makes up names must not fill our memory.
    static let logsMax = 20_000

    init(_ member: MemberID) { self.member = member }

    /// Whether logs are exchanged.
    var isOpen: Bool { isConnected && !isForeign && !refusesUs }

    /// Whether only the next greeting is to come: nothing is asked for, sent, lacking or left to say. (Delays are of what is lacking.)
    var isQuiet: Bool {
        want == nil && accepted.isEmpty && service == nil && hints.isEmpty && lacking.isEmpty
    }

    /// Whether the peer answered our last greeting, and nothing that it holds is lacking here.
    var isLevel: Bool {
        isOpen && isClockKnown && !greeting.isOpen && want == nil && accepted.isEmpty && lacking.isEmpty
    }

    /// Whether a log is not exchanged with this peer, as it holds another history.
    func isForked(_ replica: ReplicaID) -> Bool { forks[replica].map { !$0.isOnTrial } ?? false }

    /// What the peer is told of a log that ends with `head`. Of a forked one, where the histories differ: whatever the peer missed and
    /// however far either has gone on since, it sees it there.
    func entry(of head: LogHead) -> TaggedClockEntry {
        guard let fork = forks[head.replica], !fork.isOnTrial else { return TaggedClockEntry(head) }
        return fork.entry(of: head.replica)
    }

    /// How far the peer holds the log of `replica`.
    func position(of replica: ReplicaID) -> UInt64 { known[replica]?.sequence ?? 0 }

    /// Takes note that the peer holds the log up to `sequence`, or, with a tag, what it holds there.
    mutating func advance(_ replica: ReplicaID, to sequence: UInt64, tag: UInt32?) {
        let position = position(of: replica)
        guard position < sequence || position == sequence && tag != nil else { return }
        guard known.count < Self.logsMax || known[replica] != nil else { return }
        known[replica] = KnownHead(sequence: sequence, tag: tag)
    }

    /// Whether another warning about the peer is not too many.
    mutating func mayWarn(at now: Int64, max most: Int) -> Bool {
        if now - warnedAt >= 1_000 {
            warnedAt = now
            warnings = 0
        }
        warnings += 1
        return warnings <= most
    }

    /// Puts off asking for a log; longer each time until `forgive`.
    mutating func delay(_ replica: ReplicaID, at now: Int64, first: Int64, max longest: Int64, endsWithRoster: Bool = false) {
        if delays.count >= Self.logsMax { delays = delays.filter { $0.value.until > now } }
        guard delays.count < Self.logsMax || delays[replica] != nil else { return }
        let strikes = (delays[replica]?.strikes ?? 0) + 1
        let wait = min(longest, first << Int64(min(strikes - 1, 16)))
        delays[replica] = Delay(until: now + wait, strikes: strikes, endsWithRoster: endsWithRoster)
    }

    /// The roster changed: unknown authors may be known now.
    mutating func endRosterDelays() { delays = delays.filter { !$0.value.endsWithRoster } }

    /// The peer greets as `replica`. True where it has greeted as another one since it last greeted as this one: two machines with one
    /// identity do. Not more often than every `interval`.
    mutating func turnsBack(to replica: ReplicaID, at now: Int64, interval: Int64) -> Bool {
        guard let last = self.replica, last != replica else {
            self.replica = replica
            return false
        }
        let isBack = replicasBefore.contains(replica)
        replicasBefore = replicasBefore.filter { $0 != last }.suffix(7) + [last]
        self.replica = replica
        guard isBack, turnedBackAt.map({ now - $0 >= interval }) ?? true else { return false }
        turnedBackAt = now
        return true
    }

    mutating func pauseWants(until time: Int64) { wantPausedUntil = max(wantPausedUntil, time) }

    /// The peer committed as many bytes of what was pushed to it.
    mutating func confirmPushed(_ byteCount: Int) { bytesPushed = max(0, bytesPushed - byteCount) }

    /// The connection ended, or a new one replaces it: what was under way on it is void. What is in the brain's hands and what is
    /// known of the peer's log stays.
    mutating func endConnection() {
        isConnected = false
        isForeign = false
        refusesUs = false
        greeting = Greeting()
        want = nil
        wantPausedUntil = 0
        silences = 0
        partial = [:]
        service = nil
        servicePausedUntil = 0
        bytesPushed = 0
        hints = []
        hintedAt = nil
        ownAhead = 0
        toldForks = [:]
        sealedTag = 0
        wantsEveryHead = false
        witnessed = [:]
    }
}

/// Everything that a node holds, as HELLO and SAME compare it: made once, as most of what nodes ever say is that.
struct Standing: Sendable {
    let digest: [UInt8]
    /// What a peer of the same digest holds.
    let known: [ReplicaID: KnownHead]
    /// How far each log is held.
    let sequences: [ReplicaID: UInt64]

    /// The standing of a node that holds `heads`, none of them empty.
    init(_ heads: [LogHead]) {
        digest = ClockDigest.bytes(of: heads)
        known = Dictionary(uniqueKeysWithValues: heads.map { ($0.replica, KnownHead(sequence: $0.sequence, tag: $0.hash.tag)) })
        sequences = Dictionary(uniqueKeysWithValues: heads.map { ($0.replica, $0.sequence) })
    }
}

/// How far a peer holds a log, and which history that is, where it said so.
struct KnownHead: Sendable {
    let sequence: UInt64
    let tag: UInt32?
}

/// The peer named another change set than ours under one number.
struct SuspectedFork: Sendable {
    /// The number, and what either side holds there.
    let sequence: UInt64
    let theirTag: UInt32
    let ourTag: UInt32
    /// The logs have grown apart since, so that tags no longer tell; whether a run verifies does.
    var isOnTrial = false
    /// A run failed in such a trial.
    var isProven = false

    /// What we hold of the log there.
    func entry(of replica: ReplicaID) -> TaggedClockEntry { TaggedClockEntry(replica, sequence, tag: ourTag) }

    /// Takes note of what the peer says now, where our log ends elsewhere.
    mutating func judge(_ head: TaggedClockEntry) {
        if isProven { return }
        isOnTrial = head.sequence != sequence || head.tag != theirTag
    }

    /// A run does not follow our history.
    mutating func fail() {
        if !isOnTrial { return }
        isOnTrial = false
        isProven = true
    }
}

/// A log that is not asked of a peer for a while.
struct Delay: Sendable {
    let until: Int64
    let strikes: Int
    let endsWithRoster: Bool
}

/// The comparing of clocks on one connection.
struct Greeting: Sendable {
    /// When our last HELLO was sent.
    var sentAt: Int64 = 0
    /// Whether it is not answered yet.
    var isOpen = false
    /// When the next one is due.
    var due: Int64 = 0
    /// What our last HELLO stands for.
    var standing: Standing?
    /// Whether our clock was sent since our last HELLO.
    var clockSent = false
    /// How many CLOCKs were sent on this connection.
    var clocks = 0
}

/// A WANT that the peer is answering.
struct Want: Sendable {
    /// What was asked for; `LogRange.first` as asked, whatever has come since.
    let ranges: [LogRange]
    let sentAt: Int64
    /// Takes the place of a WANT whose runs may still be arriving.
    var isReplacement: Bool
    /// When a run last came that was of use, or credit was given.
    var progressAt: Int64
    /// Credit that the peer still has, as far as we know.
    var granted: Int
    /// Logs of which a run was accepted.
    var progressed: Set<ReplicaID> = []
    /// A run came that leaves a gap: ask again from where we are, then.
    var restartDue: Int64?

    /// A run of use came.
    mutating func progress(_ replica: ReplicaID, _ byteCount: Int, at now: Int64) {
        granted = max(0, granted - byteCount)
        progressAt = now
        progressed.insert(replica)
        restartDue = nil
    }
}

/// A run in the brain's hands.
struct AcceptedRun: Sendable {
    let range: LogRange
    let byteCount: Int
}

/// What a peer asked for and was not sent yet.
struct Service: Sendable {
    /// What is still to be sent, the next last.
    var ranges: [LogRange]
    /// Bytes that may be sent.
    var credit: Int
    /// The next run, read already, that waits for credit.
    var pending: SourcedRun?
    /// Whether sending stopped because the call had sent enough.
    var isDeferred = false
    /// What was passed over because it is held without all contents.
    var partial: [LogRange] = []
}
