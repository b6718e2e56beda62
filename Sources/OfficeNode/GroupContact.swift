import Causality
import InboxModel

/// When this node last met an office of its group, and how much time has passed since. What a laptop is held to that may not be away for
/// long.
///
/// Time is added up in steps of the node's clock, and only forward ones: whoever sets the clock back gains nothing by it, and is noticed,
/// as the clock is behind what it has shown. What passes while the node is off counts when it starts, as far as its clock tells.
struct GroupContact: Hashable, Sendable {
    /// How far a clock may be behind what it has shown, and an office's clock ahead of it, in milliseconds: clocks are set now and then.
    static let clockTolerance: Int64 = 5 * 60 * 1000
    /// How often what is remembered is written down where nothing else calls for it, in milliseconds: an hour.
    static let keepInterval: Int64 = 3600 * 1000
    /// The longest step that counts: keeps the sum far from its type's end.
    private static let stepMax: Int64 = 1 << 40

    /// When an office was last met, in milliseconds since 1970.
    private(set) var met: Int64
    /// Milliseconds that have passed since.
    private(set) var away: Int64 = 0
    /// The latest that the clock has shown since.
    private(set) var latest: Int64
    /// What the clock shows.
    private(set) var current: Int64
    /// Whether an office has said since that this device is a member no longer.
    private(set) var isDisowned = false

    /// A node of which no more is known than that it was with its group at `time`.
    init(since time: Int64) {
        met = time
        latest = time
        current = time
    }

    /// How far the clock is behind what it has shown, in milliseconds; 0 where it is not, or no more than clocks are when they are set.
    var clockLag: Int64 {
        let (lag, overflow) = latest.subtractingReportingOverflow(current)
        return overflow ? .max : lag > Self.clockTolerance ? lag : 0
    }

    /// The clock shows `now`.
    mutating func advance(to now: Int64) {
        if now > current {
            let step = now.subtractingReportingOverflow(current)
            let counted = step.overflow ? Self.stepMax : min(step.partialValue, Self.stepMax)
            away = min(away + counted, .max / 2)
        }
        current = now
        latest = max(latest, now)
    }

    /// An office is reached now, and nothing that it holds is lacking here.
    mutating func meet() { self = GroupContact(since: current) }

    /// Something arrived, by whatever way, that an office wrote at `time`, which it signed: so much is known of the group.
    mutating func hear(of time: Int64) {
        // A clock that is far ahead proves nothing.
        guard time > met, time - Self.clockTolerance <= current else { return }
        met = min(time, current)
        away = min(away, max(0, current - time))
    }

    /// An office says that this device is a member no longer.
    mutating func disown() { isDisowned = true }

    /// Whether it is to be written down, where `kept` was written last.
    func isNews(after kept: GroupContact?) -> Bool {
        guard let kept else { return true }
        let (passed, overflow) = current.subtractingReportingOverflow(kept.current)
        return overflow || passed.magnitude >= Self.keepInterval.magnitude || kept.away - away >= Self.keepInterval
            || isDisowned != kept.isDisowned || (kept.clockLag > 0) != (clockLag > 0)
    }
}

extension GroupContact: CanonicalCodable {
    func encode(into writer: inout ByteWriter) {
        for time in [met, away, latest, current] { time.encode(into: &writer) }
        writer.flag(isDisowned)
    }

    init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self.init(since: try Int64(from: &reader))
        away = try Int64(from: &reader)
        latest = try Int64(from: &reader)
        current = try Int64(from: &reader)
        isDisowned = try reader.flag()
        guard away >= 0 else { throw reader.failure(.malformed("a time that is negative")) }
    }
}
