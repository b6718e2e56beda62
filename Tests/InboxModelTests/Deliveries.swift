import Causality
import InboxModel

/// Orders in which a replica can receive a log.
enum Deliveries {
    /// A random order in which every change set comes after its author's earlier ones and after all that its author had
    /// merged, and in which some come again. Whoever receives them drops by dot what they have, as the log does.
    static func causal(_ log: [LoggedSet], using random: inout SplitMix64) -> [ChangeSet] {
        var waiting = log
        var applied = VersionVector()
        var order: [ChangeSet] = []
        while !waiting.isEmpty {
            if !order.isEmpty, random.once(in: 4) { order.append(random.pick(order)) }
            let ready = waiting.indices.filter { index in
                let set = waiting[index].set
                return applied.dominates(waiting[index].seen) && applied[set.dot.replica] == set.dot.sequence - 1
            }
            if ready.isEmpty { return order }
            let next = waiting.remove(at: random.pick(ready)).set
            applied.advance(to: next.dot)
            order.append(next)
        }
        return order
    }
}
