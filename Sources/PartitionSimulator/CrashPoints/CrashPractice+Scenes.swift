import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore
import Vault

extension CrashPractice {
    /// The scene of a kind, ready to be played.
    func scene(_ kind: CrashKind) throws -> CrashScene {
        let images = try reset()
        let name = kind.rawValue
        switch kind {
        case .firstOpen: return firstOpen()
        case .found: return found()
        case .admit: return try admit()
        case .join: return try join()
        case .openThread: return command(name, .openThread(draft), images)
        case .reply:
            let reply = ThreadCommand.reply(.portal, text: "Ten o'clock.", override: false)
            return command(name, .thread(threads[0], shown: nil, reply), images)
        case .claim: return command(name, .thread(threads[1], shown: nil, .claim), images)
        case .putDocument:
            let profile = OfficeProfile(key: "bel", name: "Bel Air", timeZone: "America/New_York")
            let id = OfficeID(milliseconds: now, entropy: (1, 2))
            return command(name, .putDocument(.office(id, profile)), images, by: .system)
        case .putPatient:
            let details = PatientDetails(name: "Another", born: "1970-01-01", office: office)
            return command(name, .putPatient(nil, details, shown: nil), images)
        case .receiveRun: return receiveRun(images)
        case .catchUp: return try catchUp(images.belair)
        case .mergeBacklog: return try mergeBacklog()
        case .indexSlices: return try indexSlices()
        case .invite: return command(name, .invite(InvitationRequest(kind: .laptop, office: nil, isPreApproved: true)), images, by: .system)
        case .setEndpoint: return command(name, .setEndpoint("tcp://towson.example:7401"), images, by: .system)
        case .checkpoint: return try upkeep(name) { try $0.requireStore().checkpoint() }
        case .rebuild: return try upkeep(name) { _ = try $0.requireBrain().rebuild() }
        case .restart: return try restart()
        }
    }

    /// A command at towson, with belair connected: what it authors is pushed.
    private func command(
        _ kind: String, _ command: Command, _ images: (towson: CrashMemberImage, belair: CrashMemberImage),
        by actor: Actor? = nil
    ) -> CrashScene {
        let actor = actor ?? .staff(surgeon)
        return CrashScene(kind: kind, subject: images.towson, peers: [images.belair], now: now + 60_000) { stage in
            try stage.turn([stage.subject.event(command, by: actor)], isDurable: true)
            _ = try stage.subject.answer?.get()
        }
    }

    /// Something done to a replica whose log holds transactions that are not in the database yet.
    private func upkeep(_ kind: String, _ body: @escaping (CrashMember) throws -> Void) throws -> CrashScene {
        try write(min(rows, 300), at: towson)
        return CrashScene(
            kind: kind, subject: try image(of: towson), peers: [try image(of: belair)], now: now + 60_000
        ) { stage in
            try stage.step(isDurable: true) { try body(stage.subject) }
        }
    }

    private func restart() throws -> CrashScene {
        try write(min(rows, 300), at: towson)
        return CrashScene(
            kind: CrashKind.restart.rawValue, subject: try image(of: towson), peers: [try image(of: belair)],
            now: now + 60_000
        ) { stage in
            try stage.step(isDurable: true) {
                try stage.subject.requireStore().close()
                try stage.subject.open(random: stage.random(for: stage.subject))
            }
        }
    }

    // MARK: Beginnings

    private func firstOpen() -> CrashScene {
        let subject = CrashMemberImage(name: "towson", identity: towson.identity, image: nil)
        return CrashScene(
            kind: CrashKind.firstOpen.rawValue, subject: subject, peers: [laptop], now: now, prologue: { _ in },
            epilogue: { try Self.foundAndInvite($0) }, act: { stage in
                try stage.step(isDurable: false) { try stage.subject.openStore() }
            })
    }

    private func found() -> CrashScene {
        let subject = CrashMemberImage(name: "towson", identity: towson.identity, image: nil)
        return CrashScene(
            kind: CrashKind.found.rawValue, subject: subject, peers: [laptop], now: now,
            prologue: { try $0.subject.openStore() }, epilogue: { try Self.foundAndInvite($0) },
            act: { stage in try stage.step(isDurable: true) { try Self.found(stage) } })
    }

    private static func found(_ stage: CrashStage) throws {
        _ = try Founding.found(
            try stage.subject.requireStore(), identity: stage.subject.identity, groupName: "Chesapeake Oral Surgery",
            name: "towson", office: profile, endpoint: endpoint, now: stage.now, random: stage.random(for: stage.subject))
    }

    /// Founds where nothing was founded, invites the first peer, and comes to hold the same as it.
    private static func foundAndInvite(_ stage: CrashStage) throws {
        guard let laptop = stage.peers.first else { return }
        try stage.subject.openStore()
        if try stage.subject.requireStore().progress.isEmpty { try found(stage) }
        // Not the stream that founding drew from.
        let inviting = SeededRandomSource(seed: stage.seed, stream: "crash points \(stage.stream) inviting")
        try stage.subject.openBrain(random: inviting)
        let request = InvitationRequest(kind: .laptop, office: nil, isPreApproved: true)
        try stage.turn([stage.subject.event(.invite(request))], isDurable: true)
        let invitation = try Invitation(text: try stage.subject.answer?.get().invitation ?? "")
        let random = stage.random(for: laptop)
        try join(laptop, with: invitation, at: stage.subject, random: random, brain: random, now: stage.now)
        try stage.connect(laptop)
        try stage.synchronise(with: laptop)
    }

    // MARK: Joining

    private func admit() throws -> CrashScene {
        let invitation = try invite(.laptop)
        let key = try invitation.key
        let frame = try Founding.joinFrame(invitation, identity: laptop.identity, name: laptop.name, endpoint: "")
        return CrashScene(
            kind: CrashKind.admit.rawValue, subject: try image(of: towson), peers: [laptop], now: now,
            prologue: { try $0.subject.open(random: $0.random(for: $0.subject)) },
            epilogue: { stage in
                // The device asks again: it may have had no answer. It gets the same or a new one.
                guard let laptop = stage.peers.first else { return }
                try stage.subject.open(random: stage.random(for: stage.subject))
                let random = stage.random(for: laptop)
                try Self.join(laptop, with: invitation, at: stage.subject, random: random, brain: random, now: stage.now)
                try stage.connect(laptop)
                try stage.synchronise(with: laptop)
            },
            act: { stage in try stage.turn([try stage.subject.prepare(frame, from: key)], isDurable: true) })
    }

    private func join() throws -> CrashScene {
        let invitation = try invite(.laptop)
        let answer = try Self.admission(of: laptop.identity, named: laptop.name, with: invitation, at: towson, now: now)
        func join(_ stage: CrashStage) throws {
            try Founding.join(
                try stage.subject.requireStore(), identity: stage.subject.identity, invitation: invitation, answer: answer,
                now: stage.now, random: stage.random(for: stage.subject))
        }
        return CrashScene(
            kind: CrashKind.join.rawValue, subject: laptop, peers: [try image(of: towson)], now: now,
            prologue: { try $0.subject.openStore() },
            epilogue: { stage in
                try stage.subject.openStore()
                if try stage.subject.requireStore().progress.isEmpty { try join(stage) }
                try CrashScene.goesOn(stage)
            },
            act: { stage in try stage.step(isDurable: true) { try join(stage) } })
    }

    // MARK: Receiving

    private func receiveRun(_ images: (towson: CrashMemberImage, belair: CrashMemberImage)) -> CrashScene {
        CrashScene(
            kind: CrashKind.receiveRun.rawValue, subject: images.belair, peers: [images.towson], now: now + 60_000
        ) { stage in
            let note = ThreadCommand.note(text: "Called back.")
            let command = stage.peers[0].event(.thread(self.threads[0], shown: nil, note))
            try stage.peers[0].handle([command], now: stage.now)
            try stage.pump()
        }
    }

    private func catchUp(_ subject: CrashMemberImage) throws -> CrashScene {
        try write(rows, at: towson)
        return CrashScene(
            kind: CrashKind.catchUp.rawValue, subject: subject, peers: [try image(of: towson)], now: now,
            prologue: { try $0.subject.open(random: $0.random(for: $0.subject)) }, act: { stage in
                try stage.connect(stage.peers[0])
                try stage.synchronise(with: stage.peers[0])
            })
    }

    private func indexSlices() throws -> CrashScene {
        try write(rows, at: towson)
        let stage = stage(belair, [towson])
        try stage.connect(towson)
        try stage.pump(ticks: false)
        return CrashScene(
            kind: CrashKind.indexSlices.rawValue, subject: try image(of: belair), peers: [try image(of: towson)], now: now,
            prologue: { try $0.subject.open(random: $0.random(for: $0.subject)) }, act: { stage in
                while stage.subject.wantsTick {
                    stage.subject.wantsTick = false
                    try stage.turn([.tick], isDurable: false)
                }
            })
    }

    /// The laptop gets belair's many notes on a thread before the change set of towson's that opened it.
    private func mergeBacklog() throws -> CrashScene {
        let invitation = try invite(.laptop)
        let late = try CrashMember(name: laptop.name, identity: laptop.identity, seed: seed, isSealed: isSealed)
        try Self.join(late, with: invitation, at: towson, random: random("late"), brain: random("late brain"), now: now)
        let first = stage(late, [towson])
        try first.connect(towson)
        try first.synchronise(with: towson)
        try first.disconnect(towson)
        let thread = try perform(.openThread(draft)).thread
        let second = stage(belair, [towson])
        try second.connect(towson)
        try second.synchronise(with: towson)
        now = second.now
        try write(rows, at: belair, on: thread)
        let replica = try towson.requireBrain().replica
        func isWithheld(_ bytes: [UInt8]) -> Bool {
            guard let range = RunReader.runRange(in: bytes) else { return false }
            // What cannot be read as a run is none that is withheld.
            return (try? RunReader.header(of: bytes, in: range).replica) == replica
        }
        let third = stage(late, [belair])
        try third.connect(belair)
        try third.pump { _, bytes in !isWithheld(bytes) }
        let withheld = WithheldFrames()
        return CrashScene(
            kind: CrashKind.mergeBacklog.rawValue, subject: try image(of: late), peers: [try image(of: belair)], now: now,
            prologue: { stage in
                withheld.frames = []
                try stage.subject.open(random: stage.random(for: stage.subject))
                try stage.connect(stage.peers[0])
                try stage.pump(ticks: false) { member, bytes in
                    guard isWithheld(bytes) else { return true }
                    if member !== stage.subject { withheld.frames.append(bytes) }
                    return false
                }
            },
            act: { stage in
                for frame in withheld.frames {
                    try stage.turn([try stage.subject.prepare(frame, from: stage.peers[0].key)], isDurable: false)
                }
                try stage.synchronise(with: stage.peers[0])
            })
    }
}

/// Frames that the prologue of a scene kept for its act.
private final class WithheldFrames {
    var frames: [[UInt8]] = []
}
