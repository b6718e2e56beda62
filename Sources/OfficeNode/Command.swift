public import Causality
public import InboxModel

/// What somebody asks a node to do. Each is checked, and is one change set or nothing.
public enum Command: Sendable {
    /// Writes a version of an office, person, queue, category, account or token.
    case putDocument(DirectoryDocument)
    /// Records what leaves no other trace: who read, signed in, was refused. For the shell of the pages, not for people.
    case recordAudit([AuditEntry])
    /// Writes a patient's details. `id` nil makes a new record; `shown` is the record's clock on the page.
    case putPatient(PatientID?, PatientDetails, shown: VersionVector?)
    /// Records a patient's consent or its withdrawal.
    case recordConsent(PatientID, Consent, shown: VersionVector?)
    /// Says that two records are one person.
    case linkPatients(PatientID, PatientID)
    /// Says that they are not, after all.
    case unlinkPatients(PatientID, PatientID)
    /// Begins a thread.
    case openThread(ThreadDraft)
    /// Does something to a thread. `shown` is the thread's clock on the page; nil for what the node shows now.
    case thread(ThreadID, shown: VersionVector?, ThreadCommand)
    /// Gets back from an office what was said in a thread and is not held on this laptop. It comes after the answer.
    case fetch(ThreadID)
    /// Makes an invitation for a device.
    case invite(InvitationRequest)
    /// Does something about members, keys or what was set aside.
    case administer(AdministrativeCommand)
    /// Takes back the invitation of that name (`InvitationStatus.id`).
    case cancelInvitation(String)
    /// Lets the device in that waits under that name, if the code is the one that this node has.
    case admitDevice(String, code: String)
    /// Does not let the device in that waits under that name.
    case declineDevice(String)
    /// Tells the group where this node can be reached.
    case setEndpoint(String)
}

/// A thread about to begin.
public struct ThreadDraft: Sendable {
    /// Whose matter.
    public var patient: PatientID
    /// The office it concerns.
    public var office: OfficeID
    /// What kind of matter.
    public var category: CategoryID
    /// What it is about.
    public var subject: String
    /// How the first message travelled.
    public var channel: Channel
    /// Which way the first message went.
    public var direction: Direction
    /// The first message.
    public var text: String

    /// A draft from its parts.
    public init(
        patient: PatientID, office: OfficeID, category: CategoryID, subject: String, channel: Channel = .portal,
        direction: Direction = .inbound, text: String
    ) {
        self.patient = patient
        self.office = office
        self.category = category
        self.subject = subject
        self.channel = channel
        self.direction = direction
        self.text = text
    }
}

/// What can be done to a thread.
public enum ThreadCommand: Sendable {
    /// A message from the patient arrived, or is entered for them.
    case patientMessage(Channel, text: String)
    /// Answers the patient. Held where the page was stale, unless `override` says that its author has seen what changed.
    case reply(Channel, text: String, override: Bool)
    /// Writes an internal note.
    case note(text: String)
    /// Corrects a message or note; nil redacts it.
    case correct(MessageID, text: String?)
    /// Takes the thread.
    case claim
    /// Gives it back to a queue: `to`, or the one it came from.
    case release(to: QueueID?)
    /// Asks somebody to take it.
    case offer(to: Owner, note: String)
    /// Takes what was offered.
    case accept
    /// Does not take what was offered.
    case decline(note: String)
    /// Gives it to somebody, as a supervisor.
    case assign(to: Owner, note: String)
    /// Raises it on the escalation ladder.
    case escalate(level: UInt8, note: String)
    /// A person has seen the escalation.
    case acknowledgeEscalation
    /// Files it.
    case setCategory(CategoryID)
    /// Sets how pressing it is.
    case setPriority(Priority)
    /// Sets or clears clinical review.
    case setReview(Bool)
    /// Adds a label.
    case tag(String)
    /// Takes a label off.
    case untag(String)
    /// Sets when a reply is due, in milliseconds since 1970.
    case setDue(Int64?)
    /// Hides it until then, in milliseconds since 1970; nil wakes it.
    case snooze(until: Int64?)
    /// Moves it to another office.
    case move(OfficeID)
    /// Sets the language to answer in.
    case setLanguage(String)
    /// Lets messages of the patient go on in another thread, because they are about another matter.
    case split([MessageID], into: SplitTarget)
    /// Lets it go on in another thread; nil takes that back.
    case merge(into: ThreadID?)
    /// Ends the matter.
    case resolve(outcome: String, told: PatientTold, note: String)
    /// Opens it again.
    case reopen(note: String)
    /// The person has seen what the page shows.
    case markRead
    /// Keeps an unfinished reply; nil discards it.
    case saveDraft(text: String?)
    /// Settles that the patient was answered twice.
    case acknowledgeAnsweredTwice
    /// Nothing of it may be destroyed from now on.
    case placeHold(LegalHold)
    /// Ends the holds of that token.
    case releaseHold(token: String)
    /// Orders that its contents be destroyed at every member. Only of a thread that is resolved and not held.
    case purge(PurgeOrder)
    /// Opens it to an outside partner until then, in milliseconds since 1970: at most ninety days from now.
    case share(with: StaffID, until: Int64)
    /// Closes it to an outside partner again.
    case unshare(with: StaffID)
}

/// What an invitation is for.
public struct InvitationRequest: Sendable {
    /// What kind of device.
    public var kind: MemberKind
    /// For which office.
    public var office: OfficeID?
    /// Whether the device is let in without codes being compared: for unattended set-up. Whoever has the text is then a member.
    public var isPreApproved: Bool

    /// An invitation for a device of `kind`.
    public init(kind: MemberKind, office: OfficeID?, isPreApproved: Bool = false) {
        self.kind = kind
        self.office = office
        self.isPreApproved = isPreApproved
    }
}

/// A command with who gives it and how its answer is told apart.
public struct CommandRequest: Sendable {
    /// Comes back with the answer.
    public let id: UInt64
    /// Who asks.
    public let actor: Actor
    /// What for.
    public let command: Command

    /// `command`, asked by `actor`.
    public init(id: UInt64, actor: Actor, command: Command) {
        self.id = id
        self.actor = actor
        self.command = command
    }
}

/// What a command did.
public struct CommandOutcome: Hashable, Sendable {
    /// The change set that it made; nil where nothing had to change.
    public var dot: Dot?
    /// The thread it made or changed.
    public var thread: ThreadID?
    /// The thread in which messages go on that were split off.
    public var into: ThreadID?
    /// The patient it made or changed.
    public var patient: PatientID?
    /// The clock of the thread or patient afterwards: the context of a next command by somebody who saw this outcome.
    public var clock: VersionVector?
    /// The text of the invitation it made.
    public var invitation: String?

    init() {}
}
