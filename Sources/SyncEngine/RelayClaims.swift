import Causality

/// What one relay has shown that it holds, by its own words and by what it served: what it is held to.
///
/// An honest relay stores what it acknowledges before it says so. So within one life (the replica that its HELLO names) it never
/// holds less than it did, and never tells one member less than it told another before. Frames of one connection are not compared
/// with each other, so that nothing is made of the order in which they come.
struct RelayClaims: Sendable {
    /// How far the relay held one log, and when it had shown that.
    struct Log: Sendable {
        /// A number, and when it was shown, in elapsed time.
        private struct Point {
            var sequence: UInt64
            var at: Int64
        }

        /// What was shown long ago, some time ago and last: never descending.
        private var settled: UInt64 = 0
        private var candidate: Point
        private var latest: Point

        init(_ sequence: UInt64, at now: Int64) {
            candidate = Point(sequence: sequence, at: now)
            latest = candidate
        }

        /// The furthest that was shown.
        var sequence: UInt64 { latest.sequence }

        /// How far it was shown by `time`, or less: not every step is remembered.
        func shown(by time: Int64) -> UInt64 {
            if latest.at <= time { return latest.sequence }
            return candidate.at <= time ? candidate.sequence : settled
        }

        mutating func raise(to sequence: UInt64, at now: Int64) {
            guard sequence > latest.sequence else { return }
            if now - candidate.at >= RelayClaims.slownessMax {
                settled = candidate.sequence
                candidate = latest
            }
            latest = Point(sequence: sequence, at: now)
        }
    }

    /// A log of which less is held than was shown.
    struct Shortfall: Sendable {
        let replica: ReplicaID
        let shown: UInt64
        let held: UInt64
    }

    /// How old what a relay told one member is before another one's claims are compared with it, in milliseconds: ten minutes. What
    /// takes less may be a slow line.
    static let slownessMax: Int64 = 600_000
    /// How long before a connection something must have been shown to count on it, in milliseconds: a frame may have been overtaken
    /// by the end of the connection before.
    static let overtakingMax: Int64 = 5_000
    /// How long ago a relay must have said all that it holds, to be compared with what it told others, in milliseconds.
    static let freshness: Int64 = 30_000
    /// How often it is said that the relay keeps back, in milliseconds: once an hour.
    static let accusationInterval: Int64 = 3_600_000

    /// By log.
    private(set) var logs: [ReplicaID: Log] = [:]
    /// The replica that the relay named last.
    private(set) var life: ReplicaID?
    /// When it last said all that it holds, on this connection.
    private(set) var comparedAt: Int64?
    /// When it was last said that it keeps back.
    var accusedAt: Int64?

    /// What was shown before this connection and is not confirmed on it yet.
    private var expected: [ReplicaID: UInt64] = [:]
    private var shortfalls: [Shortfall] = []
    /// Whether the relay named its replica on this connection, and whether that is another one than before.
    private var hasNamedItself = false
    private var beganAnew = false

    /// A connection begins.
    mutating func begin(at now: Int64) {
        expected = logs.mapValues { $0.shown(by: now - Self.overtakingMax) }.filter { $0.value > 0 }
        shortfalls = []
        hasNamedItself = false
        beganAnew = false
        comparedAt = nil
    }

    /// The relay says in which life it is.
    mutating func name(_ replica: ReplicaID) {
        hasNamedItself = true
        if let life, life != replica { beganAnew = true }
        life = replica
    }

    /// The relay showed that it holds a log up to `sequence`.
    mutating func show(_ replica: ReplicaID, _ sequence: UInt64, at now: Int64) {
        if logs[replica] != nil {
            logs[replica]?.raise(to: sequence, at: now)
        } else if logs.count < Session.logsMax {
            logs[replica] = Log(sequence, at: now)
        }
    }

    /// The relay says how far it holds a log: less than before is taken down.
    mutating func judge(_ replica: ReplicaID, _ sequence: UInt64, at now: Int64) {
        guard let before = expected.removeValue(forKey: replica), sequence < before else {
            return show(replica, sequence, at: now)
        }
        shortfalls.append(Shortfall(replica: replica, shown: before, held: sequence))
        logs[replica] = sequence > 0 ? Log(sequence, at: now) : nil
    }

    /// The relay has said all that it holds: of what it did not name it holds nothing.
    mutating func judgeRest(besides forked: (ReplicaID) -> Bool, at now: Int64) {
        comparedAt = now
        for replica in expected.keys.sorted() where !forked(replica) { judge(replica, 0, at: now) }
        expected = [:]
    }

    /// What is to be told now: nothing before the relay has said in which life it is.
    mutating func takeShortfalls() -> (shortfalls: [Shortfall], beganAnew: Bool)? {
        guard hasNamedItself, !shortfalls.isEmpty else { return nil }
        defer { shortfalls = [] }
        return (shortfalls, beganAnew)
    }

    /// What is not to be compared: the log has two histories, and clocks name it by where they part.
    mutating func forget(_ replica: ReplicaID) {
        expected[replica] = nil
        logs[replica] = nil
    }
}
