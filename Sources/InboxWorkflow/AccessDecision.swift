/// What `AccessPolicy` says to an action.
public enum AccessDecision: Hashable, Sendable {
    /// The person may.
    case allowed
    /// The person may not.
    case refused(AccessRefusal)

    /// Whether the person may.
    public var isAllowed: Bool { self == .allowed }
}
