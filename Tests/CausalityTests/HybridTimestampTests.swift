import Causality
import Testing

@Suite("Hybrid timestamp")
struct HybridTimestampTests {
    @Test("Milliseconds and counter come back", arguments: [Int64(0), 1, 1_700_000_000_000, HybridTimestamp.millisecondsMax])
    func parts(milliseconds: Int64) {
        for counter in [UInt16(0), 1, .max] {
            let stamp = HybridTimestamp(milliseconds: milliseconds, counter: counter)
            #expect(stamp.milliseconds == milliseconds)
            #expect(stamp.counter == counter)
        }
    }

    @Test("Moments that do not fit are clamped to the first and the last that do")
    func clampedToRange() {
        #expect(HybridTimestamp(milliseconds: -1) == .zero)
        #expect(HybridTimestamp(milliseconds: .min) == .zero)
        #expect(HybridTimestamp(milliseconds: .max).milliseconds == HybridTimestamp.millisecondsMax)
    }

    @Test("Time comes before counter")
    func order() {
        let early = HybridTimestamp(milliseconds: 5, counter: .max)
        let late = HybridTimestamp(milliseconds: 6)
        #expect(early < late)
        #expect(HybridTimestamp(milliseconds: 5, counter: 1) < early)
    }

    @Test("The successor raises the counter and carries into the milliseconds")
    func successor() {
        let stamp = HybridTimestamp(milliseconds: 5, counter: 3)
        #expect(stamp.successor == HybridTimestamp(milliseconds: 5, counter: 4))
        let full = HybridTimestamp(milliseconds: 5, counter: .max)
        #expect(full.successor == HybridTimestamp(milliseconds: 6, counter: 0))
        let last = HybridTimestamp(rawValue: .max)
        #expect(last.successor == last)
    }

    @Test("For display a stamp is never more than five minutes ahead, and one that is not stays as it is")
    func clampedForDisplay() {
        let now: Int64 = 1_700_000_000_000
        let limit = HybridTimestamp(milliseconds: now + HybridClock.aheadMax)
        #expect(HybridTimestamp(milliseconds: now + HybridClock.aheadMax + 1).clamped(toNow: now) == limit)
        #expect(HybridTimestamp(rawValue: .max).clamped(toNow: now) == limit)
        for offset in [-86_400_000, 0, HybridClock.aheadMax] {
            let stamp = HybridTimestamp(milliseconds: now + offset)
            #expect(stamp.clamped(toNow: now) == stamp)
        }
    }

    @Test("A description is milliseconds and counter")
    func description() {
        #expect(HybridTimestamp(milliseconds: 12, counter: 3).description == "12+3")
    }
}
