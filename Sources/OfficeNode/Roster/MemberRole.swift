public import InboxModel

/// What a member may do to the roster.
public struct MemberRole: Hashable, Sendable {
    /// Whether it may change the roster.
    public var isAdministrator: Bool
    /// The offices for whose devices it may act; empty for all. Only administrators have any. Ascending.
    public var offices: [OfficeID]

    /// A role from its parts.
    public init(isAdministrator: Bool, offices: [OfficeID] = []) {
        self.isAdministrator = isAdministrator
        self.offices = offices.sorted()
    }

    /// Whether an administrator of this role may act for devices of `office`; nil is a device of no office.
    public func covers(_ office: OfficeID?) -> Bool {
        guard isAdministrator else { return false }
        if offices.isEmpty { return true }
        return office.map(offices.contains) ?? false
    }

    /// Whether the role reaches as far as `other`: nobody gives away more than they have.
    func covers(_ other: MemberRole) -> Bool {
        if !other.isAdministrator || isAdministrator && offices.isEmpty { return true }
        return !other.offices.isEmpty && other.offices.allSatisfy { covers($0) }
    }
}
