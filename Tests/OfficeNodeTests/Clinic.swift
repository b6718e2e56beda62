import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing
import Vault

/// A practice of two offices and, where asked for, an on-call laptop, all connected and with equal inboxes at the start.
struct Clinic {
    let group: SimulatedGroup
    let towson: SimulatedNode
    let belair: SimulatedNode
    let laptop: SimulatedNode?
    let practice: SamplePractice

    init(
        seed: UInt64 = 1, laptop withLaptop: Bool = false, patients: Int = 2, conditions: LinkConditions = .good, onDisk: Bool = false
    ) throws {
        group = SimulatedGroup(seed: seed, conditions: conditions)
        let profile = OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York")
        towson = try group.found("towson", office: profile, onDisk: onDisk)
        practice = try SamplePractice(
            in: group, at: towson, offices: [(key: "tow", name: "Towson"), (key: "bel", name: "Bel Air")], patients: patients)
        belair = try group.join("belair", office: practice.offices[1].id, invitedBy: towson, onDisk: onDisk)
        laptop = withLaptop ? try group.join("laptop", kind: .laptop, invitedBy: towson, onDisk: onDisk) : nil
        try #require(group.runUntilQuiet(), "the nodes do not come to rest")
    }

    var ana: Actor { .staff(practice.offices[0].frontDesk) }
    var bo: Actor { .staff(practice.offices[1].frontDesk) }
    var surgeon: Actor { .staff(practice.offices[0].surgeon) }
    var admin: Actor { .staff(practice.administrator) }
    var onCall: Actor { .staff(practice.onCall) }
    var patient: PatientID { practice.patients[0] }

    /// Opens a thread with a patient's message, and lets everybody have it.
    func openThread(
        at node: SimulatedNode? = nil, office: Int = 0, category: CategoryID? = nil, subject: String = "Appointment",
        text: String = "May I come on Friday?"
    ) throws -> ThreadID {
        let draft = ThreadDraft(
            patient: patient, office: practice.offices[office].id, category: category ?? practice.scheduling,
            subject: subject, text: text)
        let outcome = try group.perform(.openThread(draft), at: node ?? towson)
        let thread = try #require(outcome.thread)
        try #require(group.runUntilQuiet())
        return thread
    }

    /// Does something to a thread; it must succeed.
    @discardableResult
    func act(
        _ command: ThreadCommand, on thread: ThreadID, as actor: Actor, at node: SimulatedNode,
        shown: VersionVector? = nil
    ) throws -> CommandOutcome {
        try group.perform(.thread(thread, shown: shown, command), at: node, by: actor)
    }

    /// Does something to a thread that must be refused, and gives the refusal.
    func refusal(
        _ command: ThreadCommand, on thread: ThreadID, as actor: Actor, at node: SimulatedNode,
        shown: VersionVector? = nil
    ) throws -> CommandRefusal {
        try refusal(of: .thread(thread, shown: shown, command), as: actor, at: node)
    }

    /// Gives a command that must be refused, and gives the refusal.
    func refusal(of command: Command, as actor: Actor, at node: SimulatedNode) throws -> CommandRefusal {
        let result = try group.submit(command, at: node, by: actor)
        return try #require(throws: CommandRefusal.self) { _ = try result.get() }
    }

    func page(of thread: ThreadID, at node: SimulatedNode) throws -> ThreadPage {
        try #require(try node.reader.page(of: thread))
    }

    /// Cuts the two offices from each other and waits until both have noticed.
    func cutOffices() {
        group.cut(towson, belair)
        group.run(for: group.noticeDelay + 100)
    }

    /// Mends every link and waits until nothing is left to do.
    func heal() throws {
        group.healAll()
        try #require(group.runUntilQuiet(), "the nodes do not come to rest after the heal")
    }

    /// Whether all nodes show the same inbox.
    func expectEqualInboxes(_ location: SourceLocation = #_sourceLocation) throws {
        let digests = try group.digests()
        #expect(Set(digests).count == 1, "the inboxes differ", sourceLocation: location)
    }
}
