import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import Testing
import Vault

@Suite("Refusals")
struct RefusalTests {
    /// A command on a fresh thread that must be refused with a code.
    struct Refused: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: CommandRefusal.Code
        let actor: @Sendable (Clinic) -> Actor
        let command: @Sendable (Clinic, ThreadID) throws -> Command

        init(
            _ name: String, _ code: CommandRefusal.Code, as actor: @escaping @Sendable (Clinic) -> Actor = { $0.ana },
            _ command: @escaping @Sendable (Clinic, ThreadID) throws -> Command
        ) {
            testDescription = name
            self.code = code
            self.actor = actor
            self.command = command
        }

        /// The same for a thread command.
        static func thread(
            _ name: String, _ code: CommandRefusal.Code, as actor: @escaping @Sendable (Clinic) -> Actor = { $0.ana },
            _ command: @escaping @Sendable (Clinic) -> ThreadCommand
        ) -> Refused {
            Refused(name, code, as: actor) { clinic, thread in .thread(thread, shown: nil, command(clinic)) }
        }
    }

    static let long = String(repeating: "x", count: LogLimits.textBytesMax + 1)
    static let longLabel = String(repeating: "x", count: LogLimits.labelBytesMax + 1)

    static let notFound: [Refused] = [
        Refused("an unknown thread", .notFound) { _, _ in .thread(ThreadID(high: 1, low: 1), shown: nil, .claim) },
        .thread("somebody unknown", .notFound, as: { _ in .staff(StaffID(high: 1, low: 1)) }) { _ in .claim },
        .thread("a release to an unknown queue", .notFound, as: { $0.admin }) { _ in .release(to: QueueID(high: 1, low: 1)) },
        .thread("an offer to an unknown queue", .notFound, as: { $0.admin }) { _ in
            .offer(to: .queue(QueueID(high: 1, low: 1)), note: "")
        },
        .thread("an assignment to somebody unknown", .notFound, as: { $0.admin }) { _ in
            .assign(to: .staff(StaffID(high: 1, low: 1)), note: "")
        },
        .thread("an unknown category", .notFound) { _ in .setCategory(CategoryID(high: 1, low: 1)) },
        .thread("an unknown office", .notFound) { _ in .move(OfficeID(high: 1, low: 1)) },
        Refused("an unknown patient's details", .notFound) { _, _ in
            .putPatient(PatientID(high: 1, low: 1), PatientDetails(name: "A"), shown: nil)
        },
        Refused("an unknown patient's consent", .notFound) { _, _ in
            .recordConsent(PatientID(high: 1, low: 1), Consent(ConsentScope(.sms, .care), isGranted: true), shown: nil)
        },
        Refused("a link to an unknown patient", .notFound) { clinic, _ in
            .linkPatients(clinic.patient, PatientID(high: 1, low: 1))
        },
        opening("a thread of an unknown patient", .notFound) { $0.patient = PatientID(high: 1, low: 1) },
        opening("a thread of an unknown category", .notFound) { $0.category = CategoryID(high: 1, low: 1) },
        opening("a thread at an unknown office", .notFound, as: { _ in .system }) { $0.office = OfficeID(high: 1, low: 1) },
    ]

    static let notAllowed: [Refused] = [
        .thread("a claim from another office", .notAllowed, as: { $0.bo }) { _ in .claim },
        .thread("a release by somebody who is not the owner", .notAllowed) { _ in .release(to: nil) },
        .thread("an acceptance by somebody who was not asked", .notAllowed) { _ in .accept },
        .thread("an assignment by the front desk", .notAllowed) { .assign(to: .staff($0.practice.administrator), note: "") },
        .thread("a claim by the patient", .notAllowed, as: { .patient($0.patient) }) { _ in .claim },
        .thread("a note by the patient", .notAllowed, as: { .patient($0.patient) }) { _ in .note(text: "n") },
        .thread("a message by another patient", .notAllowed, as: { .patient($0.practice.patients[1]) }) { _ in
            .patientMessage(.portal, text: "hello")
        },
        opening("a thread about another patient", .notAllowed, as: { .patient($0.practice.patients[1]) }) { _ in },
        Refused("a directory document by the front desk", .notAllowed) { _, _ in office("x", "X") },
        Refused("a directory document by a patient", .notAllowed, as: { .patient($0.patient) }) { _, _ in office("x", "X") },
        Refused("an invitation by a patient", .notAllowed, as: { .patient($0.patient) }) { _, _ in
            .invite(InvitationRequest(kind: .laptop, office: nil))
        },
        Refused("details by a patient", .notAllowed, as: { .patient($0.patient) }) { clinic, _ in
            .putPatient(clinic.patient, PatientDetails(name: "Other"), shown: nil)
        },
        Refused("another patient's consent by a patient", .notAllowed, as: { .patient($0.patient) }) { clinic, _ in
            .recordConsent(clinic.practice.patients[1], Consent(ConsentScope(.sms, .care), isGranted: true), shown: nil)
        },
        Refused("an endpoint by the front desk", .notAllowed) { _, _ in .setEndpoint("tcp://x:1") },
    ]

    static let invalid: [Refused] = [
        .thread("an empty reply", .invalid) { _ in .reply(.sms, text: " \n\t", override: false) },
        .thread("a reply that is too long", .invalid) { _ in .reply(.sms, text: long, override: false) },
        .thread("an empty message", .invalid) { _ in .patientMessage(.sms, text: "") },
        .thread("an empty note", .invalid) { _ in .note(text: "") },
        .thread("an empty draft", .invalid) { _ in .saveDraft(text: "") },
        .thread("an empty label", .invalid) { _ in .tag(" ") },
        .thread("a label that is too long", .invalid) { _ in .tag(longLabel) },
        .thread("an empty language", .invalid) { _ in .setLanguage("") },
        .thread("an empty outcome", .invalid) { _ in .resolve(outcome: "", told: .told, note: "") },
        .thread("a resolution note that is too long", .invalid) { _ in .resolve(outcome: "done", told: .told, note: long) },
        .thread("escalation level 0", .invalid) { _ in .escalate(level: 0, note: "") },
        .thread("a snooze until the past", .invalid) { _ in .snooze(until: 5) },
        .thread("a claim by the node itself", .invalid, as: { _ in .system }) { _ in .claim },
        .thread("a draft of nobody", .invalid, as: { _ in .system }) { _ in .saveDraft(text: "x") },
        .thread("a read mark of nobody", .invalid, as: { _ in .automation("rule") }) { _ in .markRead },
        Refused("a link of a record to itself", .invalid) { clinic, _ in .linkPatients(clinic.patient, clinic.patient) },
        Refused("a patient without a name", .invalid) { _, _ in .putPatient(nil, PatientDetails(name: ""), shown: nil) },
        Refused("a patient with a telephone number as long as a book", .invalid) { _, _ in
            .putPatient(nil, PatientDetails(name: "A", phone: longLabel), shown: nil)
        },
        Refused("an office without a key", .invalid, as: { _ in .system }) { _, _ in office("", "X") },
        Refused("an office with a time zone as long as a book", .invalid, as: { _ in .system }) { _, _ in
            .putDocument(.office(OfficeID(high: 9, low: 9), OfficeProfile(key: "x", name: "X", timeZone: longLabel)))
        },
        Refused("a person with a language as long as a book", .invalid, as: { _ in .system }) { _, _ in
            let profile = StaffProfile(key: "x", name: "X", role: .surgeon, offices: [], languages: [longLabel])
            return .putDocument(.staff(StaffID(high: 9, low: 9), profile))
        },
        Refused("a queue of more people than fit into a change set", .invalid, as: { _ in .system }) { _, _ in
            let members = (0..<20_000).map { StaffID(high: 9, low: UInt64($0)) }
            let profile = QueueProfile(key: "x", name: "X", office: nil, members: members)
            return .putDocument(.queue(QueueID(high: 9, low: 9), profile))
        },
        Refused("an endpoint that is none", .invalid, as: { _ in .system }) { _, _ in .setEndpoint("http://towson") },
        Refused("an endpoint that is too long", .invalid, as: { _ in .system }) { _, _ in .setEndpoint("tcp://" + longLabel) },
        opening("a thread without a subject", .invalid) { $0.subject = "" },
        opening("a thread without a message", .invalid) { $0.text = " " },
    ]

    static let conflict: [Refused] = [
        .thread("an acknowledgement where nothing is escalated", .conflict) { _ in .acknowledgeEscalation },
        .thread("an acknowledgement where nothing was answered twice", .conflict) { _ in .acknowledgeAnsweredTwice },
        .thread("an acceptance where nothing was offered", .conflict, as: { _ in .system }) { _ in .accept },
        .thread("an offer to the owner", .conflict, as: { $0.admin }) {
            .offer(to: .queue($0.practice.offices[0].queue), note: "")
        },
        Refused("a merge into itself", .conflict) { _, thread in .thread(thread, shown: nil, .merge(into: thread)) },
        .thread("a merge into an unknown thread", .conflict) { _ in .merge(into: ThreadID(high: 1, low: 1)) },
    ]

    @Test("is refused with its reason and changes nothing", arguments: notFound + notAllowed + invalid + conflict)
    func refused(_ test: Refused) throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        let before = try clinic.towson.digest
        let count = clinic.changeSets(at: clinic.towson)
        let refusal = try clinic.refusal(of: try test.command(clinic, thread), as: test.actor(clinic), at: clinic.towson)
        #expect(refusal.code == test.code, "\(refusal)")
        #expect(!refusal.message.isEmpty && !refusal.message.contains("May I come"), "a reason without patient content")
        #expect(try clinic.towson.digest == before)
        #expect(clinic.changeSets(at: clinic.towson) == count)
        #expect(clinic.towson.warnings.isEmpty, "a refusal is the asker's affair")
    }

    @Test("an account that is not in use may do nothing and is given nothing")
    func inactive() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        let ana = clinic.practice.offices[0].frontDesk
        let profile = StaffProfile(
            key: "desk-tow", name: "Front desk Towson", role: .frontDesk, offices: [clinic.practice.offices[0].id],
            isActive: false)
        try clinic.group.perform(.putDocument(.staff(ana, profile)), at: clinic.towson)
        #expect(try clinic.refusal(.claim, on: thread, as: clinic.ana, at: clinic.towson).code == .notAllowed)
        let assignment = ThreadCommand.assign(to: .staff(ana), note: "")
        #expect(try clinic.refusal(assignment, on: thread, as: clinic.admin, at: clinic.towson).code == .conflict)
    }

    @Test("the front desk cannot answer or resolve what is under clinical review, a surgeon can")
    func clinicalReview() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread(category: clinic.practice.medication)
        let reply = ThreadCommand.reply(.sms, text: "Take two.", override: false)
        #expect(try clinic.refusal(reply, on: thread, as: clinic.ana, at: clinic.towson).code == .notAllowed)
        let resolve = ThreadCommand.resolve(outcome: "answered", told: .told, note: "")
        #expect(try clinic.refusal(resolve, on: thread, as: clinic.ana, at: clinic.towson).code == .notAllowed)
        #expect(try clinic.refusal(.setReview(false), on: thread, as: clinic.ana, at: clinic.towson).code == .notAllowed)
        try clinic.act(.note(text: "Asked the surgeon."), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(reply, on: thread, as: clinic.surgeon, at: clinic.towson)
        #expect(try clinic.page(of: thread, at: clinic.towson).item.status == .waitingOnPatient)
    }

    @Test("a page that shows more than this node has is told to reload")
    func ahead() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        clinic.cutOffices()
        let outcome = try clinic.act(.note(text: "n"), on: thread, as: clinic.surgeon, at: clinic.belair)
        let refusal = try clinic.refusal(.claim, on: thread, as: clinic.ana, at: clinic.towson, shown: outcome.clock)
        #expect(refusal.code == .ahead)
        try clinic.heal()
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson, shown: outcome.clock)
    }

    @Test("a matter is resolved once, unless its page had not seen everything")
    func resolvedTwice() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        let resolve = ThreadCommand.resolve(outcome: "booked", told: .told, note: "")
        try clinic.act(resolve, on: thread, as: clinic.ana, at: clinic.towson)
        #expect(try clinic.refusal(resolve, on: thread, as: clinic.ana, at: clinic.towson).code == .conflict)
    }

    @Test("a category whose queue is not there opens no thread")
    func missingQueue() throws {
        let clinic = try Clinic()
        let category = CategoryID(high: 7, low: 7)
        let destination = CategoryProfile.Destination(office: clinic.practice.offices[0].id, queue: QueueID(high: 7, low: 7))
        let profile = CategoryProfile(
            key: "lost", name: "Lost", urgency: .routine, needsReview: false, responseMinutes: 5, destinations: [destination])
        try clinic.group.perform(.putDocument(.category(category, profile)), at: clinic.towson)
        let draft = ThreadDraft(
            patient: clinic.patient, office: clinic.practice.offices[0].id, category: category, subject: "s", text: "t")
        #expect(try clinic.refusal(of: .openThread(draft), as: clinic.ana, at: clinic.towson).code == .notFound)
        var elsewhere = draft
        elsewhere.office = clinic.practice.offices[1].id
        #expect(try clinic.refusal(of: .openThread(elsewhere), as: .system, at: clinic.towson).code == .invalid)
    }

    private static func office(_ key: String, _ name: String) -> Command {
        .putDocument(.office(OfficeID(high: 9, low: 9), OfficeProfile(key: key, name: name, timeZone: "America/New_York")))
    }

    private static func opening(
        _ name: String, _ code: CommandRefusal.Code, as actor: @escaping @Sendable (Clinic) -> Actor = { $0.ana },
        _ change: @escaping @Sendable (inout ThreadDraft) -> Void
    ) -> Refused {
        Refused(name, code, as: actor) { clinic, _ in
            var draft = ThreadDraft(
                patient: clinic.patient, office: clinic.practice.offices[0].id, category: clinic.practice.scheduling,
                subject: "Subject", text: "Text")
            change(&draft)
            return .openThread(draft)
        }
    }
}
