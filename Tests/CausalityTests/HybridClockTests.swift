import Causality
import Testing

@Suite("Hybrid clock")
struct HybridClockTests {
    static let seeds = UInt64(0)..<100

    @Test("Stamps rise strictly through wall clocks that jump, stand still and run backwards", arguments: seeds)
    func strictlyRising(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var clock = HybridClock()
        var now: Int64 = 1_700_000_000_000
        var last = HybridTimestamp.zero
        for _ in 0..<200 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: now += Int64.random(in: 1...100_000, using: &random)
            case 1: now -= Int64.random(in: 1...100_000, using: &random)
            case 2:
                let offset = Int64.random(in: -400_000...400_000, using: &random)
                clock.witness(HybridTimestamp(milliseconds: now + offset, counter: .max), now: now)
            default: break
            }
            let stamp = clock.tick(now: now)
            #expect(stamp > last, "seed \(seed)")
            #expect(stamp.milliseconds >= now, "seed \(seed)")
            last = stamp
        }
    }

    @Test("A new action is later than every stamp witnessed, except those from too far ahead", arguments: seeds)
    func laterThanWitnessed(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var clock = HybridClock()
        let now: Int64 = 1_700_000_000_000
        for _ in 0..<50 {
            let offset = Int64.random(in: -600_000...600_000, using: &random)
            let peer = HybridTimestamp(milliseconds: now + offset, counter: UInt16.random(in: 0...9, using: &random))
            let before = clock.last
            let warning = clock.witness(peer, now: now)
            if offset > HybridClock.aheadMax {
                #expect(warning == offset, "seed \(seed)")
                #expect(clock.last == before, "seed \(seed)")
            } else {
                #expect(warning == nil, "seed \(seed)")
                #expect(clock.last == max(before, peer), "seed \(seed)")
                #expect(clock.tick(now: now) > peer, "seed \(seed)")
            }
        }
    }

    @Test("A frozen wall clock overflows the counter into the next millisecond without repeating a stamp")
    func counterOverflow() {
        var clock = HybridClock()
        let first = clock.tick(now: 1000)
        var last = first
        var isRising = true
        for _ in 0..<70_000 {
            let next = clock.tick(now: 1000)
            isRising = isRising && next > last
            last = next
        }
        #expect(isRising)
        #expect(last.rawValue == first.rawValue + 70_000)
        #expect(last.milliseconds == 1001)
        #expect(last.counter == 70_000 - 65_536)
    }

    @Test("A clock that goes on after the last stamp of its log does not step back over a restart")
    func restart() {
        var before = HybridClock()
        let last = before.tick(now: 5000)
        var after = HybridClock(last: last)
        #expect(after.tick(now: 4000) > last)
    }

    @Test("The limit itself is witnessed, one millisecond more is reported and not adopted")
    func limit() {
        var clock = HybridClock()
        let now: Int64 = 1_000_000
        #expect(clock.witness(HybridTimestamp(milliseconds: now + HybridClock.aheadMax), now: now) == nil)
        #expect(clock.last.milliseconds == now + HybridClock.aheadMax)
        let far = HybridTimestamp(milliseconds: now + HybridClock.aheadMax + 1)
        #expect(clock.witness(far, now: now) == HybridClock.aheadMax + 1)
        #expect(clock.last.milliseconds == now + HybridClock.aheadMax)
    }
}
