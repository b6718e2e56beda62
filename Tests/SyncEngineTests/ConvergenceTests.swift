import Causality
import SyncEngine
import Testing

@Suite("Convergence")
struct ConvergenceTests {
    /// The last are those that found a fault once.
    static let seeds = Array(UInt64(1)...120) + [132, 211, 225, 674, 800, 1100]

    @Test("Whatever the network does, all nodes end with equal heads", arguments: seeds)
    func converges(seed: UInt64) throws {
        var random = SplitMix64(seed: seed &* 7919)
        let count = random.number(in: 2...6)
        let world = try World(count, seed: seed, configuration: Self.configuration(&random))
        world.faults = Faults(
            loss: random.number(in: 0...15), duplication: random.number(in: 0...10), reordering: random.number(in: 0...15),
            truncation: random.number(in: 0...4), corruption: random.number(in: 0...4), replay: random.number(in: 0...4),
            delay: 1...random.number(in: 2...80))
        for node in world.nodes {
            node.commitDelay = random.happens(50) ? 0 : Int64(random.number(in: 1...300))
            node.log.runBytesGoal = random.number(in: 200...8_000)
            try node.write(random.number(in: 0...60))
            node.restart()
        }
        let links = Self.connectedLinks(count, &random)
        for (one, other) in links { try world.connect(one, other) }
        for _ in 0..<random.number(in: 20...60) {
            try Self.disturb(world, links, &random)
            try world.run(limit: Int64(random.number(in: 0...900)))
        }

        world.faults = .none
        for (one, other) in links where !world.isConnected(one, other) { try world.connect(one, other) }
        let isEqual = try world.run(limit: 240_000) { $0.areEqual && $0.isQuiet }
        #expect(
            isEqual,
            "seed \(seed): heads differ 240 s after the last fault: \(world.nodes.map { $0.log.heads.map(\.sequence) })")

        #expect(world.violations.isEmpty, "seed \(seed): \(world.violations)")
        #expect(world.sent.count < 15_000, "seed \(seed): \(world.sent.count) frames")
        // Damaged clocks misled the peers about each other; once frames are whole that heals as well.
        try world.run(limit: 80_000)
        for node in world.nodes {
            #expect(node.engine.peers.allSatisfy { $0.missingHere == 0 && $0.missingThere == 0 }, "seed \(seed)")
        }
    }

    @Test("Nodes converge while the network goes on losing one frame in ten", arguments: UInt64(200)...219)
    func convergesUnderLoss(seed: UInt64) throws {
        let world = try World(3, seed: seed)
        world.faults = Faults(loss: 10, delay: 1...30)
        for node in world.nodes {
            node.log.runBytesGoal = 2_000
            try node.write(50)
            node.restart()
        }
        try world.connectAll()
        let isEqual = try world.run(limit: 300_000) { $0.areEqual && $0.isQuiet }
        #expect(isEqual, "seed \(seed)")
        #expect(world.violations.isEmpty, "seed \(seed)")
    }

    @Test("The same seed gives the same frames")
    func isDeterministic() throws {
        func frames() throws -> [[UInt8]] {
            let world = try World(4, seed: 77)
            world.faults = Faults(loss: 5, duplication: 5, reordering: 5, delay: 1...40)
            for node in world.nodes { node.log.runBytesGoal = 1_000 }
            try world.connectAll()
            for index in 0..<40 {
                try world.author(index % 4, 3)
                try world.run(limit: 120)
            }
            try world.run(limit: 30_000)
            return world.sent.map(\.bytes)
        }
        let first = try frames()
        #expect(first.count > 100)
        #expect(try first == frames())
    }

    private static func configuration(_ random: inout SplitMix64) -> SyncConfiguration {
        var configuration = SyncConfiguration()
        configuration.creditBytes = SyncConfiguration.creditBytesMin
        configuration.serveBytesMax = random.number(in: 1_000...50_000)
        configuration.wantSpanMax = UInt64(random.number(in: 5...200))
        configuration.pushBytesMax = random.number(in: 300...20_000)
        configuration.wantPeersMax = random.number(in: 1...4)
        return configuration
    }

    /// Links of which at least a tree joins all nodes.
    private static func connectedLinks(_ count: Int, _ random: inout SplitMix64) -> [(Int, Int)] {
        var links: [(Int, Int)] = []
        for other in 1..<count {
            let parent = random.number(in: 0...other - 1)
            for one in 0..<other where one == parent || random.happens(40) { links.append((one, other)) }
        }
        return links
    }

    /// One thing that happens to a group on a bad day.
    private static func disturb(_ world: World, _ links: [(Int, Int)], _ random: inout SplitMix64) throws {
        let (one, other) = links[random.number(in: 0...links.count - 1)]
        switch random.number(in: 0...9) {
        case 0...5: try world.author(random.number(in: 0...world.nodes.count - 1), random.number(in: 1...8))
        case 6: try world.disconnect(one, other)
        case 7: try world.connect(one, other)
        case 8: try world.restart(one)
        default:
            // The power fails: merges that were not on the disk yet are gone.
            let node = world.nodes[other]
            if let lost = node.log.heads.map(\.replica).first(where: { $0 != node.replica }) { node.log.loseTail(of: lost) }
            try world.restart(other)
        }
    }
}
