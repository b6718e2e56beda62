public import InboxModel

/// "Ana is away until Friday: Bo."
public struct Absence: Hashable, Sendable {
    /// Who is away.
    public let staff: StaffID
    /// Who covers; nil where nobody was named.
    public let backup: StaffID?
    /// The first moment of being back, in milliseconds since 1970.
    public let until: Int64

    /// `staff` is away until `until`, covered by `backup`.
    public init(staff: StaffID, backup: StaffID?, until: Int64) {
        self.staff = staff
        self.backup = backup
        self.until = until
    }
}
