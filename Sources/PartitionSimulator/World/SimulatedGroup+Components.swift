extension SimulatedGroup {
    /// The parts of the group that hang together at the moment: responsive nodes that reach each other over links that are up,
    /// directly or through others. In the order of their first nodes.
    public var components: [[SimulatedNode]] {
        var left = nodes.filter(\.isResponsive)
        var components: [[SimulatedNode]] = []
        while let first = left.first {
            var component = [first]
            left.removeFirst()
            var next = 0
            while next < component.count {
                let node = component[next]
                next += 1
                let reached = left.filter { isConnected(node, $0) }
                component += reached
                left.removeAll { other in reached.contains { $0 === other } }
            }
            components.append(component.sorted { $0.index < $1.index })
        }
        return components
    }
}
