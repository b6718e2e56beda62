import Causality
import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore
import Vault

/// Somebody who has the keys of a member and sends what an honest node would not.
///
/// Frames go out as the member's own, on its connection. The member's brain knows nothing of it.
struct Adversary {
    let group: SimulatedGroup
    let attacker: SimulatedNode
    let random: SeededRandomSource

    init(group: SimulatedGroup, attacker: SimulatedNode) {
        self.group = group
        self.attacker = attacker
        random = SeededRandomSource(seed: group.seed, stream: "adversary \(attacker.name) \(group.trace.count)")
    }

    /// Attacks one node in one way: a frame or a few. Without a connection nothing is sent.
    ///
    /// Throws `SimulationError.Code.scenario` for faults that are no attack.
    func attack(_ victim: SimulatedNode, by fault: Fault) throws {
        guard let link = group.network[NodePair(attacker.index, victim.index)], link.isBelieved(by: attacker.index) else { return }
        group.note(.fault, victim.index, attacker.index, fault.rawValue)
        for frame in try frames(of: fault, against: victim) {
            group.transmit(
                SimulatedFrame(
                    from: attacker.index, to: victim.index, bytes: frame, session: link.session,
                    key: attacker.identity.curve.publicKey))
        }
    }

    private func frames(of fault: Fault, against victim: SimulatedNode) throws -> [[UInt8]] {
        switch fault {
        case .forgedSignature: return try own { $0.signature = try Signature(copying: noise(Signature.byteCount)) }
        case .strippedSignature:
            return try own { $0.signature = try Signature(copying: [UInt8](repeating: 0, count: Signature.byteCount)) }
        case .wrongKey: return try inTheNameOf(victim)
        case .crossEpochReplay: return try own { $0.epoch = EpochID(try Digest(copying: noise(Digest.byteCount))) }
        case .crossGroupReplay: return try own(group: GroupID(try Digest(copying: noise(Digest.byteCount)))) { _ in }
        case .causalGap: return try own(gap: 5) { _ in }
        case .equivocation: return try rewriting()
        case .selectiveFork: return try forking()
        case .clockInflation: return inflatedClocks()
        case .oversizedFrame: return oversized()
        case .deepNesting: return [nested(depth: 4_000).bytes]
        case .mixedVersions: return fromTheFuture()
        default: throw SimulationError(.scenario, "\(fault.rawValue) is no attack")
        }
    }

    private func noise(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count { withUnsafeBytes(of: random.uint64()) { bytes.append(contentsOf: $0) } }
        return Array(bytes.prefix(count))
    }

    // MARK: Change sets

    /// The run that the attacker's log would go on with, after `change` has made it worse.
    private func own(
        group name: GroupID? = nil, gap: UInt64 = 0, _ change: (inout RunHeader) throws -> Void
    ) throws -> [[UInt8]] {
        guard let brain = attacker.brain, let head = head(of: brain.replica, at: attacker) else { return [] }
        let other = noise(ChangeSetHash.byteCount).withUnsafeBytes { ChangeSetHash(loading: $0) }
        let start = gap == 0 ? head : LogHead(brain.replica, head.sequence + gap, other)
        return try run(after: start, group: name ?? brain.group, change)
    }

    /// A change set in the log of somebody else.
    private func inTheNameOf(_ victim: SimulatedNode) throws -> [[UInt8]] {
        let others = group.nodes.filter { $0.index != attacker.index && $0.index != victim.index && $0.isRunning }
        guard let brain = attacker.brain, let other = (others.first ?? victim).brain,
            let head = head(of: other.replica, at: attacker)
        else { return [] }
        return try run(after: head, group: brain.group) { $0.author = other.member }
    }

    /// Another version of the last change set that the attacker's node made: peers that have the first one must keep it.
    private func rewriting() throws -> [[UInt8]] {
        guard let brain = attacker.brain, let head = head(of: brain.replica, at: attacker), head.sequence > 1,
            let row = try attacker.store.reader.logRow(at: Dot(brain.replica, head.sequence - 1))
        else { return [] }
        return try run(after: LogHead(brain.replica, row.sequence, row.hash), group: brain.group, isFork: true) { _ in }
    }

    /// A change set that the attacker's own node never made, for one peer alone.
    private func forking() throws -> [[UInt8]] {
        guard let brain = attacker.brain, let head = head(of: brain.replica, at: attacker) else { return [] }
        return try run(after: head, group: brain.group, isFork: true) { _ in }
    }

    private func head(of replica: ReplicaID, at node: SimulatedNode) -> LogHead? {
        node.store.progress.first { $0.replica == replica }?.received
    }

    /// A run of one change set that says that there is a patient called Nobody.
    private func run(
        after head: LogHead, group name: GroupID, isFork: Bool = false, _ change: (inout RunHeader) throws -> Void
    ) throws -> [[UInt8]] {
        guard let epoch = attacker.keysInHand.epochs.min(by: { $0.key < $1.key })?.value else { return [] }
        var sealer = ChangeSetSealer(group: name, head: head)
        let dot = Dot(head.replica, head.sequence + 1)
        let now = attacker.clock.reading(at: group.now)
        let set = ChangeSet(
            stamp: Stamp(dot, HybridTimestamp(milliseconds: now)), actor: .system, office: nil,
            changes: [
                .patient(
                    PatientID(milliseconds: now, entropy: (random.uint64(), random.uint64())), context: VersionVector(),
                    .details(PatientDetails(name: "Nobody")))
            ])
        let entry = try sealer.seal(ChangeSetBody(set: set, clock: [], isFullClock: false), under: epoch, random: random)
        if isFork { for observer in group.observers { observer.crafted(sealer.head, by: attacker, in: group) } }
        var header = RunHeader(
            replica: head.replica, author: attacker.identity.member, first: entry.sequence, epoch: epoch.id,
            signature: attacker.identity.signing.sign(LogDomain.changeSetSignature, try entry.hash.digest))
        try change(&header)
        var writer = RunWriter()
        writer.add(sequence: entry.sequence, body: entry.body, contents: entry.contents)
        return [writer.frame(header)]
    }

    // MARK: Frames

    /// Clocks of numbers that nobody has, of logs that are and of some that are not.
    private func inflatedClocks() -> [[UInt8]] {
        let replicas = attacker.store.progress.map(\.replica.rawValue) + [random.uint64(), random.uint64()]
        return [FrameKind.clock, .heads].map { kind in
            var heads = RawMessage()
            for replica in replicas {
                var head = RawMessage()
                head.fixed64(1, replica)
                head.number(2, (1 << 48) - 1)
                head.fixed32(3, UInt32(truncatingIfNeeded: random.uint64()))
                heads.data(1, head.bytes)
            }
            if kind == .clock { heads.number(2, 1) }
            return RawMessage.wrapping(UInt64(kind.rawValue), heads).bytes
        }
    }

    private func oversized() -> [[UInt8]] {
        [(FrameKind.run, 3 << 20), (.clock, 600 << 10), (.want, 600 << 10)].map { kind, size in
            var frame = RawMessage()
            frame.data(UInt64(kind.rawValue), noise(size))
            return frame.bytes
        }
    }

    /// A message within a message within a message.
    private func nested(depth: Int) -> RawMessage {
        // Written from the inside out: each level is a field 14 that holds the one before it. Lengths grow, so levels are few bytes
        // each and the whole stays below the size that a frame may have.
        var inner = RawMessage()
        for _ in 0..<depth where inner.bytes.count < 300_000 {
            inner = inner.bytes.count < 60_000 ? .wrapping(14, inner) : inner
        }
        return inner
    }

    /// What a version that is not written yet might say.
    private func fromTheFuture() -> [[UInt8]] {
        var hello = RawMessage()
        hello.number(1, 99)
        hello.data(2, noise(32))
        hello.data(20, noise(16))
        var unknown = RawMessage()
        unknown.data(15, noise(40))
        return [RawMessage.wrapping(1, hello).bytes, unknown.bytes]
    }
}
