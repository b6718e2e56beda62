/// What kind of node somebody works at, as far as access is concerned.
public enum AccessDevice: UInt8, Hashable, Sendable, CaseIterable {
    /// A node that stands in an office.
    case office = 0
    /// A laptop that is carried about, and may be lost.
    case laptop = 1
}
