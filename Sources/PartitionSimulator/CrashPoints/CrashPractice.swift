import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore
import Vault

/// The small group that the built-in scenes are played in: two offices, who hold the same at the start.
final class CrashPractice {
    let seed: UInt64
    /// How many change sets the large scenes are about.
    let rows: Int
    /// Whether all databases are sealed.
    let isSealed: Bool
    /// The founding office's node, an administrator's.
    let towson: CrashMember
    /// Another office's.
    let belair: CrashMember
    /// A device that is no member yet.
    let laptop: CrashMemberImage
    var now: Int64 = 1_750_000_000_000
    private(set) var office: OfficeID
    private(set) var surgeon: StaffID
    private(set) var category: CategoryID
    private(set) var patient: PatientID
    private(set) var threads: [ThreadID] = []
    private var images: [CrashMemberImage] = []

    static let profile = OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York")
    static let endpoint = "tcp://towson.example:7400"

    /// Founds the group and fills it. Throws what a node throws that does not work.
    init(seed: UInt64, rows: Int, isSealed: Bool = false) throws {
        self.seed = seed
        self.rows = rows
        self.isSealed = isSealed
        towson = try Self.member("towson", seed: seed, isSealed: isSealed)
        belair = try Self.member("belair", seed: seed, isSealed: isSealed)
        laptop = CrashMemberImage(name: "laptop", identity: try Self.identity("laptop", seed: seed), image: nil)
        var ids = SplitMix64(seed: seed, stream: "crash practice")
        func id<Entity>() -> EntityID<Entity> { EntityID(milliseconds: 1_750_000_000_000, entropy: (ids.next(), ids.next())) }
        (office, surgeon, category, patient) = (id(), id(), id(), id())
        try towson.openStore()
        _ = try Founding.found(
            towson.requireStore(), identity: towson.identity, groupName: "Chesapeake Oral Surgery", name: "towson",
            office: Self.profile, endpoint: Self.endpoint, now: now, random: random("founding"))
        try towson.openBrain(random: random("towson"))
        try fill(queue: id())
        let invitation = try invite(.office)
        try Self.join(belair, with: invitation, at: towson, random: random("joining"), brain: random("belair"), now: now)
        try meet()
        images = [try image(of: towson), try image(of: belair)]
    }

    private func fill(queue: QueueID) throws {
        office = try towson.requireStore().reader.office(key: "tow")?.id ?? office
        try perform(
            .putDocument(.staff(surgeon, StaffProfile(key: "surgeon", name: "Surgeon", role: .surgeon, offices: []))))
        try perform(
            .putDocument(
                .queue(
                    queue,
                    QueueProfile(
                        key: "queue", name: "Queue", office: office, members: [surgeon], primary: surgeon, backup: nil))))
        try perform(
            .putDocument(
                .category(
                    category,
                    CategoryProfile(
                        key: "scheduling", name: "Scheduling", urgency: .routine, needsReview: false, responseMinutes: 1440,
                        destinations: [CategoryProfile.Destination(office: office, queue: queue)]))))
        let details = PatientDetails(name: "Patient", born: "1980-01-01", office: office)
        patient = try perform(.putPatient(nil, details, shown: nil)).patient ?? patient
        for _ in 0..<10 { if let thread = try perform(.openThread(draft)).thread { threads.append(thread) } }
    }

    /// A thread about to begin.
    var draft: ThreadDraft {
        ThreadDraft(
            patient: patient, office: office, category: category, subject: "Appointment", text: "May I come on Friday?")
    }

    // MARK: Members

    static func identity(_ name: String, seed: UInt64) throws -> MemberIdentity {
        try MemberIdentity(random: SeededRandomSource(seed: seed, stream: "crash practice keys \(name)"))
    }

    private static func member(_ name: String, seed: UInt64, isSealed: Bool) throws -> CrashMember {
        try CrashMember(name: name, identity: try identity(name, seed: seed), seed: seed, isSealed: isSealed)
    }

    func random(_ stream: String) -> SeededRandomSource { SeededRandomSource(seed: seed, stream: "crash practice \(stream)") }

    /// Lets a device in through an invitation that `inviter` made, and opens its brain. The device's store must be open or
    /// empty.
    static func join(
        _ member: CrashMember, with invitation: Invitation, at inviter: CrashMember, random: any RandomSource,
        brain: any RandomSource, now: Int64
    ) throws {
        let answer = try admission(of: member.identity, named: member.name, with: invitation, at: inviter, now: now)
        if member.store == nil { try member.openStore() }
        try Founding.join(
            try member.requireStore(), identity: member.identity, invitation: invitation, answer: answer, now: now,
            random: random)
        try member.openBrain(random: brain)
    }

    /// The answer of the inviting node to a device that asks.
    static func admission(
        of identity: MemberIdentity, named name: String, with invitation: Invitation, at inviter: CrashMember, now: Int64
    ) throws -> [UInt8] {
        let key = try invitation.key
        let frame = try Founding.joinFrame(invitation, identity: identity, name: name, endpoint: "")
        try inviter.handle([try inviter.prepare(frame, from: key)], now: now)
        guard let position = inviter.outbox.lastIndex(where: { $0.to == key }) else {
            throw SimulationError(.notJoined, "\(inviter.name) did not answer \(name), which asked to join")
        }
        return inviter.outbox.remove(at: position).bytes
    }

    // MARK: Work

    /// An invitation by towson.
    func invite(_ kind: MemberKind) throws -> Invitation {
        try Invitation(text: try perform(.invite(InvitationRequest(kind: kind, office: nil, isPreApproved: true))).invitation ?? "")
    }

    /// Gives towson a command that must succeed.
    @discardableResult
    func perform(_ command: Command) throws -> CommandOutcome {
        now += 1_000
        try towson.handle([towson.event(command)], now: now)
        guard let outcome = try towson.answer?.get() else {
            throw SimulationError(.refused, "towson did not answer a command")
        }
        return outcome
    }

    /// Lets a member author many notes, a hundred in a transaction.
    func write(_ count: Int, at member: CrashMember, on thread: ThreadID? = nil) throws {
        let threads = thread.map { [$0] } ?? threads
        var written = 0
        while written < count {
            now += 1_000
            let events = (written..<min(count, written + 100)).map { number -> NodeEvent in
                let note = ThreadCommand.note(text: "Note \(number): called back, no answer yet.")
                return member.event(.thread(threads[number % threads.count], shown: nil, note))
            }
            guard try member.handle(events, now: now) else {
                throw SimulationError(.storage, "\(member.name) could not store its notes")
            }
            written += events.count
        }
        member.outbox = []
    }

    /// Connects the two offices and lets them come to hold the same.
    private func meet() throws {
        let stage = stage(towson, [belair])
        try stage.connect(belair)
        try stage.synchronise(with: belair)
        now = stage.now
    }

    func stage(_ subject: CrashMember, _ peers: [CrashMember]) -> CrashStage {
        CrashStage(subject: subject, peers: peers, now: now, seed: seed, stream: "practice")
    }

    // MARK: Images

    /// The member as it is now.
    func image(of member: CrashMember) throws -> CrashMemberImage {
        try member.settle()
        return CrashMemberImage(name: member.name, identity: member.identity, image: try member.disk.snapshot())
    }

    /// Both offices as they were when they had met: for building another scene.
    func reset() throws -> (towson: CrashMemberImage, belair: CrashMemberImage) {
        for (member, image) in zip([towson, belair], images) {
            if let disk = image.image { try member.disk.restore(disk) }
            try member.open(random: random("again \(member.name)"))
        }
        return (images[0], images[1])
    }
}
