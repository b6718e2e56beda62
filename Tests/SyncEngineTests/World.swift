import Causality
import ChangeLog
import SyncEngine

/// Nodes, and a network between them that loses, repeats, reorders and damages frames as told. All of it follows from the seed.
final class World {
    struct Sent {
        let at: Int64
        let from: Int
        let to: Int
        let kind: FrameKind
        let bytes: [UInt8]
        var byteCount: Int { bytes.count }
    }

    private struct Packet {
        let due: Int64
        let serial: Int
        let from: Int
        let to: Int
        let session: Int
        let bytes: [UInt8]
    }

    struct Pair: Hashable {
        let low: Int
        let high: Int
        init(_ one: Int, _ other: Int) {
            low = min(one, other)
            high = max(one, other)
        }
    }

    let nodes: [TestNode]
    private let indices: [MemberID: Int]
    private(set) var now: Int64 = 1_700_000_000_000
    var faults = Faults.none
    /// Drops frames for which it says so; for single losses.
    var drops: (Sent) -> Bool = { _ in false }
    /// Changes frames on their way.
    var alter: (Sent) -> [UInt8] = { $0.bytes }
    var tickInterval: Int64 = 250
    /// How far a node's clock is off, in milliseconds. For nodes that commit at once.
    var skews: [Int: Int64] = [:]
    var random: SplitMix64
    /// Every frame that left a node.
    private(set) var sent: [Sent] = []
    private(set) var bytesSent = 0
    private var packets: [Packet] = []
    private var serial = 0
    private var nextTick: Int64
    /// Connections by pair; the number tells one connection from the next.
    private var sessions: [Pair: Int] = [:]
    private var sessionCount = 0
    /// When a direction's last frame arrives: frames keep their order.
    private var arrivals: [[Int]: Int64] = [:]

    init(_ count: Int, seed: UInt64 = 1, configuration: SyncConfiguration = SyncConfiguration()) throws {
        let group = try TestGroup(count, seed: seed)
        nodes = (0..<count).map { TestNode($0, of: group, configuration: configuration) }
        indices = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1.id, $0) })
        random = SplitMix64(seed: seed)
        nextTick = now
    }

    // MARK: What tests do

    func isConnected(_ one: Int, _ other: Int) -> Bool { sessions[Pair(one, other)] != nil }

    func connect(_ one: Int, _ other: Int) throws {
        sessionCount += 1
        sessions[Pair(one, other)] = sessionCount
        try pass(nodes[one].connected(nodes[other].id, now: now), from: one)
        try pass(nodes[other].connected(nodes[one].id, now: now), from: other)
    }

    func connectAll() throws {
        for one in nodes.indices { for other in nodes.indices where one < other { try connect(one, other) } }
    }

    func disconnect(_ one: Int, _ other: Int) throws {
        guard sessions.removeValue(forKey: Pair(one, other)) != nil else { return }
        try pass(nodes[one].disconnected(nodes[other].id, now: now), from: one)
        try pass(nodes[other].disconnected(nodes[one].id, now: now), from: other)
    }

    /// Kills a node and starts it from what is durable; its peers see the connections end and begin.
    func restart(_ index: Int) throws {
        let peers = nodes.indices.filter { $0 != index && isConnected(index, $0) }
        for peer in peers {
            sessions[Pair(index, peer)] = nil
            try pass(nodes[peer].disconnected(nodes[index].id, now: now), from: peer)
        }
        nodes[index].restart()
        for peer in peers { try connect(index, peer) }
    }

    func author(_ index: Int, _ count: Int = 1, bytes: Int = 20) throws {
        try pass(nodes[index].author(count, bytes: bytes, now: now), from: index)
    }

    /// Gives `to` a frame as if `from` had sent it.
    func deliver(_ bytes: [UInt8], from: Int, to: Int) throws {
        try pass(nodes[to].received(bytes, from: nodes[from].id, now: now), from: to)
    }

    func commitFirst(_ index: Int) throws { try pass(nodes[index].commitFirst(now: now), from: index) }

    /// Hands frames of a node to the network.
    func pass(_ frames: TestNode.Frames, from index: Int) throws {
        for frame in frames {
            guard let to = indices[frame.to] else { continue }
            let entry = Sent(at: now, from: index, to: to, kind: FrameKind(frame.bytes), bytes: frame.bytes)
            sent.append(entry)
            bytesSent += frame.bytes.count
            guard let session = sessions[Pair(index, to)], !drops(entry) else { continue }
            transmit(alter(entry), from: index, to: to, session)
        }
    }

    /// Forgets what was sent so far, for tests that count from here.
    func clearSent() {
        sent = []
        bytesSent = 0
    }

    func count(_ kind: FrameKind, from: Int? = nil, to: Int? = nil) -> Int {
        sent.count { $0.kind == kind && (from ?? $0.from) == $0.from && (to ?? $0.to) == $0.to }
    }

    // MARK: Time

    /// Lets time pass until `condition` holds; false if it does not within `limit` milliseconds.
    @discardableResult
    func run(limit: Int64 = 60_000, until condition: (World) -> Bool = { _ in false }) throws -> Bool {
        let end = now + limit
        while true {
            if condition(self) { return true }
            let next = min(
                packets.first?.due ?? .max, nextTick, nodes.compactMap(\.nextCommit).min() ?? .max)
            if next > end {
                now = end
                return condition(self)
            }
            now = max(now, next)
            try step()
        }
    }

    private func time(of index: Int) -> Int64 { now + (skews[index] ?? 0) }

    private func step() throws {
        if let packet = packets.first, packet.due <= now {
            packets.removeFirst()
            guard sessions[Pair(packet.from, packet.to)] == packet.session else { return }
            try pass(nodes[packet.to].received(packet.bytes, from: nodes[packet.from].id, now: time(of: packet.to)), from: packet.to)
            return
        }
        for index in nodes.indices { try pass(nodes[index].commitDue(now: now), from: index) }
        guard nextTick <= now else { return }
        nextTick = now + tickInterval
        for index in nodes.indices { try pass(nodes[index].tick(now: time(of: index)), from: index) }
    }

    // MARK: What holds

    var areEqual: Bool {
        let heads = nodes[0].log.heads
        return nodes.dropFirst().allSatisfy { $0.log.heads == heads }
    }

    /// Bytes of runs that one node sent another.
    func runBytes(from: Int, to: Int) -> Int {
        sent.reduce(0) { $1.kind == .run && $1.from == from && $1.to == to ? $0 + $1.byteCount : $0 }
    }

    /// The kinds of the frames that one node sent another, in order.
    func kinds(from: Int, to: Int) -> [FrameKind] { sent.filter { $0.from == from && $0.to == to }.map(\.kind) }

    var isQuiet: Bool { packets.isEmpty && nodes.allSatisfy { $0.commits.isEmpty } }

    var violations: [String] { nodes.flatMap(\.violations) }

    // MARK: The network

    private func transmit(_ bytes: [UInt8], from: Int, to: Int, _ session: Int) {
        if random.happens(faults.loss) { return }
        schedule(damaged(bytes), from, to, session)
        if random.happens(faults.duplication) { schedule(bytes, from, to, session) }
        if random.happens(faults.replay) {
            let old = sent[random.number(in: 0...sent.count - 1)]
            if let session = sessions[Pair(old.from, old.to)] { schedule(old.bytes, old.from, old.to, session) }
        }
    }

    private func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if random.happens(faults.truncation) { bytes.removeLast(random.number(in: 1...bytes.count)) }
        if !bytes.isEmpty && random.happens(faults.corruption) {
            bytes[random.number(in: 0...bytes.count - 1)] ^= UInt8(random.number(in: 1...255))
        }
        return bytes
    }

    private func schedule(_ bytes: [UInt8], _ from: Int, _ to: Int, _ session: Int) {
        var due = now + Int64(random.number(in: faults.delay))
        if random.happens(faults.reordering) {
            due += Int64(random.number(in: 1...400))
        } else {
            due = max(due, arrivals[[from, to]] ?? 0)
            arrivals[[from, to]] = due
        }
        serial += 1
        let packet = Packet(due: due, serial: serial, from: from, to: to, session: session, bytes: bytes)
        let index = packets.lastIndex { ($0.due, $0.serial) < (due, serial) }.map { $0 + 1 } ?? 0
        packets.insert(packet, at: index)
    }
}
