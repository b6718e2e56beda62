import Testing

@testable import PartitionSimulator

/// What is on its way in one direction, with times that the tests choose.
@Suite("One direction of a proxied connection")
struct FaultingProxyStreamTests {
    private static let millisecond: Int64 = 1_000_000

    private func stream(seed: UInt64 = 1, _ name: String = "a") -> ProxyStream {
        ProxyStream(random: SplitMix64(seed: seed, stream: name), canary: [])
    }

    /// When pieces of these lengths, all taken at time 0, are due; in milliseconds.
    private func dues(_ lengths: [Int], _ conditions: ProxyConditions, seed: UInt64 = 1, _ name: String = "a") -> [Int64] {
        var stream = stream(seed: seed, name)
        var counts = ProxyCounts()
        for length in lengths { stream.take([UInt8](repeating: 1, count: length), at: 0, conditions, &counts) }
        var dues: [Int64] = []
        while let due = stream.nextDue {
            dues.append(due / Self.millisecond)
            stream.advance(by: lengths[dues.count - 1])
        }
        return dues
    }

    @Test("nothing is due before its delay is over, and nothing overtakes")
    func delay() {
        var stream = stream()
        var counts = ProxyCounts()
        stream.take([1], at: 0, ProxyConditions(delay: 10...10), &counts)
        stream.take([2], at: 1, .good, &counts)
        #expect(stream.next(at: 10 * Self.millisecond - 1) == nil)
        #expect(stream.next(at: 10 * Self.millisecond) == .bytes([1]))
        stream.advance(by: 1)
        #expect(stream.next(at: 10 * Self.millisecond) == .bytes([2]))
        let drawn = dues([Int](repeating: 100, count: 50), ProxyConditions(delay: 5...500))
        #expect(drawn == drawn.sorted())
        #expect(drawn.allSatisfy { (5...500).contains($0) })
    }

    @Test("a rate spaces the pieces by their length")
    func rate() {
        #expect(dues([1_000, 2_000, 1_000], ProxyConditions(bytesPerSecond: 10_000)) == [100, 300, 400])
    }

    @Test("a stall moves what comes after it too")
    func stall() {
        let conditions = ProxyConditions(stall: 1_000_000, stallLength: 20...20)
        #expect(dues([10, 10], conditions) == [20, 40])
    }

    @Test("one seed and one name draw the same; another seed or another name does not")
    func seeds() {
        let lengths = [Int](repeating: 100, count: 40)
        let conditions = ProxyConditions(delay: 0...1_000_000)
        #expect(dues(lengths, conditions) == dues(lengths, conditions))
        #expect(dues(lengths, conditions) != dues(lengths, conditions, seed: 2))
        #expect(dues(lengths, conditions) != dues(lengths, conditions, "b"))
    }

    @Test("a chance that changes moves no other draw")
    func independence() {
        let lengths = [Int](repeating: 100, count: 40)
        let plain = ProxyConditions(delay: 0...1_000_000)
        var corrupting = plain
        corrupting.corruption = 500_000
        #expect(dues(lengths, plain) == dues(lengths, corrupting))
    }

    @Test("what arrived in part comes on where it stopped")
    func parts() {
        var stream = stream()
        var counts = ProxyCounts()
        stream.take([1, 2, 3], at: 0, .good, &counts)
        stream.advance(by: 2)
        #expect(stream.next(at: 0) == .bytes([3]))
        stream.advance(by: 1)
        #expect(stream.next(at: 0) == nil)
        #expect(stream.room == ProxyStream.bytesMax)
    }

    @Test("it takes no more than its bound, and has room again when bytes arrived")
    func bound() {
        var stream = stream()
        var counts = ProxyCounts()
        var taken = 0
        while stream.room > 0 {
            stream.take([UInt8](repeating: 0, count: min(4096, stream.room)), at: 0, .good, &counts)
            taken += 4096
        }
        #expect(taken == ProxyStream.bytesMax)
        stream.advance(by: 4096)
        #expect(stream.room == 4096)
    }

    @Test("after an end nothing is taken")
    func ended() {
        var stream = stream()
        var counts = ProxyCounts()
        stream.take([1], at: 0, ProxyConditions(truncation: 1_000_000), &counts)
        stream.take([2], at: 0, .good, &counts)
        stream.takeEnd(.finish, at: 0, .good)
        // Of one byte, cut short, nothing is left but the end.
        #expect(stream.next(at: 0) == .close)
        stream.advance(by: 0)
        #expect(stream.next(at: 0) == nil)
        #expect(stream.room == 0)
    }
}
