/// What became of the frames that nodes sent.
public struct FrameCounts: Hashable, Sendable {
    /// Given to the network while the link was up.
    public internal(set) var sent = 0
    /// Lost by chance.
    public internal(set) var lost = 0
    /// Repeated by chance, or carried again from an earlier time.
    public internal(set) var duplicated = 0
    /// Held back by chance.
    public internal(set) var reordered = 0
    /// Damaged by chance.
    public internal(set) var damaged = 0
    /// Not carried because the link was cut or not up, or because a test took them out.
    public internal(set) var blocked = 0
    /// Handed to a node.
    public internal(set) var delivered = 0
    /// Bytes given to the network while the link was up.
    public internal(set) var bytes = 0
}
