public import Causality
public import ChangeLog

/// What an administrator wrote when a member was to be one no longer.
public struct MemberRemoval: Hashable, Sendable {
    /// Who.
    public let member: MemberID
    /// What the author held of the member's logs, ascending by replica. Change sets beyond it are set aside; a log that is not named is
    /// beyond it whole.
    public let cut: [LogHead]
    /// Whether it left in good order instead of being shut out.
    public let isRetirement: Bool
    /// Why, for people; no patient content.
    public let reason: String
    /// When, in milliseconds since 1970, by the author's clock.
    public let time: Int64

    /// A removal from its parts.
    public init(member: MemberID, cut: [LogHead], isRetirement: Bool, reason: String, time: Int64) {
        self.member = member
        self.cut = cut
        self.isRetirement = isRetirement
        self.reason = reason
        self.time = time
    }
}

/// A member that is one no longer, as the roster has it.
public struct FormerMember: Hashable, Sendable {
    /// Who it was.
    public let member: Member
    /// What was written of it; where several wrote apart, the first by order of the log.
    public let removal: MemberRemoval
    /// Who wrote that.
    public let by: MemberID?
    /// In which change set.
    public let changeSet: Dot
}
