/// What the group was doing when a fault came.
public enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
    /// Every node runs, every link is up, and all hold the same.
    case together
    /// Every node runs and every link is up, but some node does not hold everything yet.
    case catchingUp = "catching-up"
    /// A link is cut or a node is down.
    case apart
}
