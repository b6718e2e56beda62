import ChangeLog
import OfficeNode
import Vault

extension SimulatedGroup {
    // MARK: Cuts by hand

    /// Cuts the link of two nodes: nothing comes through, and both ends notice after `noticeDelay`.
    public func cut(_ one: SimulatedNode, _ other: SimulatedNode) { cut(NodePair(one.index, other.index), by: 0) }

    /// Mends the link of two nodes, whatever cut it. A connection whose ends had not noticed the cut goes on.
    public func heal(_ one: SimulatedNode, _ other: SimulatedNode) { mend(NodePair(one.index, other.index), nil) }

    /// Cuts every link between nodes of different parts. Nodes that no part names stay as they are.
    public func partition(_ parts: [[SimulatedNode]]) {
        for (position, part) in parts.enumerated() {
            for other in parts[(position + 1)...] {
                for one in part { for two in other { cut(one, two) } }
            }
        }
    }

    /// Cuts every link of a node.
    public func isolate(_ node: SimulatedNode) {
        for other in nodes where other.index != node.index { cut(node, other) }
    }

    /// Mends every link.
    public func healAll() {
        for link in network.links { mend(link.pair, nil) }
    }

    /// Whether frames can pass between two nodes at the moment.
    public func isConnected(_ one: SimulatedNode, _ other: SimulatedNode) -> Bool {
        guard let link = network[NodePair(one.index, other.index)] else { return false }
        return link.session != nil && !link.isCut
    }

    /// Gives the link of two nodes conditions of its own.
    public func setConditions(_ conditions: LinkConditions, between one: SimulatedNode, and other: SimulatedNode) {
        network[NodePair(one.index, other.index)]?.setBase(conditions)
    }

    /// Gives all links these conditions.
    public func setConditions(_ conditions: LinkConditions) {
        for link in network.links { link.setBase(conditions) }
    }

    // MARK: Cuts by a fault

    func cut(_ pair: NodePair, by fault: Int, from end: Int? = nil) {
        guard let link = network[pair] else { return }
        let wasCut = link.isCut
        guard link.cut(by: fault, from: end) else { return }
        if !wasCut { note(.cut, end ?? pair.low, pair.other(end ?? pair.low), end == nil ? nil : "one-way") }
        queue.add(.notice(pair, cuts: link.cutCount), at: now + noticeDelay)
    }

    /// Takes a fault's cut of a link back; without a fault, all cuts.
    func mend(_ pair: NodePair, _ fault: Int?) {
        guard let link = network[pair], link.mend(fault) else { return }
        note(.healed, pair.low, pair.high)
        updateLink(link)
    }

    // MARK: Connections

    /// Brings the links of a node in step with whom it lets in and dials.
    func updateLinks(of node: SimulatedNode) {
        for other in nodes where other.index != node.index {
            if let link = network[NodePair(node.index, other.index)] { updateLink(link) }
        }
    }

    func updateLink(_ link: SimulatedLink) {
        if !isWanted(link.pair) {
            close(link)
        } else if link.session == nil && !link.isCut && !link.isConnecting {
            link.isConnecting = true
            queue.add(.connect(link.pair), at: now + link.handshakeTime())
        }
    }

    /// Whether both nodes run and let each other in, and one of them dials.
    private func isWanted(_ pair: NodePair) -> Bool {
        let low = nodes[pair.low]
        let high = nodes[pair.high]
        guard low.isResponsive && high.isResponsive else { return low.isRunning && high.isRunning && network[pair]?.session != nil }
        let lowKey = low.identity.curve.publicKey
        let highKey = high.identity.curve.publicKey
        guard low.onlyPeer ?? high.index == high.index, high.onlyPeer ?? low.index == low.index else { return false }
        return lowKey != highKey && low.admitted.contains(highKey) && high.admitted.contains(lowKey)
            && (low.dialled.contains(highKey) || high.dialled.contains(lowKey))
    }

    /// Whether a link that both nodes want is not up yet, though nothing is in its way.
    func isPending(_ link: SimulatedLink) -> Bool { link.session == nil && !link.isCut && isWanted(link.pair) }

    /// A handshake ended.
    func connect(_ pair: NodePair) {
        guard let link = network[pair] else { return }
        link.isConnecting = false
        guard !link.isCut, link.session == nil, isWanted(pair) else { return }
        link.open(network.nextSession())
        note(.connected, pair.low, pair.high)
        for (node, peer) in ends(pair) {
            trace.add(.connected, node: node.index, at: now, peer.identity.curve.publicKey.bytes)
            give(.connected(peer.identity.curve.publicKey), to: node)
        }
    }

    /// Both ends notice that nothing comes through.
    func notice(_ pair: NodePair, cuts: Int) {
        guard let link = network[pair], link.isCut, link.cutCount == cuts else { return }
        close(link)
    }

    /// Ends a connection; what was on its way is lost.
    func close(_ link: SimulatedLink) {
        guard link.session != nil else { return }
        let believers = ends(link.pair).filter { link.isBelieved(by: $0.0.index) }
        link.close()
        note(.disconnected, link.pair.low, link.pair.high)
        for (node, peer) in believers { tellGone(peer, to: node) }
    }

    /// One end's connection is gone, and the other end does not know: it is told with its next connection only.
    func close(_ link: SimulatedLink, at end: Int) {
        guard link.isBelieved(by: end) else { return }
        link.close(at: end)
        tellGone(nodes[link.pair.other(end)], to: nodes[end])
    }

    private func tellGone(_ peer: SimulatedNode, to node: SimulatedNode) {
        let key = peer.identity.curve.publicKey
        // A clone with the same keys may still be connected: to the node it is one peer.
        let isStillThere = (keys[key] ?? []).contains { other in
            other != peer.index && network[NodePair(node.index, other)]?.isBelieved(by: node.index) ?? false
        }
        if isStillThere { return }
        trace.add(.disconnected, node: node.index, at: now, key.bytes)
        give(.disconnected(key), to: node)
    }

    private func ends(_ pair: NodePair) -> [(SimulatedNode, SimulatedNode)] {
        [(nodes[pair.low], nodes[pair.high]), (nodes[pair.high], nodes[pair.low])]
    }
}
