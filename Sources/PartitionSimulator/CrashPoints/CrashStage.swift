import Causality
public import OfficeNode
import ReplicaStore
public import Vault

/// Where one transaction is played, again and again: its node, the peers, and the time.
public final class CrashStage {
    /// The node whose transaction is cut short.
    public let subject: CrashMember
    /// The others that are up, in order.
    public let peers: [CrashMember]
    /// Virtual time, in milliseconds since 1970.
    public var now: Int64
    /// Names the random streams of this playing, so that what is authored after a crash differs from what was lost.
    public let stream: String

    let seed: UInt64
    /// Told of each transaction of the subject during the act.
    var recorder: (any CrashRecorder)?

    init(subject: CrashMember, peers: [CrashMember], now: Int64, seed: UInt64, stream: String) {
        self.subject = subject
        self.peers = peers
        self.now = now
        self.seed = seed
        self.stream = stream
    }

    /// The random bytes of a member in this playing. Each call begins the stream anew.
    public func random(for member: CrashMember) -> SeededRandomSource {
        SeededRandomSource(seed: seed, stream: "crash points \(stream) \(member.name)")
    }

    // MARK: Transactions of the subject

    /// Lets the subject handle events as one transaction. Ends the act where the disk died.
    ///
    /// - Parameter isDurable: Whether a power cut must not undo it once it is done: where it authors.
    public func turn(_ events: [NodeEvent], isDurable: Bool) throws {
        try step(isDurable: isDurable) {
            if try !subject.handle(events, now: now) { throw CrashInterruption() }
        }
    }

    /// Lets the subject do what `body` says as one step. Ends the act where the disk died.
    public func step(isDurable: Bool, _ body: () throws -> Void) throws {
        guard let recorder else { return try body() }
        do { try body() } catch {
            if subject.disk.isDead { throw CrashInterruption() }
            throw error
        }
        try recorder.stepped(isDurable: isDurable)
        if subject.disk.isDead { throw CrashInterruption() }
    }

    // MARK: Peers

    /// Connects the subject with a peer: both are told. Frames go when `pump` is called.
    public func connect(_ peer: CrashMember) throws {
        try turn([.connected(peer.key)], isDurable: false)
        try peer.handle([.connected(subject.key)], now: now)
    }

    /// Tells a peer that the connection to the subject ended.
    public func disconnect(_ peer: CrashMember) throws { try peer.handle([.disconnected(subject.key)], now: now) }

    /// Delivers frames between the subject and the peers that are up, and ticks where a node asks for it, until nothing is
    /// left.
    ///
    /// - Parameters:
    ///   - ticks: Whether nodes get the ticks they ask for.
    ///   - passes: Frames for which it says no are taken out.
    public func pump(ticks: Bool = true, passes: (_ from: CrashMember, _ bytes: [UInt8]) -> Bool = { _, _ in true }) throws {
        let members = [subject] + peers
        var isMoving = true
        while isMoving {
            isMoving = false
            for member in members where member.brain != nil {
                if ticks && member.wantsTick {
                    member.wantsTick = false
                    isMoving = true
                    try give([.tick], to: member)
                }
                let frames = member.outbox
                member.outbox = []
                for (key, bytes) in frames where passes(member, bytes) {
                    guard let receiver = members.first(where: { $0.key == key }), receiver.brain != nil else { continue }
                    isMoving = true
                    try give([try receiver.prepare(bytes, from: member.key)], to: receiver)
                }
            }
        }
    }

    /// Lets time pass until the subject and a peer hold and show the same. Throws `SimulationError.Code.storage` where that
    /// does not come within 200 seconds.
    public func synchronise(with peer: CrashMember) throws {
        for _ in 0..<200 {
            try pump()
            if try isSettled(with: peer) { return }
            now += 1_000
            try give([.tick], to: subject)
            try give([.tick], to: peer)
        }
        throw SimulationError(.storage, "\(subject.name) and \(peer.name) do not come to hold the same change sets")
    }

    private func isSettled(with peer: CrashMember) throws -> Bool {
        let own = try subject.requireStore().progress
        let theirs = try peer.requireStore().progress
        return own.map(\.received) == theirs.map(\.received)
            && (own + theirs).allSatisfy { $0.merged == $0.received.sequence && $0.indexed == $0.merged }
    }

    private func give(_ events: [NodeEvent], to member: CrashMember) throws {
        if member === subject { try turn(events, isDurable: false) } else { try member.handle(events, now: now) }
    }
}

/// Takes note of what the subject did.
protocol CrashRecorder: AnyObject {
    /// A step of the subject is done.
    func stepped(isDurable: Bool) throws
}

/// The disk died in the middle of the act: what comes after does not happen.
struct CrashInterruption: Error {}
