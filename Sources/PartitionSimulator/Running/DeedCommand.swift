import Causality
import InboxModel
import OfficeNode
import ReplicaStore

/// Turns what a scenario says that somebody does into a command for a node.
struct DeedCommand {
    /// Why a deed was not tried: what it needs is not there at that node, or not yet.
    struct Skipped: Error {
        let reason: String
    }

    let practice: SamplePractice
    /// Keys of people, queues, categories and offices.
    private let staff: [String: StaffID]
    private let queues: [String: QueueID]
    private let categories: [String: CategoryID]
    private let offices: [String: OfficeID]
    private let keys: [StaffID: String]
    private let queueKeys: [QueueID: String]

    init(_ practice: SamplePractice) {
        self.practice = practice
        var staff = ["admin": practice.administrator, "oncall": practice.onCall, "partner": practice.partner]
        var queues: [String: QueueID] = [:]
        var offices: [String: OfficeID] = [:]
        for office in practice.offices {
            staff["desk-\(office.key)"] = office.frontDesk
            staff["surgeon-\(office.key)"] = office.surgeon
            queues["queue-\(office.key)"] = office.queue
            offices[office.key] = office.id
        }
        self.staff = staff
        self.queues = queues
        self.offices = offices
        categories = ["scheduling": practice.scheduling, "medication": practice.medication]
        keys = Dictionary(uniqueKeysWithValues: staff.map { ($0.value, $0.key) })
        queueKeys = Dictionary(uniqueKeysWithValues: queues.map { ($0.value, $0.key) })
    }

    /// The key of whoever owns something.
    func key(of owner: Owner) -> String {
        switch owner {
        case .staff(let id): keys[id] ?? "\(id)"
        case .queue(let id): queueKeys[id] ?? "\(id)"
        }
    }

    func key(of person: StaffID) -> String { keys[person] ?? "\(person)" }

    func category(_ key: String) -> CategoryID? { categories[key] }

    func office(_ key: String) -> OfficeID? { offices[key] }

    func person(_ key: String) -> StaffID? { staff[key] }

    /// Who acts.
    func actor(of deed: Deed) throws -> Actor {
        if deed.verb.isByPatient { return .patient(try patient(deed.patient)) }
        guard let key = deed.actor else { return .system }
        guard let id = staff[key] else { throw SimulationError(.unknownName, "there is nobody of key \(key) in the practice") }
        return .staff(id)
    }

    /// The patient of a number; the first one where none is named.
    func patient(_ number: Int?) throws -> PatientID {
        let index = number ?? 0
        guard !practice.patients.isEmpty else { throw SimulationError(.unknownName, "the practice has no patients") }
        return practice.patients[index % practice.patients.count]
    }

    /// The command of a deed; nil for looking, which changes nothing.
    ///
    /// Throws `Skipped` where the node does not know the thread, and `SimulationError` for names that nobody has.
    func command(
        of deed: Deed, at node: SimulatedNode, threads: [String: ThreadID], shown: VersionVector?, now: Int64
    ) throws -> Command? {
        switch deed.verb {
        case .open: return .openThread(try draft(of: deed, at: node))
        case .look: return nil
        case .editPatient: return try editing(deed, at: node)
        case .consent:
            let scope = ConsentScope(.sms, .reminders)
            return .recordConsent(try patient(deed.patient), Consent(scope, isGranted: deed.value == "on"), shown: nil)
        case .leave: return try leaving(deed, at: node)
        default:
            guard let thread = threads[deed.thread] else { throw Skipped(reason: "thread \(deed.thread) was not opened") }
            return .thread(thread, shown: shown, try threadCommand(of: deed, on: thread, at: node, threads: threads, now: now))
        }
    }

    private func draft(of deed: Deed, at node: SimulatedNode) throws -> ThreadDraft {
        let office = practice.offices.first { $0.key == node.name } ?? practice.offices[0]
        return ThreadDraft(
            patient: try patient(deed.patient), office: deed.to.flatMap { offices[$0] } ?? office.id,
            category: deed.value.flatMap { categories[$0] } ?? practice.scheduling, subject: "\(deed.thread) \(Canary.text)",
            text: "A question about \(deed.thread). \(Canary.text)")
    }

    private func editing(_ deed: Deed, at node: SimulatedNode) throws -> Command {
        let id = try patient(deed.patient)
        guard let shown = try node.store.reader.patient(id)?.shown else { throw Skipped(reason: "the patient is not known there") }
        let details = PatientDetails(
            name: shown.name, born: shown.born, phone: "410-555-01\(deed.value ?? "00")", email: shown.email,
            language: shown.language, channel: shown.channel, office: shown.office)
        return .putPatient(id, details, shown: nil)
    }

    private func leaving(_ deed: Deed, at node: SimulatedNode) throws -> Command {
        guard let key = deed.to, let id = staff[key] else { throw SimulationError(.unknownName, "nobody of that key can leave") }
        guard let profile = try node.store.reader.staff(id)?.current else { throw Skipped(reason: "\(key) is not known there") }
        return .putDocument(
            .staff(
                id,
                StaffProfile(
                    key: profile.key, name: profile.name, role: profile.role, offices: profile.offices,
                    languages: profile.languages, isActive: false)))
    }

    private func sharing(_ deed: Deed, now: Int64) throws -> ThreadCommand {
        guard let key = deed.to, let id = staff[key] else { throw SimulationError(.unknownName, "nobody of that key reads along") }
        if deed.verb == .unshare { return .unshare(with: id) }
        return .share(with: id, until: now + (deed.value.flatMap(SpanText.milliseconds) ?? ThreadShare.lifetimeUsual))
    }

    // MARK: Threads

    private func threadCommand(
        of deed: Deed, on thread: ThreadID, at node: SimulatedNode, threads: [String: ThreadID], now: Int64
    ) throws -> ThreadCommand {
        switch deed.verb {
        case .patientMessage: return .patientMessage(.portal, text: "More about \(deed.thread). \(Canary.text)")
        case .reply, .replyAnyway:
            return .reply(.portal, text: "An answer about \(deed.thread). \(Canary.text)", override: deed.verb == .replyAnyway)
        case .note: return .note(text: "A note about \(deed.thread). \(Canary.text)")
        case .draft: return .saveDraft(text: "An unfinished answer. \(Canary.text)")
        case .read: return .markRead
        case .correct: return .correct(try firstMessage(of: thread, at: node), text: "Put right. \(Canary.text)")
        case .split:
            guard let target = deed.to.flatMap({ threads[$0] }) else { throw Skipped(reason: "the other thread was not opened") }
            return .split([try lastOfPatient(in: thread, at: node)], into: .existing(target))
        case .share, .unshare: return try sharing(deed, now: now)
        case .claim: return .claim
        case .release: return .release(to: deed.to.flatMap { queues[$0] })
        case .offer: return .offer(to: try owner(deed), note: "Please take it. \(Canary.text)")
        case .accept: return .accept
        case .decline: return .decline(note: "")
        case .assign: return .assign(to: try owner(deed), note: "")
        case .escalate: return .escalate(level: deed.value.flatMap(UInt8.init) ?? 1, note: "")
        case .acknowledge: return .acknowledgeEscalation
        case .resolve: return .resolve(outcome: "answered", told: .told, note: "")
        case .reopen: return .reopen(note: "")
        case .acknowledgeTwice: return .acknowledgeAnsweredTwice
        case .hold: return .placeHold(LegalHold(token: deed.value ?? Deed.holdToken, reason: "a lawyer's letter"))
        case .releaseHold: return .releaseHold(token: deed.value ?? Deed.holdToken)
        case .purge: return .purge(PurgeOrder(reason: "retention ended", retentionClass: "adult-7y"))
        default: return try fieldCommand(of: deed, threads: threads, now: now)
        }
    }

    private func fieldCommand(of deed: Deed, threads: [String: ThreadID], now: Int64) throws -> ThreadCommand {
        let value = deed.value ?? ""
        switch deed.verb {
        case .tag: return .tag(value)
        case .untag: return .untag(value)
        case .file:
            guard let category = categories[value] else { throw SimulationError(.unknownName, "there is no category \(value)") }
            return .setCategory(category)
        case .priority: return .setPriority(Priority.allCases.first { String(describing: $0) == value } ?? .high)
        case .review: return .setReview(value != "off")
        case .due: return .setDue(SpanText.milliseconds(value).map { now + $0 })
        case .snooze: return .snooze(until: SpanText.milliseconds(value).map { now + $0 })
        case .move:
            guard let office = deed.to.flatMap({ offices[$0] }) else { throw SimulationError(.unknownName, "there is no such office") }
            return .move(office)
        default:
            guard let target = deed.to.flatMap({ threads[$0] }) else { throw Skipped(reason: "the other thread was not opened") }
            return .merge(into: target)
        }
    }

    private func owner(_ deed: Deed) throws -> Owner {
        if let id = deed.to.flatMap({ staff[$0] }) { return .staff(id) }
        if let id = deed.to.flatMap({ queues[$0] }) { return .queue(id) }
        throw SimulationError(.unknownName, "there is no person or queue of key \(deed.to ?? "")")
    }

    private func firstMessage(of thread: ThreadID, at node: SimulatedNode) throws -> MessageID {
        for entry in try node.reader.page(of: thread)?.entries ?? [] {
            if case .message(let id, _, _) = entry.kind { return id }
        }
        throw Skipped(reason: "the thread has no message there")
    }

    private func lastOfPatient(in thread: ThreadID, at node: SimulatedNode) throws -> MessageID {
        for entry in try node.reader.page(of: thread)?.entries.reversed() ?? [] {
            if case .message(let id, .inbound, _) = entry.kind { return id }
        }
        throw Skipped(reason: "the thread has no message of the patient there")
    }
}
