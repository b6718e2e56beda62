import InboxModel

/// Why a person may not do something.
public struct AccessRefusal: Hashable, Sendable {
    /// What was missing.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// An account that is in use.
        case inactive
        /// A role that may.
        case role
        /// The thread's office among the person's own.
        case office
        /// A role that works in the thread's category.
        case category
        /// A clinical role, on a thread under clinical review.
        case clinical
        /// A node that stands in an office.
        case device
        /// Being the thread's owner.
        case notOwner
        /// Having been asked to take the thread.
        case notOffered
        /// A thread that is shared with the person, who is from outside the practice.
        case notShared
        /// A person who answers for it, or an administrator's node.
        case person
        /// A person, or a thread, that the change's author knew of.
        case unknown
        /// Being the patient whose matter it is.
        case patient
        /// Being a node: people do not write it.
        case node
    }

    /// What was missing.
    public let code: Code
    /// For people: what would be needed, and what can be done instead. Never names a patient or what was said.
    public let message: String

    /// A refusal from its parts.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
}

// The refusals of the access policy, each worded once.
extension AccessRefusal {
    static let inactive = AccessRefusal(
        code: .inactive, message: "This account is not in use. An administrator can make it active again.")

    static func role(_ action: StaffAction, _ role: Role) -> AccessRefusal {
        let roles = AccessPolicy.rulesByAction[Int(action.rawValue)]?.roles ?? []
        let who =
            roles.isEmpty
            ? "Nobody may \(action.wording)" : "To \(action.wording) takes one of these roles: \(roles.wording)"
        return AccessRefusal(code: .role, message: "\(who). This account's role is \(role.wording).")
    }

    static func office(_ action: StaffAction) -> AccessRefusal {
        AccessRefusal(
            code: .office,
            message: """
                To \(action.wording) here takes an account of this office, or one that owns the thread or stands in for its \
                owner. Ask the office, or an administrator to assign the thread.
                """)
    }

    static func category(_ action: StaffAction) -> AccessRefusal {
        AccessRefusal(
            code: .category,
            message: """
                The thread is filed under a clinical category: to \(action.wording) there takes a role that works in it, or owning the \
                thread. Ask its owner to hand it to you.
                """)
    }

    static func clinical(_ action: StaffAction) -> AccessRefusal {
        AccessRefusal(
            code: .clinical,
            message: """
                The thread is under clinical review: to \(action.wording) takes an assistant, a surgeon or an on-call \
                clinician. Write a note or hand it off to one of them.
                """)
    }

    static func device(_ action: StaffAction) -> AccessRefusal {
        AccessRefusal(
            code: .device,
            message: "To \(action.wording) takes an office's node: what a laptop shows may be lost with it. Sign in at an office.")
    }

    static func notOwner(_ action: StaffAction) -> AccessRefusal {
        AccessRefusal(
            code: .notOwner, message: "To \(action.wording) takes its owner or an administrator. Claim the thread first.")
    }

    static func notOffered(_ action: StaffAction) -> AccessRefusal {
        AccessRefusal(
            code: .notOffered,
            message: "To \(action.wording) takes somebody who was asked to take the thread. Claim it instead.")
    }

    static func notShared(_ action: StaffAction) -> AccessRefusal {
        AccessRefusal(
            code: .notShared,
            message: "To \(action.wording) takes one that is shared with this account now. Ask the practice to share it.")
    }

    static func person(_ action: StaffAction) -> AccessRefusal {
        AccessRefusal(
            code: .person,
            message: "To \(action.wording) takes a person who answers for it: say who acts, or do it at an administrator's node.")
    }

    /// The actor is nobody who works for the group.
    public static let unknown = AccessRefusal(
        code: .unknown, message: "Nobody of that id works for the group. An administrator can add them to the directory.")

    /// The thread was not opened yet.
    public static let unopened = AccessRefusal(code: .unknown, message: "The thread was not opened before: open one first.")

    /// A person wrote what nodes write.
    public static let node = AccessRefusal(
        code: .node, message: "The record of who read what, and of what was destroyed, is written by nodes.")

    /// A patient acted in what is not theirs.
    public static let patient = AccessRefusal(code: .patient, message: "A patient can only write about their own matters.")
}
