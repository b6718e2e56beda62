import Causality
import ChangeLog
import OfficeNode
import ReplicaStore
import Vault

/// Plays one scene: once whole, to learn what it does, and then cut short at one operation after another.
final class CrashPlay {
    /// How many storage operations the act has.
    private(set) var operations = 0
    /// How many transactions the act is.
    private(set) var stepCount = 0

    /// Warnings that nothing but a fork, damage or a broken disk leads to here.
    private static let alarms: Set<String> = ["sync", "quarantine", "storage"]

    private let scene: CrashScene
    private let seed: UInt64
    private let subject: CrashMember
    private let peers: [CrashMember]
    private let subjectImage: ShadowDiskImage
    private let peerImages: [ShadowDiskImage]
    /// The state before the prologue, after it, and after each step.
    private var states: [CrashState] = []
    /// What verifying the logs says without any crash: a node that has just joined does not know the authors yet.
    private var knownFaults: Set<String> = []

    /// What a sealed disk must not show: what every database has, and what the scenes write.
    private static let canaries = ["SQLite format 3", "CREATE TABLE", "Chesapeake", "towson", "Appointment"].map {
        ByteSearch(Array($0.utf8))
    }

    /// Plays the scene whole, on disks whose databases are sealed where `isSealed` says so: as the scene's images are. Throws
    /// what its parts throw.
    init(_ scene: CrashScene, seed: UInt64, isSealed: Bool = false) throws {
        self.scene = scene
        self.seed = seed
        subject = try CrashMember(
            name: scene.subject.name, identity: scene.subject.identity, seed: seed, isSealed: isSealed)
        peers = try scene.peers.map {
            try CrashMember(name: $0.name, identity: $0.identity, seed: seed, isSealed: isSealed)
        }
        subjectImage = try subject.settledImage(scene.subject.image)
        peerImages = try zip(peers, scene.peers).map { try $1.image ?? $0.disk.snapshot() }
        try playWhole()
    }

    private func playWhole() throws {
        let stage = try makeStage()
        try subject.openStore()
        states.append(try CrashState(subject.requireStore()))
        try subject.disk.restore(subjectImage)
        subject.drop()
        try scene.prologue(stage)
        states.append(try subject.store.map(CrashState.init) ?? states[0])
        let witness = Witness(subject: subject, states: states)
        stage.recorder = witness
        let first = subject.disk.counters.operations
        try scene.act(stage)
        operations = Int(subject.disk.counters.operations - first)
        stepCount = witness.steps
        states = witness.states
        if subject.brain == nil, try !subject.requireStore().progress.isEmpty {
            try subject.openBrain(random: stage.random(for: subject))
        }
        if subject.brain != nil { knownFaults = Set(try logFaults()) }
    }

    /// Everything as before the scene, with everybody down but the peers that have a brain.
    private func makeStage() throws -> CrashStage {
        try subject.disk.restore(subjectImage)
        subject.drop()
        let stage = CrashStage(subject: subject, peers: peers, now: scene.now, seed: seed, stream: "\(scene.kind) act")
        for (peer, image) in zip(peers, peerImages) {
            try peer.disk.restore(image)
            try peer.openStore()
            if try !peer.requireStore().progress.isEmpty { try peer.openBrain(random: stage.random(for: peer)) }
        }
        return stage
    }

    /// Lets the disk die at operation `point` of the act, and checks what is left. Throws where the scene cannot be set up.
    func attempt(_ point: Int, _ mode: CrashMode, goesOn: Bool, _ outcome: inout CrashModeReport) throws {
        func violation(_ finding: String) {
            outcome.violations.append(
                CrashPointViolation(kind: scene.kind, operation: point, mode: mode, seed: seed, finding: finding))
        }
        let stage = try makeStage()
        try scene.prologue(stage)
        let witness = Witness(subject: subject)
        var lots = SplitMix64(seed: seed, stream: "crash \(scene.kind) \(point) \(mode.rawValue)")
        subject.disk.reseed(lots.next())
        subject.disk.crashAt(operation: subject.disk.counters.operations + Int64(point), tearing: mode.tearsWrite)
        stage.recorder = witness
        do {
            try scene.act(stage)
        } catch is CrashInterruption {
            // The disk died, as it was told to.
        } catch {
            violation("the act fails on a sound disk: \(error)")
        }
        stage.recorder = nil
        let left = subject.outbox
        subject.disk.crash(mode.crash)
        subject.drop()
        do {
            // Searching takes long on a large disk: the same points as for going on.
            if goesOn && subject.seal != nil { try checkNothingShows() }
            try check(witness, mode, &outcome)
            try checkPeers(left, stage)
            if goesOn {
                try goOn(stage, "\(scene.kind) after \(point) \(mode.rawValue)")
                outcome.wentOn += 1
            }
        } catch let finding as Finding {
            violation(finding.text)
        } catch {
            violation("the node cannot be opened or go on: \(error)")
        }
    }

    /// The replica opens, is whole, stands where a transaction ended, and has what was acknowledged.
    private func check(_ witness: Witness, _ mode: CrashMode, _ outcome: inout CrashModeReport) throws {
        try subject.openStore()
        let store = try subject.requireStore()
        let damage = try store.reader.checkIntegrity(thorough: true)
        if !damage.isEmpty { throw Finding("the database is damaged: \(damage.prefix(3))") }
        let state = try CrashState(store)
        guard let position = states.lastIndex(of: state) else {
            throw Finding("the replica stands where no transaction ended: \(state); it goes \(states)")
        }
        // Positions 0 and 1 are before and after the prologue, whose turns only merge what peers have.
        let kept = mode.losesPower ? (witness.durableSteps > 0 ? witness.durableSteps + 1 : 0) : witness.steps + 1
        if position < kept {
            throw Finding("transaction \(kept - 1) was acknowledged and is gone: the replica stands after \(position - 1)")
        }
        if state == states.last {
            outcome.committed += 1
        } else if states[...1].contains(state) {
            outcome.rolledBack += 1
        } else {
            outcome.partly += 1
        }
        if store.progress.isEmpty { return }
        try subject.openBrain(random: SeededRandomSource(seed: seed, stream: "unused"))
        try verifyLogs()
    }

    /// No file of a sealed disk, as the crash left it, holds anything in the clear.
    private func checkNothingShows() throws {
        for file in subject.disk.files {
            let bytes = subject.disk.contents(of: file)
            if Self.canaries.contains(where: { $0.isFound(in: bytes) }) {
                throw Finding("the sealed disk shows plain text in \(file)")
            }
        }
    }

    private func logFaults() throws -> [String] {
        try subject.requireBrain().makeReader().verifyLogs().logs.compactMap(\.fault)
    }

    private func verifyLogs() throws {
        if let fault = try logFaults().first(where: { !knownFaults.contains($0) }) {
            throw Finding("a log does not verify: \(fault)")
        }
    }

    /// What left the node before the crash arrives now. No peer may then hold more of its log than it does, or another
    /// history.
    private func checkPeers(_ left: [(to: CurvePublicKey, bytes: [UInt8])], _ stage: CrashStage) throws {
        for (key, bytes) in left {
            guard let peer = peers.first(where: { $0.key == key }), peer.brain != nil else { continue }
            try peer.handle([try peer.prepare(bytes, from: subject.key)], now: stage.now)
        }
        guard let replica = subject.brain?.replica else { return }
        let store = try subject.requireStore()
        let own = store.progress.first { $0.replica == replica }?.received.sequence ?? 0
        for peer in peers where peer.brain != nil {
            let progress = try peer.requireStore().progress.first { $0.replica == replica }
            guard let held = progress?.received else { continue }
            if held.sequence > own {
                throw Finding("\(peer.name) holds \(held.sequence) change sets of the log, its author \(own): a fork")
            }
            if try store.reader.logRow(at: held.dot)?.hash != held.hash {
                throw Finding("\(peer.name) holds another history of the log than its author: a fork")
            }
        }
    }

    private func goOn(_ stage: CrashStage, _ stream: String) throws {
        // The log stays as the crash and the first opening left it.
        subject.disk.crash(.process)
        subject.drop()
        let after = CrashStage(subject: subject, peers: peers, now: stage.now, seed: seed, stream: stream)
        try scene.epilogue(after)
        if subject.brain != nil { try verifyLogs() }
        for member in [subject] + peers {
            if let warning = member.warnings.first(where: { Self.alarms.contains($0.code) }) {
                throw Finding("\(member.name) warns after the crash: \(warning)")
            }
        }
        guard subject.brain != nil, let peer = peers.first, peer.brain != nil else { return }
        let own = try LogicalDigest.compute(subject.requireStore().reader)
        let theirs = try LogicalDigest.compute(peer.requireStore().reader)
        if own != theirs {
            throw Finding("\(subject.name) and \(peer.name) hold the same change sets and show different inboxes")
        }
    }
}

/// Something that a crash must not do.
private struct Finding: Error {
    let text: String
    init(_ text: String) { self.text = text }
}

/// Counts the steps that were acknowledged, and where asked to keeps the state after each.
private final class Witness: CrashRecorder {
    private(set) var steps = 0
    /// How many steps there were when the last one ended that a power cut must not undo.
    private(set) var durableSteps = 0
    private(set) var states: [CrashState]
    private let keepsStates: Bool
    private let subject: CrashMember

    init(subject: CrashMember, states: [CrashState]? = nil) {
        self.subject = subject
        self.states = states ?? []
        keepsStates = states != nil
    }

    func stepped(isDurable: Bool) throws {
        steps += 1
        if isDurable { durableSteps = steps }
        if keepsStates { states.append(try CrashState(subject.requireStore())) }
    }
}

extension CrashMember {
    /// An image of the same replica on which everything is durable, so that a power cut can lose only what comes after.
    func settledImage(_ image: ShadowDiskImage?) throws -> ShadowDiskImage {
        guard let image else { return try disk.snapshot() }
        try disk.restore(image)
        try openStore()
        try settle()
        let settled = try disk.snapshot()
        drop()
        return settled
    }

    /// Makes everything durable that the replica holds. Throws `SimulationError.Code.storage` where something is not,
    /// afterwards.
    func settle() throws {
        try requireStore().write(.full) { transaction in
            let count = try transaction.setting("crash-points")?.first ?? 0
            try transaction.set([count &+ 1], for: "crash-points")
        }
        let count = disk.unsyncedCount
        if count > 0 { throw SimulationError(.storage, "\(name) holds \(count) sectors that are not durable") }
    }
}
