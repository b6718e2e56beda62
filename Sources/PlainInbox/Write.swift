public import Causality
public import InboxModel

/// One change to one entity, with all that decides what it supersedes: its change set, its place in that, its context.
public struct Write<Kind> {
    /// The change set that it is part of.
    public let changeSet: ChangeSet
    /// Its place among that change set's changes, from 0.
    public let place: Int
    /// What its author's page had shown of the entity.
    public let context: VersionVector
    /// What was done.
    public let change: Kind

    /// The change set's name.
    public var dot: Dot { changeSet.dot }
    /// The change set's name and time.
    public var stamp: Stamp { changeSet.stamp }

    /// Whether the author of this write had seen `other`: on the page, or as an earlier step of the same action.
    public func saw<Other>(_ other: Write<Other>) -> Bool {
        other.dot == dot ? other.place < place : context.covers(other.dot)
    }
}

/// A value that no other write has superseded.
struct Live<Value> {
    let stamp: Stamp
    let value: Value
}

extension Array {
    /// The values that `value` finds among these writes, without those that a later such write had seen, or that one for
    /// which `isRemoval` holds had seen.
    func live<Kind, Value>(
        _ value: (Kind) -> Value?, removedBy isRemoval: (Kind) -> Bool = { _ in false }
    ) -> [Live<Value>] where Element == Write<Kind> {
        observed(value) { isRemoval($0) || value($0) != nil }
    }

    /// The values that `value` finds among these writes, without those that one for which `isRemoval` holds had seen. Two
    /// such values stay side by side: an observed-remove set.
    func observed<Kind, Value>(
        _ value: (Kind) -> Value?, removedBy isRemoval: (Kind) -> Bool
    ) -> [Live<Value>] where Element == Write<Kind> {
        let removals = filter { isRemoval($0.change) }
        return compactMap { write in
            guard let found = value(write.change), !removals.contains(where: { $0.saw(write) }) else { return nil }
            return Live(stamp: write.stamp, value: found)
        }
    }

    func earliest<Value>() -> Live<Value>? where Element == Live<Value> { self.min { $0.stamp < $1.stamp } }
    func latest<Value>() -> Live<Value>? where Element == Live<Value> { self.max { $0.stamp < $1.stamp } }
}
