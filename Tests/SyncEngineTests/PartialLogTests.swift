import Causality
import ChangeLog
import SyncEngine
import Testing

@Suite("Logs that are held without all contents")
struct PartialLogTests {
    @Test("What lacks contents is not sent, the asker is told so, goes on with what can be sent, and has the rest of another peer")
    func waits() throws {
        let world = try World(3)
        try world.connect(0, 1)
        // One by one: what arrives as one run can be served from its beginning to its end only.
        for _ in 0..<6 {
            try world.author(0)
            try #require(try world.run { $0.nodes[1].log.heads == $0.nodes[0].log.heads })
        }
        try world.disconnect(0, 1)
        let name = world.nodes[0].replica
        world.nodes[1].log.partial = [Dot(name, 4)]
        try world.connect(1, 2)
        try world.run(limit: 60_000)
        #expect(world.nodes[2].log.head(name).sequence == 3)
        let status = try #require(world.nodes[2].status(of: world.nodes[1]))
        #expect(status.state == .partial && status.partialThere == 3 && status.missingHere == 3)
        #expect(world.count(.want, from: 2) < 12, "asked too often for what cannot be had")
        try world.connect(0, 2)
        #expect(try world.run(limit: 120_000) { $0.nodes[2].log.heads == $0.nodes[0].log.heads })
        #expect(world.nodes[2].status(of: world.nodes[1])?.partialThere == 0)
        #expect(world.violations.isEmpty)
    }

    @Test("A peer that got its contents back is asked again, and serves")
    func gotBack() throws {
        let world = try World(2)
        try world.nodes[0].write(4)
        world.nodes[0].restart()
        world.nodes[0].log.partial = [Dot(world.nodes[0].replica, 2)]
        try world.connect(0, 1)
        try world.run(limit: 30_000)
        #expect(world.nodes[1].log.head(world.nodes[0].replica).sequence == 1)
        world.nodes[0].log.partial = []
        #expect(try world.run(limit: 180_000) { $0.areEqual })
    }

    @Test("FETCH and CONTENTS carry names and bytes as they are")
    func fetch() throws {
        let world = try PushTests.settled(2)
        let names = [ContentName(Dot(ReplicaID(1), 2), 0), ContentName(Dot(ReplicaID(1), 2), 3), ContentName(Dot(ReplicaID(4), 1), 63)]
        for case .send(_, let bytes) in world.nodes[0].engine.fetch(names, from: world.nodes[1].id) {
            try world.deliver(bytes, from: 0, to: 1)
        }
        #expect(world.nodes[1].contentsWanted.map(\.names) == [names])
        let answer = [FetchedContent(name: names[0], sealed: [1, 2, 3]), FetchedContent(name: names[1], sealed: [])]
        for case .send(_, let bytes) in world.nodes[1].engine.give(answer, to: world.nodes[0].id) {
            try world.deliver(bytes, from: 1, to: 0)
        }
        #expect(world.nodes[0].contents.map(\.contents) == [answer])
        #expect(world.nodes[0].contents.map(\.from) == [world.nodes[1].id])
    }
}
