import Causality
import ChangeLog
import Foundation
import InboxModel
import NodeService
import OfficeNode
import ReplicaStore
import Vault

/// Two nodes of one group in their data directories, one of which has authored change sets that the other has not seen.
///
/// The workload is a practice's: a tenth of the actions opens a thread, six tenths are messages of about 200 bytes, the rest moves
/// ownership or changes a field, in equal parts; one change set an action, on the threads of the last while.
struct BenchGroup {
    /// The node that authored.
    let author: NodeProcess
    /// The node that has to catch up.
    let reader: NodeProcess
    /// Change sets that the author's log holds.
    let changeSets: Int
    /// Actions a second that the author carried out, in groups of `batch` sharing a commit.
    let authoringRate: Double

    static let batch = 200

    /// Makes the group below `directory` and authors `count` change sets offline.
    static func make(
        in directory: String, count: Int, isSealed: Bool = true, program: String = NodeProcess.ownProgram, report: (Int) -> Void = { _ in }
    ) throws -> BenchGroup {
        let author = try node("author", in: directory, program)
        let reader = try node("reader", in: directory, program)
        try author.configure(links: [:])
        try reader.configure(links: [:])
        try Joining.found(
            dataDirectory: author.directory, groupName: "Bench", name: "author",
            office: OfficeFounding(key: "bench", name: "Bench", timeZone: "Etc/UTC"), endpoint: author.endpoint,
            keeping: keeping(author, isSealed))
        let work = try BenchAuthor(author)
        try work.admit(reader, keeping: keeping(reader, isSealed))
        let start = ContinuousClock.now
        try work.author(count, report: report)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let total = try work.close()
        return BenchGroup(author: author, reader: reader, changeSets: total, authoringRate: Double(count) / seconds)
    }

    private static func keeping(_ node: NodeProcess, _ isSealed: Bool) -> DataFolder.Choice {
        isSealed ? .keyFile(node.directory + ".key") : .none
    }

    private static func node(_ name: String, in directory: String, _ program: String) throws -> NodeProcess {
        let path = directory + "/" + name
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return NodeProcess(name: name, directory: path, port: try NodeProcess.freePort(), program: program)
    }
}

/// Works at the author's node while no process runs on it.
private final class BenchAuthor {
    private let node: OfficeNode
    private let store: ReplicaStore
    private let random = SystemRandomSource()
    private var nextID: UInt64 = 0
    private var threads: [ThreadID] = []
    private var patients: [PatientID] = []
    private var staff: [StaffID] = []
    private var office = OfficeID(high: 0, low: 0)
    private var category = CategoryID(high: 0, low: 0)

    private static let text = "The swelling is a little less today and the stitches feel fine. I slept well, took the tablets with "
        + "food as you wrote, and can open my mouth a finger wide. Should I still rinse tonight?"

    init(_ process: NodeProcess) throws {
        let folder = try DataFolder.unlock(process.directory)
        let identity = try folder.identity()
        store = try folder.openStore()
        node = try OfficeNode(store: store, identity: identity, random: random)
    }

    /// Lets `process` join, over no network at all: the frames are handed over.
    func admit(_ process: NodeProcess, keeping: DataFolder.Choice) throws {
        let now = WallClock.now()
        let text = try perform([.invite(InvitationRequest(kind: .office, office: nil, isPreApproved: true))], as: .system).first?.invitation
        let invitation = try Invitation(text: text ?? "")
        let folder = try DataFolder.prepare(process.directory, keeping)
        let identity = try MemberIdentity(folder.identityFile.loadOrCreate())
        let frame = try Founding.joinFrame(invitation, identity: identity, name: process.name, endpoint: process.endpoint)
        let joining = try folder.openStore()
        defer { try? joining.close() }
        for case .send(_, let answer) in node.handle([.frame(from: try invitation.key, .control(frame))], now: now) {
            try Founding.join(
                joining, identity: identity, invitation: invitation, answer: answer, now: now, random: random)
            return
        }
        throw DemoError("the author did not let the reader join")
    }

    func author(_ count: Int, report: (Int) -> Void) throws {
        try makeDirectory()
        var done = 0
        while done < count {
            let size = min(BenchGroup.batch, count - done)
            let commands = (0..<size).map { command(done + $0) }
            for outcome in try perform(commands, as: .staff(staff[0])) {
                if let thread = outcome.thread, !threads.suffix(200).contains(thread) { threads.append(thread) }
            }
            done += size
            report(done)
        }
    }

    /// Closes the replica and returns how many change sets its log holds.
    func close() throws -> Int {
        let total = store.progress.reduce(0) { $0 + Int($1.merged) }
        try store.close()
        return total
    }

    private func makeDirectory() throws {
        office = try store.reader.offices().first?.id ?? office
        staff = (0..<8).map { _ in newID() }
        let queue: QueueID = newID()
        category = newID()
        var commands: [Command] = staff.enumerated().map { index, id in
            .putDocument(.staff(id, StaffProfile(key: "staff\(index)", name: "Staff \(index)", role: .surgeon, offices: [])))
        }
        commands.append(.putDocument(.queue(queue, QueueProfile(key: "desk", name: "Desk", office: office, members: staff))))
        let profile = CategoryProfile(
            key: "scheduling", name: "Scheduling", urgency: .routine, needsReview: false, responseMinutes: 240,
            destinations: [.init(office: office, queue: queue)])
        commands.append(.putDocument(.category(category, profile)))
        _ = try perform(commands, as: .system)
        let people = (0..<100).map { Command.putPatient(nil, PatientDetails(name: "Patient \($0)"), shown: nil) }
        patients = try perform(people, as: .system).compactMap(\.patient)
        threads = try perform((0..<20).map { opening($0) }, as: .system).compactMap(\.thread)
    }

    private func opening(_ index: Int) -> Command {
        .openThread(
            ThreadDraft(
                // Every tenth action opens one.
                patient: patients[index / 10 % patients.count], office: office, category: category, subject: "Appointment \(index)",
                text: Self.text))
    }

    private func command(_ index: Int) -> Command {
        let recent = UInt64(min(threads.count, 200))
        let thread = threads[threads.count - 1 - Int(random.uint64() % recent)]
        return switch index % 20 {
        case 0, 10: opening(index)
        case 1, 2, 3: .thread(thread, shown: nil, .assign(to: .staff(staff[index % staff.count]), note: ""))
        case 4, 5, 6: .thread(thread, shown: nil, .setPriority(index % 2 == 0 ? .high : .normal))
        case 7, 9, 12, 14, 16, 18: .thread(thread, shown: nil, .reply(.portal, text: Self.text, override: true))
        default: .thread(thread, shown: nil, .patientMessage(.portal, text: Self.text))
        }
    }

    private func perform(_ commands: [Command], as actor: Actor) throws -> [CommandOutcome] {
        let events = commands.map { command -> NodeEvent in
            nextID += 1
            return .command(CommandRequest(id: nextID, actor: actor, command: command))
        }
        return try node.handle(events, now: WallClock.now()).compactMap { directive in
            if case .answer(_, let result) = directive { try result.get() } else { nil }
        }
    }

    private func newID<Entity>() -> EntityID<Entity> {
        EntityID(milliseconds: WallClock.now(), entropy: (random.uint64(), random.uint64()))
    }
}
