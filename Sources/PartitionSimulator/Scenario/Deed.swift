/// Something that somebody does at a node's page.
public struct Deed: Hashable, Sendable {
    /// What.
    public enum Verb: String, Hashable, Sendable, CaseIterable {
        /// A patient's message opens the thread, under the scenario's name for it. `patient` is whose matter, `value` the
        /// category, `to` the office; without them the first patient, `scheduling`, and the node's office or the first.
        case open
        /// The patient writes again.
        case patientMessage = "patient-message"
        /// The person looks at the thread: a later deed with `page: looked` acts on what they saw now.
        case look
        /// The person takes it.
        case claim
        /// Gives it back to its queue.
        case release
        /// Asks `to` to take it.
        case offer
        /// Takes what was offered.
        case accept
        /// Does not take it.
        case decline
        /// Gives it to `to`, as a supervisor.
        case assign
        /// Raises it: `value` is the level.
        case escalate
        /// Has seen the escalation.
        case acknowledge
        /// Answers.
        case reply
        /// Answers although something changed.
        case replyAnyway = "reply-anyway"
        /// Writes a note.
        case note
        /// Keeps an unfinished reply.
        case draft
        /// Marks it as read.
        case read
        /// Corrects the thread's first message.
        case correct
        /// Labels it `value`.
        case tag
        /// Takes the label `value` off.
        case untag
        /// Files it under the category `value`.
        case file
        /// How pressing it is: `value`.
        case priority
        /// Clinical review: `value` is on or off.
        case review
        /// A reply is due after `value` (a duration from now).
        case due
        /// Hides it for `value` (a duration).
        case snooze
        /// Moves it to the office `to`.
        case move
        /// Lets it go on in the thread `to`.
        case merge
        /// Lets what the patient wrote last go on in the thread `to`, another of the same patient.
        case split
        /// Opens it to `to`, an outside partner, for `value` (a duration), or as long as shares last where none is said.
        case share
        /// Closes it to `to` again.
        case unshare
        /// Ends the matter.
        case resolve
        /// Opens it again.
        case reopen
        /// Settles that the patient was answered twice.
        case acknowledgeTwice = "acknowledge-twice"
        /// Places a hold on it: `value` is its token, where one is named.
        case hold
        /// Releases it; `value` as above.
        case releaseHold = "release-hold"
        /// Orders that its contents be destroyed.
        case purge
        /// The telephone number of `patient` changes; `value` is its last two digits.
        case editPatient = "edit-patient"
        /// `patient` consents to reminders by text message (`value` on) or withdraws (off).
        case consent
        /// `to` leaves the practice: their account is not in use any more.
        case leave
    }

    /// Which page the person acts on.
    public enum Page: String, Hashable, Sendable, CaseIterable {
        /// What the node shows at that moment.
        case fresh
        /// What they saw when they last looked.
        case looked
    }

    /// What must come of it.
    public enum Outcome: Hashable, Sendable {
        /// The node does it.
        case done
        /// The node refuses, with this code where one is said, such as `not-allowed`.
        case refused(String?)
    }

    /// What.
    public var verb: Verb
    /// At which node.
    public var node: String
    /// The scenario's name for the thread; empty for what is done to no thread.
    public var thread: String
    /// The number of the patient, from 0: whose matter is opened, or whose record is changed.
    public var patient: Int?
    /// The key of a member of staff; nil for patients and the system.
    public var actor: String?
    /// The person, queue, office or thread that the verb names.
    public var to: String?
    /// The value that the verb names.
    public var value: String?
    /// Which page they act on.
    public var page = Page.fresh
    /// How often the button is pressed.
    public var times = 1
    /// What must come of it; nil where either will do.
    public var expected: Outcome?

    /// The token of a hold where a scenario names none.
    public static let holdToken = "2026-17"

    /// A deed; set the parts that its verb needs.
    public init(_ verb: Verb, at node: String, thread: String, by actor: String? = nil) {
        self.verb = verb
        self.node = node
        self.thread = thread
        self.actor = actor
    }
}

extension Deed.Verb {
    /// Whether patients do it, or nobody in particular.
    var isByPatient: Bool { self == .open || self == .patientMessage }
    /// Whether it may be done without saying by whom: then a patient or the system does it.
    var mayLackActor: Bool { isByPatient || self == .consent || self == .leave }
    /// Whether it is done to a thread.
    var needsThread: Bool { ![.editPatient, .consent, .leave].contains(self) }
    /// Whether it is done to a patient's record.
    var needsPatient: Bool { self == .editPatient || self == .consent }
    /// Whether it must name somebody or something in `to`.
    var needsTarget: Bool { [.offer, .assign, .move, .merge, .split, .share, .unshare, .leave].contains(self) }
    /// Whether `to` is another thread.
    var namesThread: Bool { self == .merge || self == .split }
    /// Whether it must have a `value`.
    var needsValue: Bool { [.escalate, .tag, .untag, .file, .priority, .review, .due, .snooze, .consent].contains(self) }
    /// Whether it depends on which page the person looks at.
    var hasPage: Bool { needsThread && self != .open && self != .look }
}
