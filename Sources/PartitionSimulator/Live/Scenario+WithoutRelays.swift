import OfficeNode

extension Scenario {
    /// The names of the nodes that are relays, those that join later included.
    var relays: [String] {
        let joiners = events.compactMap { event in
            if case .join(let node, _) = event.action { node } else { nil }
        }
        return (nodes + joiners).filter { $0.kind == .relay }.map(\.name)
    }

    /// The story without its relays and what happens to them: what can be told to real processes.
    public var withoutRelays: Scenario {
        let left = Set(relays)
        if left.isEmpty { return self }
        var story = self
        story.nodes.removeAll { left.contains($0.name) }
        story.events.removeAll { event in
            if case .join(let node, _) = event.action { left.contains(node.name) } else { false }
        }
        return story.coherent
    }
}
