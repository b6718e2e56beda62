import Causality
import ChangeLog
import InboxModel
import NodeService
import OfficeNode
import ReplicaStore
import Vault

/// Brings the sample practice into the founding node before it first runs, with every message at the time it is said to
/// have been written.
struct PracticeImport {
    /// What became of the keys in the file.
    struct Keys {
        var offices: [String: OfficeID] = [:]
        var staff: [String: StaffID] = [:]
        var queues: [String: QueueID] = [:]
        var categories: [String: CategoryID] = [:]
        var patients: [String: PatientID] = [:]
        var threads: [String: ThreadID] = [:]
    }

    private let practice: PracticeFile
    private let node: OfficeNode
    private let random = SystemRandomSource()
    private let start: Int64
    private var keys = Keys()
    private var clocks: [ThreadID: VersionVector] = [:]
    private var nextID: UInt64 = 0

    private init(_ practice: PracticeFile, node: OfficeNode, start: Int64) {
        self.practice = practice
        self.node = node
        self.start = start
    }

    /// Imports `practice` into the stopped node of `dataDirectory`, as if the demonstration began at `start`.
    static func run(_ practice: PracticeFile, dataDirectory: String, start: Int64) throws -> Keys {
        let folder = try DataFolder.unlock(dataDirectory)
        let identity = try folder.identity()
        let store = try folder.openStore()
        defer { try? store.close() }
        let node = try OfficeNode(store: store, identity: identity, random: SystemRandomSource())
        var work = PracticeImport(practice, node: node, start: start)
        for office in try store.reader.offices() { work.keys.offices[office.profile?.key ?? ""] = office.id }
        try work.importDirectory()
        try work.importPatients()
        try work.importThreads()
        return work.keys
    }

    private mutating func importDirectory() throws {
        let time = start - 30 * 86_400_000
        for office in practice.offices where keys.offices[office.key] == nil {
            let id: OfficeID = newID(time)
            keys.offices[office.key] = id
            let profile = OfficeProfile(key: office.key, name: office.name, timeZone: office.timeZone)
            try put(.office(id, profile), at: time)
        }
        for person in practice.staff { keys.staff[person.key] = newID(time) }
        for person in practice.staff {
            let profile = StaffProfile(
                key: person.key, name: person.name, role: try PracticeWords.role(person.role),
                offices: try person.offices.map { try find($0, in: keys.offices, "office") }, languages: person.languages)
            try put(.staff(find(person.key, in: keys.staff, "person"), profile), at: time)
        }
        for queue in practice.queues {
            let id: QueueID = newID(time)
            keys.queues[queue.key] = id
            let profile = QueueProfile(
                key: queue.key, name: queue.name, office: try find(queue.office, in: keys.offices, "office"),
                members: try queue.members.map { try find($0, in: keys.staff, "person") },
                primary: try queue.members.first.map { try find($0, in: keys.staff, "person") },
                backup: try find(queue.backup, in: keys.staff, "person"))
            try put(.queue(id, profile), at: time)
        }
        for category in practice.categories {
            let id: CategoryID = newID(time)
            keys.categories[category.key] = id
            let destinations = try category.queue.sorted { $0.key < $1.key }.map { office, queue in
                CategoryProfile.Destination(
                    office: try find(office, in: keys.offices, "office"), queue: try find(queue, in: keys.queues, "queue"))
            }
            let profile = CategoryProfile(
                key: category.key, name: category.name, urgency: try PracticeWords.urgency(category.urgency),
                needsReview: category.clinical, responseMinutes: category.responseMinutes, destinations: destinations)
            try put(.category(id, profile), at: time)
        }
    }

    private mutating func importPatients() throws {
        for patient in practice.patients {
            let details = PatientDetails(
                name: patient.name, born: patient.born, phone: patient.phone, language: patient.language,
                channel: try PracticeWords.channel(patient.preferred))
            let outcome = try perform(
                .putPatient(nil, details, shown: nil), as: .system, at: start - 29 * 86_400_000, "patient \(patient.key)")
            keys.patients[patient.key] = outcome.patient
        }
    }

    /// Imports what was said in the order of time, whichever thread it was said in.
    private mutating func importThreads() throws {
        var steps: [(time: Int64, step: (inout PracticeImport) throws -> Void)] = []
        for thread in practice.threads {
            var last: Int64 = 0
            for (index, message) in thread.conversation.enumerated() {
                let time = start - (try PracticeWords.offset(message.at))
                last = max(last, time)
                steps.append((time, { try $0.say(message, isFirst: index == 0, in: thread, at: time) }))
            }
            steps.append((last + 1, { try $0.settle(thread, at: last + 1) }))
        }
        for (_, step) in steps.enumerated().sorted(by: { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }) {
            try step.step(&self)
        }
    }

    private mutating func say(
        _ message: PracticeFile.Message, isFirst: Bool, in thread: PracticeFile.Conversation, at time: Int64
    ) throws {
        let channel = try PracticeWords.channel(message.channel)
        let patient = try find(thread.patient, in: keys.patients, "patient")
        let actor: Actor = message.from == "patient" ? .patient(patient) : .staff(try find(message.from, in: keys.staff, "person"))
        if isFirst {
            let draft = ThreadDraft(
                patient: patient, office: try find(thread.office, in: keys.offices, "office"),
                category: try find(thread.category, in: keys.categories, "category"), subject: thread.subject,
                channel: channel, direction: message.from == "patient" ? .inbound : .outbound, text: message.text)
            keys.threads[thread.key] = try perform(.openThread(draft), as: actor, at: time, thread.key).thread
        } else if message.note == true {
            try act(.note(text: message.text), as: actor, on: thread, at: time)
        } else if message.from == "patient" {
            try act(.patientMessage(channel, text: message.text), as: actor, on: thread, at: time)
        } else {
            try act(.reply(channel, text: message.text, override: false), as: actor, on: thread, at: time)
        }
    }

    /// Owner, labels and ending of a thread, as the last message left them.
    private mutating func settle(_ thread: PracticeFile.Conversation, at time: Int64) throws {
        for tag in thread.tags ?? [] { try act(.tag(tag), as: .system, on: thread, at: time) }
        if let word = thread.priority {
            try act(.setPriority(try PracticeWords.priority(word)), as: .system, on: thread, at: time)
        }
        if let owner = thread.owner {
            let staff = try find(owner, in: keys.staff, "person")
            try act(.claim, as: .staff(staff), on: thread, at: time)
        }
        if let ending = thread.resolve {
            let speakers = thread.conversation.filter { $0.from != "patient" && $0.note != true }.map(\.from)
            let key = thread.owner ?? speakers.last
            let actor: Actor = try key.map { .staff(try find($0, in: keys.staff, "person")) } ?? .system
            let told = try PracticeWords.told(ending.told)
            try act(.resolve(outcome: ending.outcome, told: told, note: ""), as: actor, on: thread, at: time)
        }
    }

    private mutating func act(
        _ command: ThreadCommand, as actor: Actor, on thread: PracticeFile.Conversation, at time: Int64
    ) throws {
        let id = try find(thread.key, in: keys.threads, "thread")
        _ = try perform(.thread(id, shown: nil, command), as: actor, at: time, thread.key)
    }

    private mutating func put(_ document: DirectoryDocument, at time: Int64) throws {
        _ = try perform(.putDocument(document), as: .system, at: time, "the directory")
    }

    private mutating func perform(
        _ command: Command, as actor: Actor, at time: Int64, _ place: String
    ) throws -> CommandOutcome {
        nextID += 1
        let request = CommandRequest(id: nextID, actor: actor, command: command)
        for case .answer(nextID, let result) in node.handle([.command(request)], now: time) {
            switch result {
            case .success(let outcome): return outcome
            case .failure(let refusal): throw DemoError("the practice file, \(place): \(refusal.message)")
            }
        }
        throw DemoError("the practice file, \(place): the node gave no answer")
    }

    private func newID<Entity>(_ time: Int64) -> EntityID<Entity> {
        EntityID(milliseconds: time, entropy: (random.uint64(), random.uint64()))
    }

    private func find<Value>(_ key: String, in values: [String: Value], _ name: String) throws -> Value {
        guard let value = values[key] else { throw DemoError("the practice file names \(name) \(key), which it does not define") }
        return value
    }
}
