import Causality
import ChangeLog
import SyncEngine
import Testing
import WireProtocol

@Suite("Malformed frames")
struct MalformedFrameTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        var testDescription: String { name }
    }

    static func cases() throws -> [Case] {
        let range = Frames.range
        let head = Frames.head
        let many = (1...10_001).map { head(UInt64($0), 1, 0) }
        return [
            Case(name: "no bytes", bytes: []),
            Case(name: "no protobuf", bytes: [0xFF, 0xFF, 0xFF]),
            Case(name: "cut short", bytes: try Frames.clock([head(1, 1, 1)]).dropLast()),
            Case(name: "a run and more", bytes: [0x32, 0x00, 0x2A, 0x01, 0x00]),
            Case(name: "too many heads", bytes: try Frames.clock(many)),
            Case(name: "too many hinted heads", bytes: try Frames.bytes { $0.heads.heads = many }),
            Case(name: "heads out of order", bytes: try Frames.clock([head(2, 1, 0), head(1, 1, 0)])),
            Case(name: "a head twice", bytes: try Frames.clock([head(1, 1, 0), head(1, 2, 0)])),
            Case(name: "an empty head", bytes: try Frames.clock([head(1, 0, 0)])),
            Case(name: "an absurd head", bytes: try Frames.clock([head(1, .max, 0)])),
            Case(name: "too many ranges", bytes: try Frames.want((1...1_025).map { range(UInt64($0), 1, 1) })),
            Case(name: "a range from 0", bytes: try Frames.want([range(1, 0, 5)])),
            Case(name: "a range that ends before it begins", bytes: try Frames.want([range(1, 6, 5)])),
            Case(name: "an absurd range", bytes: try Frames.want([range(1, 1, .max)])),
            Case(name: "overlapping ranges", bytes: try Frames.want([range(1, 1, 5), range(1, 5, 9)])),
            Case(name: "ranges out of order", bytes: try Frames.want([range(2, 1, 5), range(1, 1, 5)])),
            Case(
                name: "a WITNESS of logs out of order",
                bytes: try Frames.bytes { $0.witness.logs = [Frames.held(2, 1), Frames.held(1, 1)] }),
            Case(name: "a WITNESS of an empty log", bytes: try Frames.bytes { $0.witness.logs = [Frames.held(2, 0)] }),
            Case(
                name: "a PARTIAL of overlapping ranges",
                bytes: try Frames.bytes { $0.partial.ranges = [range(1, 1, 5), range(1, 5, 9)] }),
            Case(name: "a FETCH of nothing", bytes: try Frames.bytes { $0.fetch.places = [] }),
            Case(name: "a FETCH of too much", bytes: try Frames.bytes { $0.fetch.places = (1...65).map { Frames.place(1, $0, 0) } }),
            Case(name: "a FETCH of change set 0", bytes: try Frames.bytes { $0.fetch.places = [Frames.place(1, 0, 0)] }),
            Case(name: "a FETCH of content 64", bytes: try Frames.bytes { $0.fetch.places = [Frames.place(1, 1, 64)] }),
            Case(
                name: "a FETCH out of order", bytes: try Frames.bytes { $0.fetch.places = [Frames.place(1, 2, 0), Frames.place(1, 1, 0)] }),
            Case(
                name: "a FETCH of one twice",
                bytes: try Frames.bytes { $0.fetch.places = [Frames.place(1, 2, 0), Frames.place(1, 2, 0)] }),
            Case(
                name: "CONTENTS with one that is too long",
                bytes: try Frames.bytes { $0.contents.contents = [Frames.content(1, 1, 0, byteCount: LogLimits.contentBytesMax + 1)] }),
            Case(name: "a JOIN from a member", bytes: [0x5A, 0x00]),
            Case(name: "a long frame", bytes: [UInt8](repeating: 0, count: 500_000)),
        ]
    }

    @Test("A malformed frame is refused, counted, and changes nothing", arguments: try cases())
    func malformed(_ item: Case) throws {
        let world = try PushTests.settled(2)
        let heads = world.nodes[0].log.heads
        let before = try #require(world.nodes[0].status(of: world.nodes[1]))
        try world.deliver(item.bytes, from: 1, to: 0)
        #expect(world.sent.map(\.kind) == [.refused])
        #expect(world.nodes[0].warnings.count == 1)
        try world.deliver(item.bytes, from: 1, to: 0)
        #expect(world.sent.count == 1, "a flood is not answered frame by frame")
        let after = try #require(world.nodes[0].status(of: world.nodes[1]))
        #expect(after.faults == before.faults + 2)
        #expect(after.clock == before.clock)
        #expect(world.nodes[0].log.heads == heads)
        try world.author(1)
        #expect(try world.run(limit: 30_000) { $0.areEqual })
    }

    @Test("A kind of frame that a newer version knows is passed over in silence")
    func unknownKind() throws {
        let world = try PushTests.settled(2)
        try world.deliver([0xFA, 0x01, 0x00], from: 1, to: 0)
        #expect(world.sent.isEmpty)
        #expect(world.nodes[0].status(of: world.nodes[1])?.faults == 1)
    }

    @Test("A run that cannot be read is refused")
    func unreadableRun() throws {
        let world = try PushTests.settled(2)
        try world.deliver([0x2A, 0x02, 0x08, 0x01], from: 1, to: 0)
        #expect(world.sent.map(\.kind) == [.refused])
    }

    @Test("A peer that makes up logs costs bounded memory and bounded warnings")
    func inventedLogs() throws {
        let world = try PushTests.settled(2)
        let replica = world.nodes[0].replica.rawValue
        for round in 0..<200 {
            let heads = (1...1_000).map { Frames.head(UInt64(round * 1_000 + $0), 5, 0) }
            try world.deliver(try Frames.clock(heads, full: false), from: 1, to: 0)
            try world.deliver(try Frames.bytes { $0.heads.heads = [Frames.head(replica, UInt64(100 + round), 0)] }, from: 1, to: 0)
        }
        #expect(world.nodes[0].engine.peers[0].clock.entries.count <= 20_000)
        #expect((1...16).contains(world.nodes[0].warnings.count))
        #expect(world.count(.want) == 1)
    }

    @Test("Random and mutated frames never stop a node", arguments: UInt64(1)...20)
    func fuzz(seed: UInt64) throws {
        let world = try PushTests.settled(2)
        try world.author(1, 3)
        let samples = world.sent.map(\.bytes) + (try Self.cases().map(\.bytes).filter { $0.count < 2_000 })
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            var bytes = samples[random.number(in: 0...samples.count - 1)]
            for _ in 0..<random.number(in: 1...4) where !bytes.isEmpty {
                bytes[random.number(in: 0...bytes.count - 1)] = UInt8(random.number(in: 0...255))
            }
            if random.happens(30), !bytes.isEmpty { bytes.removeLast(random.number(in: 1...bytes.count)) }
            _ = try world.nodes[0].received(bytes, from: world.nodes[1].id, now: world.now)
        }
        try world.disconnect(0, 1)
        try world.connect(0, 1)
        try world.author(1)
        #expect(try world.run(limit: 120_000) { $0.areEqual }, "seed \(seed)")
    }
}
