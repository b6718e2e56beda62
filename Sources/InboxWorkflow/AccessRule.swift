/// One row of the access table: what an action asks of the person who does it.
struct AccessRule: Sendable {
    /// What an action is done to.
    enum Subject {
        /// A thread: its office decides who gets at it.
        case thread
        /// Something of the whole group; a narrower office counts where the scope names one.
        case group
    }

    /// What the person must be to the thread, besides belonging to its office.
    enum Relation {
        /// Nothing more.
        case any
        /// Its owner, or an administrator.
        case owner
        /// Somebody who was asked to take it.
        case offered
    }

    let action: StaffAction
    let roles: RoleSet
    var subject: Subject = .thread
    var relation: Relation = .any
    /// Whether clinical review keeps the action for clinical staff.
    var isClinicalUnderReview = false
    /// Whether somebody of another office may do it because they were asked to take the thread.
    var isOpenToOffered = false
    /// Whether those who keep to administrative categories may do it whatever the thread is filed under.
    var isForEveryCategory = false
    /// Whether it takes an office's node: laptops get lost.
    var isForOffices = false
    /// Whether somebody has to answer for it by name: a node may not do it by itself, unless it is an administrator's.
    var takesPerson = false
}
