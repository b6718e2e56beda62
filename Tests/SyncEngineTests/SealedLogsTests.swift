import Causality
import ChangeLog
import FoundationEssentials
import SyncEngine
import Testing
import Vault
import WireProtocol

@Suite("Sealed logs in frames")
struct SealedLogsTests {
    /// Logs that ended long ago: both nodes are told of them when they start.
    private static let ended = (1...200).map { number in
        LogHead(
            ReplicaID(UInt64(number) << 20), UInt64(number),
            ChangeSetHash(Digest.hash(LogDomain.changeSet, [UInt8(truncatingIfNeeded: number)])))
    }

    private static let group = GroupID(genesis: [7])

    private func engine(_ index: UInt8, own: UInt64 = 3, sealing: [LogHead] = ended, ended: [LogHead] = ended) -> SyncEngine {
        let own = LogHead(ReplicaID(UInt64(index)), own, ChangeSetHash(Digest.hash(LogDomain.changeSet, [index, UInt8(own)])))
        var engine = SyncEngine(
            group: Self.group, member: Self.member(index), replica: own.replica, heads: ended + [own])
        engine.seal(sealing)
        return engine
    }

    private static func member(_ index: UInt8) -> MemberID { MemberID(Digest.hash(LogDomain.member, [index])) }

    /// Both ends of a connection, and the frames that went over it.
    private struct Line {
        var ends: [SyncEngine]
        var sent: [(from: Int, frame: Suture_V1_Frame.OneOf_Kind, byteCount: Int)] = []
        private var under: [(to: Int, bytes: [UInt8])] = []

        init(_ one: SyncEngine, _ other: SyncEngine) { ends = [one, other] }

        mutating func connect(at now: Int64 = 1_000) throws {
            for index in ends.indices { pass(try ends[index].connected(member(1 - index), now: now), from: index) }
            try run(now)
        }

        mutating func disconnect(at now: Int64) throws {
            for index in ends.indices { pass(ends[index].disconnected(member(1 - index), now: now), from: index) }
        }

        mutating func deliver(_ bytes: [UInt8], to index: Int, at now: Int64) throws {
            under.append((index, bytes))
            try run(now)
        }

        private mutating func run(_ now: Int64) throws {
            var count = 0
            while !under.isEmpty {
                count += 1
                try #require(count < 100, "they answer each other for ever")
                let (to, bytes) = under.removeFirst()
                pass(try ends[to].received(.control(bytes), from: member(1 - to), now: now, log: NoRuns()), from: to)
            }
        }

        private func member(_ index: Int) -> MemberID { SealedLogsTests.member(UInt8(index + 1)) }

        private mutating func pass(_ actions: [SyncAction], from index: Int) {
            for case .send(_, let bytes) in actions {
                if let frame = FrameKind.content(bytes) { sent.append((index, frame, bytes.count)) }
                under.append((1 - index, bytes))
            }
        }

        var clocks: [(from: Int, clock: Suture_V1_Clock, byteCount: Int)] {
            sent.compactMap { sent in if case .clock(let clock) = sent.frame { (sent.from, clock, sent.byteCount) } else { nil } }
        }
    }

    private func isKnown(_ heads: [LogHead], at line: Line) -> Bool {
        (0...1).allSatisfy { index in
            let clock = line.ends[index].peers.first?.clock ?? VersionVector()
            return heads.allSatisfy { clock[$0.replica] == $0.sequence }
        }
    }

    @Test("two nodes that have sealed the same name it by one digest, and know of each other all that it stands for")
    func equalTables() throws {
        var line = Line(engine(1), engine(2))
        try line.connect()
        #expect(line.clocks.count == 2)
        for (_, clock, byteCount) in line.clocks {
            #expect(clock.heads.count == 1 && clock.full)
            #expect(clock.sealed.count == 32)
            #expect(byteCount < 100)
        }
        #expect(isKnown(Self.ended, at: line))
        var plain = Line(engine(1, sealing: []), engine(2, sealing: []))
        try plain.connect()
        #expect(plain.clocks.map(\.clock.heads.count) == [201, 201])
        let saved = plain.clocks.map(\.byteCount).reduce(0, +) - line.clocks.map(\.byteCount).reduce(0, +)
        #expect(saved > 2 * 200 * 16, "an entry takes 16 bytes and more")
    }

    @Test("a peer that has sealed nothing, less or more is told every head")
    func unequalTables() throws {
        for sealing in [[], Array(Self.ended.dropLast()), Array(Self.ended.prefix(1))] {
            var line = Line(engine(1), engine(2, sealing: sealing))
            try line.connect()
            #expect(line.clocks.allSatisfy { $0.clock.heads.count == 201 && $0.clock.sealed.isEmpty })
            #expect(isKnown(Self.ended, at: line))
        }
    }

    @Test("a log that went on after it was sealed is named, and the rest is not")
    func wentOn() throws {
        var later = Self.ended
        later[4] = LogHead(later[4].replica, later[4].sequence + 2, ChangeSetHash(Digest.hash(LogDomain.changeSet, [99])))
        var line = Line(engine(1), engine(2, ended: later))
        try line.connect()
        let clock = try #require(line.clocks.first { $0.from == 1 }?.clock)
        #expect(clock.heads.count == 2 && clock.sealed.count == 32)
        #expect(line.ends[0].peers.first?.missingHere == 2 + 3, "what went on, and the peer's own log")
    }

    @Test("a table that the receiver does not know is asked for in full, once")
    func unknownTable() throws {
        var line = Line(engine(1), engine(2))
        try line.connect()
        let bytes = try Frames.bytes {
            $0.clock.full = true
            $0.clock.sealed = Data([UInt8](repeating: 9, count: 32))
        }
        line.sent = []
        try line.deliver(bytes, to: 0, at: 2_000)
        let hello = line.sent.compactMap { sent -> Suture_V1_Hello? in
            if sent.from == 0, case .hello(let hello) = sent.frame { hello } else { nil }
        }
        #expect(hello.map(\.sealed) == [0], "it offers no table, so that it is told every head")
        #expect(line.clocks.first { $0.from == 1 }?.clock.heads.count == 201)
        #expect(isKnown(Self.ended, at: line))
        // Whoever goes on like that is at fault, and is not answered each time.
        line.sent = []
        for _ in 0..<20 { try line.deliver(bytes, to: 0, at: 3_000) }
        #expect(line.ends[0].peers.first?.faults == 20)
        #expect(line.sent.count < 5)
    }

    @Test("only a whole clock may name sealed logs")
    func changesOnly() throws {
        var line = Line(engine(1), engine(2))
        try line.connect()
        let digest = try #require(line.clocks.first?.clock.sealed)
        let bytes = try Frames.bytes { $0.clock.sealed = digest }
        try line.deliver(bytes, to: 0, at: 2_000)
        #expect(line.ends[0].peers.first?.faults == 1)
    }

    @Test("a table is understood for a while after another took its place")
    func changedMeanwhile() throws {
        var line = Line(engine(1), engine(2))
        line.ends[0].seal(Array(Self.ended.dropLast()))
        line.ends[0].seal(Self.ended)
        line.ends[0].seal(Array(Self.ended.dropLast()))
        let digest = ClockDigest.sealedBytes(of: Self.ended)
        try line.connect()
        line.sent = []
        let bytes = try Frames.bytes {
            $0.clock.full = true
            $0.clock.sealed = Data(digest)
        }
        try line.deliver(bytes, to: 0, at: 2_000)
        #expect(line.ends[0].peers.first?.clock.entries.count == 200)
        #expect(line.sent.allSatisfy { if case .hello = $0.frame { false } else { true } })
    }

    @Test("a node that holds less of a log than it once sealed names what it holds")
    func lostSome() throws {
        var less = Self.ended
        less[7] = LogHead(less[7].replica, less[7].sequence - 1, ChangeSetHash(Digest.hash(LogDomain.changeSet, [98])))
        var line = Line(engine(1), engine(2, ended: less))
        try line.connect()
        let clock = try #require(line.clocks.first { $0.from == 1 }?.clock)
        #expect(clock.heads.count == 201 && clock.sealed.isEmpty)
        #expect(line.ends[0].peers.first?.clock[less[7].replica] == less[7].sequence)
    }

    @Test("greetings stay within 160 bytes each way though they name a table")
    func small() throws {
        let heads = [UInt8(1), 2].map { LogHead(ReplicaID(UInt64($0)), 3, ChangeSetHash(Digest.hash(LogDomain.changeSet, [$0, 3]))) }
        let ends = [UInt8(1), 2].map { index in
            var end = SyncEngine(
                group: Self.group, member: Self.member(index), replica: ReplicaID(UInt64(index)), heads: Self.ended + heads)
            end.seal(Self.ended)
            return end
        }
        var line = Line(ends[0], ends[1])
        try line.connect()
        line.sent = []
        try line.disconnect(at: 30_000)
        try line.connect(at: 31_000)
        #expect(line.clocks.isEmpty)
        #expect(line.sent.map(\.byteCount).reduce(0, +) <= 2 * 160)
    }
}
