import Glibc
import Testing

@testable import PartitionSimulator

/// Each fault, seen from plain sockets on both sides of the proxy. Waits have bounds; of times only the least is asserted.
@Suite("The faulting proxy", .serialized)
struct FaultingProxyTests {
    /// A connection through a proxy, and both of its ends.
    private struct Line {
        let proxy: FaultingProxy
        let listener: PlainListener
        let dialer: PlainSocket
        let target: PlainSocket

        init(_ conditions: ProxyConditions = .good, seed: UInt64 = 1, canary: [UInt8] = []) throws {
            listener = PlainListener()
            proxy = try FaultingProxy(target: listener.port, seed: seed, name: "a b", canary: canary, conditions: conditions)
            dialer = try #require(PlainSocket.connect(to: proxy.port))
            target = try #require(listener.accept())
            let proxy = proxy
            let isThrough = eventually { proxy.counts.connections == 1 }
            #expect(isThrough)
        }
    }

    private func pattern(_ count: Int) -> [UInt8] {
        var random = SplitMix64(seed: UInt64(count), stream: "pattern")
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    @Test("a good line passes every byte in both directions, and ends where its ends do")
    func good() throws {
        let line = try Line()
        let text = pattern(300_000)
        #expect(line.dialer.write(Array(text[..<100_000])))
        #expect(line.target.read(100_000).bytes == Array(text[..<100_000]))
        #expect(line.target.write(Array(text[100_000...])))
        #expect(line.dialer.read(200_000).bytes == Array(text[100_000...]))
        #expect(line.proxy.counts.bytes == 300_000)
        // One half may end before the other.
        line.dialer.finish()
        #expect(line.target.read(1).ending == .ended)
        #expect(line.target.write([7]))
        line.target.finish()
        #expect(line.dialer.read(2) == ([7], .ended))
        #expect(eventually { line.proxy.connectionsOpen == 0 })
    }

    @Test("a cut ends connections and refuses new ones; after a heal they go through again")
    func cut() throws {
        let line = try Line()
        line.proxy.cut()
        #expect(line.dialer.read(1).ending == .reset)
        #expect(line.target.read(1).ending == .reset)
        let refused = try #require(PlainSocket.connect(to: line.proxy.port))
        #expect(refused.read(1).ending == .reset)
        #expect(line.proxy.counts.severed == 1)
        #expect(line.proxy.counts.refused == 1)
        line.proxy.heal()
        let dialer = try #require(PlainSocket.connect(to: line.proxy.port))
        let target = try #require(line.listener.accept())
        #expect(dialer.write([1, 2, 3]))
        #expect(target.read(3).bytes == [1, 2, 3])
    }

    @Test("a delay holds every piece for at least as long, and keeps the order")
    func delay() throws {
        let line = try Line(ProxyConditions(delay: 30...60))
        let start = MonotonicClock.now()
        let text = pattern(20_000)
        #expect(line.dialer.write(text))
        #expect(line.target.read(1).bytes == [text[0]])
        #expect(MonotonicClock.now() - start >= 30_000_000)
        #expect(line.target.read(19_999).bytes == Array(text[1...]))
    }

    @Test("a bandwidth bounds how fast bytes come")
    func bandwidth() throws {
        let line = try Line(ProxyConditions(bytesPerSecond: 100_000))
        let start = MonotonicClock.now()
        let text = pattern(20_000)
        #expect(line.dialer.write(text))
        #expect(line.target.read(20_000).bytes == text)
        #expect(MonotonicClock.now() - start >= 200_000_000)
    }

    @Test("a stall pauses the line and loses nothing")
    func stall() throws {
        let line = try Line(ProxyConditions(stall: LinkChance.certain, stallLength: 40...40))
        let start = MonotonicClock.now()
        #expect(line.dialer.write([1, 2, 3]))
        #expect(line.target.read(3).bytes == [1, 2, 3])
        #expect(MonotonicClock.now() - start >= 40_000_000)
        #expect(line.proxy.counts.stalls >= 1)
    }

    @Test("a reset is a failure at both ends")
    func reset() throws {
        let line = try Line()
        line.proxy.set(ProxyConditions(reset: LinkChance.certain), .toTarget)
        #expect(line.dialer.write([1, 2, 3]))
        #expect(line.target.read(3) == ([], .reset))
        #expect(line.dialer.read(1).ending == .reset)
        #expect(line.proxy.counts.resets == 1)
    }

    @Test("corruption flips one bit of each piece, in the direction that has it")
    func corruption() throws {
        let line = try Line()
        line.proxy.set(ProxyConditions(corruption: LinkChance.certain), .toTarget)
        let text = pattern(1_000)
        #expect(line.dialer.write(text))
        let received = line.target.read(1_000).bytes
        let flipped = zip(text, received).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
        #expect(received.count == 1_000)
        #expect(flipped == line.proxy.counts.flips)
        #expect(flipped >= 1)
        #expect(line.target.write(text))
        #expect(line.dialer.read(1_000).bytes == text)
    }

    @Test("truncation delivers the beginning of a piece and closes")
    func truncation() throws {
        let line = try Line()
        line.proxy.set(ProxyConditions(truncation: LinkChance.certain))
        let text = pattern(2_000)
        #expect(line.dialer.write(text))
        let received = line.target.read(2_000)
        #expect(received.ending != .open)
        #expect(received.bytes.count < 2_000)
        #expect(received.bytes == Array(text.prefix(received.bytes.count)))
        #expect(line.dialer.read(1).ending != .open)
        #expect(line.proxy.counts.truncations == 1)
    }

    @Test("a silent direction takes everything and says nothing; when it ends, so do the connections that lost bytes")
    func silent() throws {
        let line = try Line()
        line.proxy.set(ProxyConditions(isSilent: true), .toTarget)
        #expect(line.dialer.write([1, 2, 3]))
        #expect(eventually { line.proxy.counts.swallowedBytes == 3 })
        #expect(!line.target.hasNews)
        #expect(line.target.write([4]))
        #expect(line.dialer.read(1).bytes == [4])
        line.proxy.set(.good, .toTarget)
        #expect(line.dialer.read(1).ending == .reset)
        #expect(line.target.read(1).ending == .reset)
    }

    @Test("a silent direction swallows the end of a connection too")
    func silentEnd() throws {
        let line = try Line()
        line.proxy.set(ProxyConditions(isSilent: true), .toTarget)
        #expect(line.dialer.write([1]))
        line.dialer.finish()
        #expect(eventually { line.proxy.counts.swallowedBytes == 1 })
        #expect(line.target.write([9]))
        #expect(line.dialer.read(1).bytes == [9])
        #expect(!line.target.hasNews)
    }

    @Test("half-open: one end is gone, the other believes, is heard by nobody, and learns of it at the heal", arguments: ProxyDirection.allCases)
    func halfOpen(_ side: ProxyDirection) throws {
        let line = try Line()
        line.proxy.abandon(closing: side)
        let (gone, left) = side == .toTarget ? (line.target, line.dialer) : (line.dialer, line.target)
        #expect(gone.read(1).ending == .reset)
        #expect(left.write([1, 2, 3]))
        #expect(eventually { line.proxy.counts.swallowedBytes == 3 })
        #expect(!left.hasNews)
        // New connections go through meanwhile.
        let dialer = try #require(PlainSocket.connect(to: line.proxy.port))
        let target = try #require(line.listener.accept())
        #expect(dialer.write([5]))
        #expect(target.read(1).bytes == [5])
        line.proxy.heal()
        #expect(left.read(1).ending == .reset)
        #expect(dialer.write([6]))
        #expect(target.read(1).bytes == [6])
        #expect(line.proxy.counts.abandoned == 1)
    }

    @Test("a jam holds everything back, ends included, and then lets it flood")
    func jam() throws {
        let line = try Line()
        line.proxy.set(ProxyConditions(isJammed: true))
        let text = pattern(30_000)
        #expect(line.dialer.write(text))
        line.dialer.finish()
        #expect(eventually { line.proxy.counts.pieces >= 8 })
        #expect(!line.target.hasNews)
        #expect(line.proxy.counts.bytes == 0)
        line.proxy.set(.good)
        #expect(line.target.read(30_001) == (text, .ended))
    }

    @Test("a receiver that reads nothing stops the sender, and then gets every byte")
    func backpressure() throws {
        let line = try Line()
        line.proxy.set(ProxyConditions(isJammed: true))
        let piece = pattern(64 << 10)
        let most = 64 << 20
        var sent = 0
        var refusals = 0
        // The proxy holds a bounded amount; what the system's own buffers take comes on top.
        while sent < most && refusals < 1_000 {
            let count = line.dialer.writeNow(piece)
            sent += count
            refusals = count == 0 ? refusals + 1 : 0
            if count == 0 { sched_yield() }
        }
        #expect(sent < most)
        line.proxy.set(.good)
        #expect(line.target.read(sent).bytes.count == sent)
        #expect(line.proxy.counts.bytes == sent)
    }

    @Test("the canary is seen in either direction, also across pieces, and not where it is not")
    func canary() throws {
        let line = try Line(canary: Array("magpie".utf8))
        #expect(line.dialer.write(Array("one mag".utf8)))
        #expect(line.target.read(7).bytes.count == 7)
        #expect(line.proxy.counts.canaries == 0)
        #expect(line.dialer.write(Array("pie magpi e".utf8)))
        #expect(line.target.read(11).bytes.count == 11)
        #expect(line.proxy.counts.canaries == 1)
        #expect(line.target.write(Array("magpiemagpie".utf8)))
        #expect(line.dialer.read(12).bytes.count == 12)
        #expect(line.proxy.counts.canaries == 3)
    }

    @Test("where nobody listens behind it, a connection fails")
    func nobody() throws {
        let port = PlainListener().port
        let proxy = try FaultingProxy(target: port)
        let dialer = try #require(PlainSocket.connect(to: proxy.port))
        #expect(dialer.read(1).ending == .reset)
        #expect(eventually { proxy.counts.refused == 1 })
    }

    @Test("it refuses more connections than it is made for")
    func tooMany() throws {
        let line = try Line()
        var dialers: [PlainSocket] = []
        var targets: [PlainSocket] = []
        for _ in 1..<ProxyPort.connectionsMax {
            dialers.append(try #require(PlainSocket.connect(to: line.proxy.port)))
            targets.append(try #require(line.listener.accept()))
        }
        let beyond = try #require(PlainSocket.connect(to: line.proxy.port))
        #expect(beyond.read(1).ending == .reset)
        #expect(line.proxy.connectionsOpen == ProxyPort.connectionsMax)
        #expect(line.proxy.counts.refused == 1)
    }

    @Test("a stopped proxy ends its connections, gives its port up and keeps its counts")
    func stop() throws {
        let line = try Line()
        #expect(line.dialer.write([1]))
        #expect(line.target.read(1).bytes == [1])
        line.proxy.stop()
        line.proxy.stop()
        #expect(line.dialer.read(1).ending == .reset)
        #expect(PlainSocket.connect(to: line.proxy.port) == nil)
        #expect(line.proxy.counts.bytes == 1)
    }

    @Test("many proxies share one loop, each with its own conditions")
    func sharedLoop() throws {
        let loop = try ProxyLoop()
        let listener = PlainListener()
        let proxies = try (0..<12).map { try FaultingProxy(target: listener.port, name: "\($0)", loop: loop) }
        proxies[3].cut()
        for (number, proxy) in proxies.enumerated() {
            let dialer = try #require(PlainSocket.connect(to: proxy.port))
            if number == 3 {
                #expect(dialer.read(1).ending == .reset)
            } else {
                let target = try #require(listener.accept())
                #expect(dialer.write([UInt8(number)]))
                #expect(target.read(1).bytes == [UInt8(number)])
            }
        }
        loop.stop()
        #expect(PlainSocket.connect(to: proxies[0].port) == nil)
        #expect(throws: FaultingProxyError.self) { try FaultingProxy(target: listener.port, loop: loop) }
    }
}

/// A chance that is certain.
private enum LinkChance {
    static let certain = 1_000_000
}
