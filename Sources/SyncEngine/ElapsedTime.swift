/// Milliseconds that have passed, whatever the wall clock does: set back, it stands still.
struct ElapsedTime: Sendable {
    /// The longest step that counts: keeps the sum far from its type's end.
    private static let stepMax: Int64 = 1 << 40

    private var last: Int64?
    private(set) var current: Int64 = 0

    /// The time that has passed by `now`.
    mutating func advance(to now: Int64) -> Int64 {
        if let last, now > last {
            let step = now.subtractingReportingOverflow(last)
            current += step.overflow ? Self.stepMax : min(step.partialValue, Self.stepMax)
        }
        last = now
        return current
    }
}
