/// How one vector clock stands to another.
public enum CausalOrder: Hashable, Sendable {
    /// Both have seen the same.
    case equal
    /// The first has seen less than the second.
    case before
    /// The first has seen more than the second.
    case after
    /// Each has seen something that the other has not.
    case concurrent
}
