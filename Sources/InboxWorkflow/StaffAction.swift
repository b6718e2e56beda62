/// What a person who works for the group may ask a node to do. `AccessPolicy` says who may do it, and where.
public enum StaffAction: UInt8, Hashable, Sendable, CaseIterable {
    /// Open a thread for a patient.
    case openThread = 0
    /// Write down what a patient said by telephone or at the desk.
    case enterPatientMessage = 1
    /// Answer the patient.
    case reply = 2
    /// Write an internal note.
    case note = 3
    /// Correct or redact a message or note.
    case correct = 4
    /// Take a thread.
    case claim = 5
    /// Give a thread back to a queue.
    case release = 6
    /// Hand off: ask somebody to take a thread.
    case offer = 7
    /// Take a thread that was handed off.
    case accept = 8
    /// Refuse a thread that was handed off.
    case decline = 9
    /// Give a thread to somebody without asking.
    case assign = 10
    /// Move a thread up the escalation ladder.
    case escalate = 11
    /// Say that a person looks after an escalation.
    case acknowledgeEscalation = 12
    /// File a thread under a category.
    case setCategory = 13
    /// Say how pressing a thread is.
    case setPriority = 14
    /// Flag a thread for clinical review; on a flagged thread, take the flag off.
    case setReview = 15
    /// Add a label or take one off.
    case tag = 16
    /// Hide a thread from the daily list for a while, or wake it.
    case snooze = 17
    /// Say when a reply is due.
    case setDue = 18
    /// Give a thread to another office.
    case move = 19
    /// Let a thread, or messages of it, go on in another one; or take that back.
    case merge = 20
    /// End a matter.
    case resolve = 21
    /// Open a matter again.
    case reopen = 22
    /// Read a thread and mark it as seen.
    case read = 23
    /// Keep an unfinished reply.
    case draft = 24
    /// Say that one has read that a patient was answered twice.
    case acknowledgeAnsweredTwice = 25
    /// Write a patient's details, or say which records are one person.
    case editPatient = 26
    /// Record what a patient agreed to or refused.
    case editConsent = 27
    /// Write offices, staff, queues and categories.
    case editDirectory = 28
    /// Invite, admit and remove members.
    case administer = 29
    /// Change one's own password, second factor, sessions and tokens.
    case ownAccount = 30
    /// Change other people's accounts: passwords, second factors, sessions.
    case manageAccounts = 31
    /// See who works here, in which role, and whose devices there are.
    case seePeople = 32
    /// See how the offices are connected and what has arrived.
    case seeSync = 33
    /// Look up patients and read their records.
    case readPatient = 34
    /// Read the audit.
    case readAudit = 35
    /// Take records or the audit out of the system.
    case export = 36
    /// Open one patient's record beyond one's offices or role, for an hour, with a reason that is reviewed.
    case breakGlass = 37
    /// Say that nothing of a thread may be destroyed.
    case placeHold = 38
    /// Say that it may again.
    case releaseHold = 39
    /// Order that a thread's contents be destroyed.
    case purge = 40
    /// Read what was said in a thread: its subject, messages, notes and drafts. Without it a thread is shown without its texts.
    case readTexts = 41
    /// Open a thread to an account from outside the practice for a while.
    case share = 42
    /// Close it to such an account again.
    case unshare = 43
}
