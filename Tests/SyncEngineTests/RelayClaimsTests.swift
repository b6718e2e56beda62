import Causality
import Testing

@testable import SyncEngine

@Suite("What relays are held to")
struct RelayClaimsTests {
    private let log = ReplicaID(7)
    private let other = ReplicaID(9)

    /// A relay that named itself and showed both logs up to 9, long ago.
    private func shown() -> RelayClaims {
        var claims = RelayClaims()
        claims.begin(at: 0)
        claims.name(ReplicaID(1))
        claims.show(log, 9, at: 0)
        claims.show(other, 9, at: 0)
        return claims
    }

    @Test("less on the next connection than was shown before is taken down, with how much")
    func less() throws {
        var claims = shown()
        claims.begin(at: 20_000)
        claims.name(ReplicaID(1))
        claims.judge(log, 5, at: 20_010)
        let taken = claims.takeShortfalls()
        let found = try #require(taken)
        #expect(found.shortfalls.map { [$0.shown, $0.held] } == [[9, 5]])
        #expect(!found.beganAnew)
        let again = claims.takeShortfalls()
        #expect(again == nil, "it is told once")
        claims.begin(at: 40_000)
        claims.name(ReplicaID(1))
        claims.judge(log, 5, at: 40_010)
        let more1 = claims.takeShortfalls()
        #expect(more1 == nil, "what is gone is gone")
    }

    @Test("what a whole clock does not name is not held")
    func omitted() throws {
        var claims = shown()
        claims.begin(at: 20_000)
        claims.name(ReplicaID(1))
        claims.judge(log, 12, at: 20_010)
        let more2 = claims.takeShortfalls()
        #expect(more2 == nil)
        claims.judgeRest(besides: { _ in false }, at: 20_010)
        let taken = claims.takeShortfalls()
        #expect(try #require(taken).shortfalls.map(\.replica) == [other])
        var forked = shown()
        forked.begin(at: 20_000)
        forked.name(ReplicaID(1))
        forked.judgeRest(besides: { _ in true }, at: 20_010)
        let more3 = forked.takeShortfalls()
        #expect(more3 == nil, "clocks name a forked log by where its histories part")
    }

    @Test("nothing is said before the relay has named its life, and a new one is told apart")
    func lives() throws {
        var claims = shown()
        claims.begin(at: 20_000)
        claims.judge(log, 5, at: 20_010)
        let more4 = claims.takeShortfalls()
        #expect(more4 == nil)
        claims.name(ReplicaID(2))
        let taken = claims.takeShortfalls()
        #expect(try #require(taken).beganAnew)
    }

    @Test("frames of one connection are not compared with each other, nor with the last seconds of the one before")
    func order() {
        var claims = shown()
        claims.show(log, 30, at: 18_000)
        claims.begin(at: 20_000)
        claims.name(ReplicaID(1))
        claims.judge(log, 9, at: 20_010)
        claims.judge(other, 12, at: 20_010)
        claims.judge(other, 11, at: 20_020)
        let more5 = claims.takeShortfalls()
        #expect(more5 == nil)
    }

    @Test("what was shown ten minutes ago is remembered while more is shown, to within the same again", arguments: [1_000, 30_000, 400_000])
    func history(_ step: Int64) throws {
        var claims = RelayClaims.Log(1, at: 0)
        var sequences: [(at: Int64, sequence: UInt64)] = [(0, 1)]
        for number in 1...200 {
            let now = Int64(number) * step
            claims.raise(to: UInt64(number + 1), at: now)
            sequences.append((now, UInt64(number + 1)))
            let time = now - RelayClaims.slownessMax
            let shown = claims.shown(by: time)
            #expect(shown <= sequences.last { $0.at <= time }?.sequence ?? 0, "never more than was shown by then")
            let long = sequences.last { $0.at <= time - RelayClaims.slownessMax - step }?.sequence ?? 0
            #expect(shown >= long)
        }
        #expect(claims.sequence == 201)
    }
}
