/// What the group demands of its nodes. Values set apart: the stricter counts.
public struct GroupPolicy: Hashable, Sendable {
    /// A new epoch at the latest after so many days; nil where it is not said.
    public var epochDays: Int?
    /// A laptop that met no office for so many days closes until it has; nil where it is not said.
    public var contactDays: Int?

    /// How old an epoch gets where the group says nothing else.
    public static let epochDaysDefault = 30
    /// The most days that can be asked for: ten years.
    public static let daysMax = 3650

    /// A policy from its parts.
    public init(epochDays: Int? = nil, contactDays: Int? = nil) {
        self.epochDays = epochDays
        self.contactDays = contactDays
    }

    /// How many milliseconds a laptop may be away.
    var contactLimit: Int64? { contactDays.map { Int64($0) * 24 * 3600 * 1000 } }
}
