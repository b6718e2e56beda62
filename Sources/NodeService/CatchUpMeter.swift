import Synchronization

/// How fast runs from peers became committed change sets: from the arrival of the first to the commit of the last.
final class CatchUpMeter: Sendable {
    private struct Reading {
        var first: ContinuousClock.Instant?
        var last: ContinuousClock.Instant?
        var changeSets: UInt64 = 0
        var preparing: Duration = .zero
        var committing: Duration = .zero
    }

    private let reading = Mutex(Reading())

    /// A run arrived at `start` and was verified and opened by now.
    func prepared(since start: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        reading.withLock { reading in
            if reading.first == nil { reading.first = start }
            reading.preparing += now - start
        }
    }

    /// A transaction that began at `start` committed that many change sets of runs by now.
    func committed(_ changeSets: Int, since start: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        reading.withLock { reading in
            reading.changeSets += UInt64(changeSets)
            reading.committing += now - start
            reading.last = now
        }
    }

    /// Change sets committed, time from the first arrival to the last commit, time spent verifying and opening, and time spent in
    /// transactions.
    var figures: (changeSets: UInt64, elapsed: Duration, preparing: Duration, committing: Duration) {
        reading.withLock { reading in
            let elapsed = reading.first.flatMap { first in reading.last.map { $0 - first } } ?? .zero
            return (reading.changeSets, elapsed, reading.preparing, reading.committing)
        }
    }
}
