import Testing

@testable import ZeroMQTransport

@Suite("The outgoing queue")
struct OutboundQueueTests {
    let first: CurveKey
    let second: CurveKey

    init() throws {
        first = try CurveKeyPair.random().publicKey
        second = try CurveKeyPair.random().publicKey
    }

    @Test("gives frames back in order, in batches of any size", arguments: [1, 3, 64, 1000])
    func order(batch: Int) {
        let queue = OutboundQueue(bytesMaxPerPeer: 1 << 20)
        queue.open(first)
        var received: [Int] = []
        // Taking while filling drives the queue through its compaction.
        for number in 0..<500 {
            #expect(queue.append(numbered(number), for: first))
            if number % 5 == 4 {
                received += queue.take(for: first, frameCountMax: batch, byteCountMax: .max).map(number(of:))
            }
        }
        while !queue.waiting.isEmpty {
            received += queue.take(for: first, frameCountMax: batch, byteCountMax: .max).map(number(of:))
        }
        #expect(received == Array(0..<500))
    }

    @Test("takes no more than its bound for a peer, and as much again once that has left")
    func bound() {
        let queue = OutboundQueue(bytesMaxPerPeer: 10_000)
        queue.open(first)
        queue.open(second)
        var taken = 0
        while queue.append([UInt8](repeating: 0, count: 1000), for: first) { taken += 1 }
        #expect(taken == 9)
        #expect(queue.append([1], for: second), "another peer's lane is not affected")
        #expect(queue.take(for: first, frameCountMax: 5, byteCountMax: .max).count == 5)
        var more = 0
        while queue.append([UInt8](repeating: 0, count: 1000), for: first) { more += 1 }
        #expect(more == 5)
    }

    @Test("bounds frames of a single byte too")
    func tiny() {
        let queue = OutboundQueue(bytesMaxPerPeer: 6500)
        queue.open(first)
        var taken = 0
        while queue.append([0], for: first) { taken += 1 }
        #expect(taken == 100)
    }

    @Test("hands over one frame even if it is longer than the batch may be")
    func longFrame() {
        let queue = OutboundQueue(bytesMaxPerPeer: 1 << 20)
        queue.open(first)
        for number in 0..<3 { #expect(queue.append(numbered(number, byteCount: 5000), for: first)) }
        #expect(queue.take(for: first, frameCountMax: 64, byteCountMax: 10).map(number(of:)) == [0])
    }

    @Test("drops frames for a peer that is not connected, and what waited when the connection broke")
    func closed() {
        let queue = OutboundQueue(bytesMaxPerPeer: 1 << 20)
        #expect(!queue.append([1], for: first))
        queue.open(first)
        for number in 0..<10 { #expect(queue.append(numbered(number), for: first)) }
        #expect(queue.take(for: first, frameCountMax: 4, byteCountMax: .max).count == 4)
        #expect(queue.close(first) == 6)
        #expect(queue.waiting.isEmpty)
        #expect(!queue.append([1], for: first))
        queue.open(first)
        #expect(queue.take(for: first, frameCountMax: 4, byteCountMax: .max).isEmpty)
    }

    @Test("names the peers for whom something waits, longest first")
    func waiting() {
        let queue = OutboundQueue(bytesMaxPerPeer: 1 << 20)
        queue.open(first)
        queue.open(second)
        #expect(queue.append([1], for: second))
        #expect(queue.append([1], for: first))
        #expect(queue.append([2], for: second))
        #expect(queue.waiting == [second, first])
        _ = queue.take(for: second, frameCountMax: 1, byteCountMax: .max)
        #expect(queue.waiting == [second, first])
        _ = queue.take(for: second, frameCountMax: 1, byteCountMax: .max)
        #expect(queue.waiting == [first])
    }
}
