import Causality
import ChangeLog
import InboxModel
import InboxWorkflow
import ReplicaStore
import Vault

extension Turn {
    /// Carries out one command: checks it, and authors one change set or none. Throws `CommandRefusal`.
    mutating func perform(_ request: CommandRequest) throws -> CommandOutcome {
        switch request.command {
        case .putDocument(let document): try put(document, by: request.actor)
        case .recordAudit(let entries): try record(entries, by: request.actor)
        case .putPatient(let id, let details, let shown): try put(id, details, shown: shown, by: request.actor)
        case .recordConsent(let id, let consent, let shown):
            try changePatient(id, .consent(consent), shown: shown, action: .editConsent, by: request.actor)
        case .linkPatients(let one, let other): try link(one, other, .linked(other), by: request.actor)
        case .unlinkPatients(let one, let other): try link(one, other, .unlinked(other), by: request.actor)
        case .openThread(let draft): try open(draft, by: request.actor)
        case .thread(let id, let shown, let command):
            try perform(command, on: id, shown: shown, by: request.actor)
        case .fetch(let id): try fetch(id, by: request.actor)
        case .invite(let invitation): try invite(invitation, by: request.actor)
        case .administer(let command): try administer(command, by: request.actor)
        case .cancelInvitation(let name): try cancelInvitation(name, by: request.actor)
        case .admitDevice(let name, let code): try admit(name, code: code, by: request.actor)
        case .declineDevice(let name): try decline(name, by: request.actor)
        case .setEndpoint(let endpoint): try setEndpoint(endpoint, by: request.actor)
        }
    }

    // MARK: Checks

    /// The profile of a person who works for the group, if they still do.
    func profile(of staff: StaffID) throws -> StaffProfile {
        guard let profile = try transaction.staff(staff)?.current else {
            throw CommandRefusal(.notFound, "there is no member of staff \(staff)")
        }
        return profile
    }

    /// Throws unless `actor` may do `action` where `scope` says. `patient` is whose matter it is, where it is one patient's.
    func allow(_ action: StaffAction, by actor: Actor, scope: AccessScope, patient: PatientID? = nil) throws {
        let staff: StaffID
        switch actor {
        case .staff(let id): staff = id
        case .patient(let id):
            guard id == patient, action.isForPatients else {
                throw CommandRefusal(.notAllowed, "a patient can only write about their own matters")
            }
            return
        case .automation, .system:
            let isAdministrator = node.state.roster.members[node.member]?.isAdministrator ?? false
            let decision = AccessPolicy.decision(action, byNodeOfAdministrator: isAdministrator)
            if case .refused(let refusal) = decision { throw CommandRefusal(.notAllowed, refusal.message) }
            return
        }
        let decision = AccessPolicy.decision(action, by: try profile(of: staff), on: scope, at: node.state.device(of: node.member))
        if case .refused(let refusal) = decision {
            throw CommandRefusal(.notAllowed, refusal.message)
        }
    }

    /// Throws unless `text` says something and fits.
    func check(_ text: String, name: String, limit: Int = LogLimits.textBytesMax) throws {
        if text.allSatisfy(\.isWhitespace) { throw CommandRefusal(.invalid, "the \(name) is empty") }
        if text.utf8.count > limit {
            throw CommandRefusal(.invalid, "the \(name) has \(text.utf8.count) bytes; the limit is \(limit)")
        }
    }

    /// Throws unless each of `labels`, which may be empty, fits. A label that does not would make peers refuse the whole log.
    func checkSizes(_ labels: [String]) throws {
        for label in labels where label.utf8.count > LogLimits.labelBytesMax {
            throw CommandRefusal(.invalid, "a detail has \(label.utf8.count) bytes; the limit is \(LogLimits.labelBytesMax)")
        }
    }

    /// The context of a change: what the page showed, or what the node shows now.
    func context(shown: VersionVector?, now clock: VersionVector) throws -> VersionVector {
        guard let shown = shown.map(renamed(shown:)) else { return clock }
        guard clock.dominates(shown) else {
            throw CommandRefusal(
                .ahead, "the page shows changes that this node does not have yet: reload it, or use the node it came from")
        }
        return shown
    }

    // MARK: Directory and patients

    private mutating func put(_ document: DirectoryDocument, by actor: Actor) throws -> CommandOutcome {
        try allow(document, by: actor)
        let clock: VersionVector?
        let names: [String]
        var labels: [String] = []
        switch document {
        case .office(let id, let profile):
            clock = try transaction.office(id)?.clock
            names = [profile.key, profile.name]
            labels = [profile.timeZone]
        case .staff(let id, let profile):
            clock = try transaction.staff(id)?.clock
            names = [profile.key, profile.name]
            labels = profile.languages
        case .queue(let id, let profile):
            clock = try transaction.queue(id)?.clock
            names = [profile.key, profile.name]
        case .category(let id, let profile):
            clock = try transaction.category(id)?.clock
            names = [profile.key, profile.name]
        case .account(let id, let profile):
            clock = try transaction.account(id)?.clock
            names = []
            try check(profile, of: id)
        case .token(let id, let profile):
            clock = try transaction.token(id)?.clock
            names = [profile.name]
            try check(profile)
        case .authority(let id, let profile):
            clock = try transaction.authority(id)?.clock
            names = []
            try check(profile, of: id)
        }
        for text in names { try check(text, name: "key or name", limit: LogLimits.labelBytesMax) }
        try checkSizes(labels)
        var draft = ActionDraft()
        draft.add(.directory(document, context: clock ?? VersionVector()))
        var outcome = CommandOutcome()
        outcome.dot = try author(draft, by: actor)
        return outcome
    }

    private mutating func put(
        _ id: PatientID?, _ details: PatientDetails, shown: VersionVector?, by actor: Actor
    ) throws -> CommandOutcome {
        try check(details.name, name: "patient's name", limit: LogLimits.labelBytesMax)
        try checkSizes([details.born, details.phone, details.email, details.language])
        if let id {
            return try changePatient(id, .details(details), shown: shown, action: .editPatient, by: actor)
        }
        try allow(.editPatient, by: actor, scope: AccessScope(office: details.office))
        let id: PatientID = newID()
        return try author(.details(details), on: id, context: VersionVector(), by: actor)
    }

    private mutating func changePatient(
        _ id: PatientID, _ change: PatientChange, shown: VersionVector?, action: StaffAction, by actor: Actor
    ) throws -> CommandOutcome {
        guard let state = try transaction.patientState(id) else {
            throw CommandRefusal(.notFound, "there is no patient \(id) here")
        }
        try allow(action, by: actor, scope: AccessScope(office: state.shown?.office), patient: id)
        return try author(change, on: id, context: try context(shown: shown, now: state.clock), by: actor)
    }

    private mutating func link(
        _ one: PatientID, _ other: PatientID, _ change: PatientChange, by actor: Actor
    ) throws -> CommandOutcome {
        guard one != other else { throw CommandRefusal(.invalid, "a record cannot be linked to itself") }
        guard try transaction.patientState(other) != nil else {
            throw CommandRefusal(.notFound, "there is no patient \(other) here")
        }
        return try changePatient(one, change, shown: nil, action: .editPatient, by: actor)
    }

    private mutating func author(
        _ change: PatientChange, on id: PatientID, context: VersionVector, by actor: Actor
    ) throws -> CommandOutcome {
        var draft = ActionDraft()
        draft.add(.patient(id, context: context, change))
        var outcome = CommandOutcome()
        outcome.dot = try author(draft, by: actor)
        outcome.patient = id
        outcome.clock = try transaction.patientState(id)?.clock
        return outcome
    }

    // MARK: Opening threads

    private mutating func open(_ thread: ThreadDraft, by actor: Actor) throws -> CommandOutcome {
        try check(thread.subject, name: "subject", limit: LogLimits.labelBytesMax)
        try check(thread.text, name: "message")
        try allow(.openThread, by: actor, scope: AccessScope(office: thread.office), patient: thread.patient)
        guard let patient = try transaction.patientState(thread.patient)?.shown else {
            throw CommandRefusal(.notFound, "there is no patient \(thread.patient) here")
        }
        let opening = try opening(
            patient: thread.patient, office: thread.office, category: thread.category, language: patient.language, receivedAt: now)
        let id: ThreadID = newID()
        let key = try ContentKey(random: node.random)
        var draft = ActionDraft()
        draft.begin(id, opening, subject: thread.subject, under: key)
        let message = MessagePosting(
            id: newID(), direction: thread.direction, channel: thread.channel, content: draft.say(thread.text, under: key))
        draft.add([.message(message)], to: id, context: VersionVector())
        return try author(draft, on: id, by: actor)
    }

    /// The changes that open a thread, as its category and office say. Throws where one of them is not here.
    func opening(
        patient: PatientID, office officeID: OfficeID, category categoryID: CategoryID, language: String, receivedAt: Int64
    ) throws -> [ThreadChange] {
        guard let category = try transaction.category(categoryID)?.current else {
            throw CommandRefusal(.notFound, "there is no category \(categoryID) here")
        }
        guard let office = try transaction.office(officeID)?.current else {
            throw CommandRefusal(.notFound, "there is no office \(officeID) here")
        }
        if let queue = category.destinations.first(where: { $0.office == officeID })?.queue, try transaction.queue(queue) == nil {
            throw CommandRefusal(
                .notFound,
                "category \(category.key) sends this office's threads to queue \(queue), which is not here: mend the category")
        }
        do {
            return try InboundRouting.opening(
                patient: patient, office: (officeID, office), category: (categoryID, category), language: language,
                receivedAt: receivedAt, calendar: nil)
        } catch {
            throw CommandRefusal(.invalid, String(describing: error))
        }
    }

    /// Authors a draft about one thread and reports it.
    mutating func author(_ draft: ActionDraft, on id: ThreadID, by actor: Actor) throws -> CommandOutcome {
        var outcome = CommandOutcome()
        if !draft.changes.isEmpty { outcome.dot = try author(draft, by: actor) }
        outcome.thread = id
        outcome.clock = try transaction.threadState(id)?.clock
        return outcome
    }
}
