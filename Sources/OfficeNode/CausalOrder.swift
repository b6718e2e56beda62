import Causality
import InboxModel
import ReplicaStore

/// The order in which change sets about one entity are merged again.
enum CausalOrder {
    /// `sets`, each after those that its contexts of `entity` name and those before it in its log; what is concurrent by time.
    ///
    /// Change sets that name each other, which no honest node writes, come last, by time.
    static func sorted(_ sets: [ChangeSet], about entity: EntityName, forks: LogForks = LogForks()) -> [ChangeSet] {
        var waiting = sets.sorted { $0.stamp < $1.stamp }
        var dots: [ReplicaID: [UInt64]] = [:]
        for set in sets { dots[set.dot.replica, default: []].append(set.dot.sequence) }
        var placed: Set<Dot> = []
        var order: [ChangeSet] = []
        order.reserveCapacity(sets.count)
        while !waiting.isEmpty {
            let before = order.count
            waiting.removeAll { set in
                guard needs(of: set, about: entity, forks).allSatisfy({ need in
                    (dots[need.replica] ?? []).allSatisfy { $0 > need.sequence || placed.contains(Dot(need.replica, $0)) }
                })
                else { return false }
                placed.insert(set.dot)
                order.append(set)
                return true
            }
            if order.count == before { return order + waiting }
        }
        return order
    }

    /// How far each log must have been placed before `set`.
    private static func needs(of set: ChangeSet, about entity: EntityName, _ forks: LogForks) -> [Dot] {
        var needs = forks.clock(of: set.dot.replica, through: set.dot.sequence - 1).map { Dot($0.replica, $0.sequence) }
        for change in set.changes where EntityName(change) == entity {
            for entry in change.context.entries {
                // An author's own change sets before this one are covered above.
                if entry.replica != set.dot.replica { needs.append(Dot(entry.replica, entry.sequence)) }
            }
        }
        return needs
    }
}
