/// Something that did not hold.
public struct Violation: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What should have held; nil for an expectation of the scenario.
    public let invariant: Invariant?
    /// Virtual milliseconds after the start at which it was noticed.
    public let at: Int64
    /// The node's name, where it concerns one.
    public let node: String?
    /// The change set, as `replica:sequence`, where it concerns one.
    public let changeSet: String?
    /// What was seen, and what was expected. Never patient content.
    public let message: String

    /// A violation from its parts.
    public init(_ invariant: Invariant?, at: Int64, node: String? = nil, changeSet: String? = nil, _ message: String) {
        self.invariant = invariant
        self.at = at
        self.node = node
        self.changeSet = changeSet
        self.message = message
    }

    /// All of it on one line.
    public var description: String {
        let rule = invariant.map { "invariant \($0.rawValue) (\($0.name))" } ?? "expectation"
        let place = [node.map { " at \($0)" }, changeSet.map { ", change set \($0)" }].compactMap { $0 }.joined()
        return "\(rule)\(place) after \(at) ms: \(message)"
    }
}
