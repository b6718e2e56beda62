@testable import PartitionSimulator
import Testing

@Suite("The axis of time")
struct TimeAxisTests {
    private static func times(_ seed: UInt64) -> [Int64] {
        let record = SampleRecord(seed: seed).record
        return record.entries.map(\.at) + [0, record.duration]
    }

    @Test("places never decrease, and everything that happened can be told apart from what happened at another time", arguments: 1...20)
    func order(_ seed: UInt64) {
        let times = Self.times(seed)
        let axis = TimeAxis(times, left: 100, width: 960...4_200)
        var last = -Double.infinity
        for time in Set(times).sorted() {
            #expect(axis.x(time) > last)
            last = axis.x(time)
        }
        for time in stride(from: Int64(-10), through: (times.max() ?? 0) + 10, by: 9_973) {
            let (here, there) = (axis.x(time), axis.x(time + 9_973))
            #expect(here <= there)
            #expect((100...axis.right).contains(here))
        }
    }

    @Test("the time at a place is the time that stands there", arguments: 1...10)
    func inverse(_ seed: UInt64) {
        let times = Self.times(seed)
        let axis = TimeAxis(times, left: 0, width: 960...4_200)
        for time in times { #expect(axis.time(axis.x(time)) == time) }
    }

    @Test("the width keeps within its bounds, however much happens", arguments: [2, 50, 5_000])
    func width(_ count: Int) {
        let times = (0..<count).map { Int64($0) * 15_000 }
        let axis = TimeAxis(times, left: 10, width: 500...2_000)
        #expect(axis.right - 10 <= 2_000.001)
        #expect(axis.right - 10 >= 500)
        #expect(axis.x(times[count - 1]) <= axis.right)
    }

    @Test("a quiet stretch is broken, a busy one is not")
    func breaks() {
        let axis = TimeAxis([0, 100, 200, 20_000, 29_999], left: 0, width: 100...1_000)
        #expect(axis.breaks.map(\.from) == [200])
        #expect(axis.breaks.map(\.to) == [20_000])
    }

    @Test("labels keep their distance, are round where they can be, and stand where their times do", arguments: 1...10)
    func ticks(_ seed: UInt64) {
        let axis = TimeAxis(Self.times(seed), left: 50, width: 960...4_200)
        let ticks = axis.ticks(spacing: 96)
        #expect(ticks.count > 3)
        for (one, other) in zip(ticks, ticks.dropFirst()) {
            #expect(other.x - one.x >= 96 * 0.8)
            #expect(one.at < other.at)
        }
        for tick in ticks { #expect(axis.x(tick.at) == tick.x) }
        #expect(TimeAxis.roundest(59_300, 61_000) == 60_000)
        #expect(TimeAxis.roundest(0, 5) == 0)
        #expect(TimeAxis.roundest(7_201, 7_249) == 7_240)
        #expect(TimeAxis.roundest(7, 7) == 7)
    }

    @Test("one moment alone has a place")
    func single() {
        let axis = TimeAxis([5], left: 10, width: 100...200)
        #expect(axis.x(5) == 10)
        #expect(axis.time(10) == 5)
        #expect(axis.ticks(spacing: 96).count == 1)
    }
}
