import ChangeLog
import OfficeNode
import Vault

extension SimulatedGroup {
    // MARK: Faults of the network

    /// Cuts the link of two nodes: nothing comes through, and both ends notice after `noticeDelay`.
    public func cut(_ one: SimulatedNode, _ other: SimulatedNode) {
        let pair = NodePair(one.index, other.index)
        guard let link = network.links[pair], !link.isCut else { return }
        network.update(pair) {
            $0.isCut = true
            $0.cuts += 1
        }
        queue.add(.notice(pair, cuts: link.cuts + 1), at: now + noticeDelay)
    }

    /// Mends the link of two nodes. A connection whose ends had not noticed the cut goes on.
    public func heal(_ one: SimulatedNode, _ other: SimulatedNode) {
        let pair = NodePair(one.index, other.index)
        guard let link = network.links[pair], link.isCut else { return }
        network.update(pair) {
            $0.isCut = false
            $0.cuts += 1
        }
        updateLink(pair)
    }

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
        for one in nodes { for other in nodes where one.index < other.index { heal(one, other) } }
    }

    /// Whether frames can pass between two nodes at the moment.
    public func isConnected(_ one: SimulatedNode, _ other: SimulatedNode) -> Bool {
        guard let link = network.links[NodePair(one.index, other.index)] else { return false }
        return link.session != nil && !link.isCut
    }

    /// Gives the link of two nodes conditions of its own.
    public func setConditions(_ conditions: LinkConditions, between one: SimulatedNode, and other: SimulatedNode) {
        network.update(NodePair(one.index, other.index)) { $0.conditions = conditions }
    }

    /// Gives all links these conditions.
    public func setConditions(_ conditions: LinkConditions) {
        for pair in network.links.keys { network.update(pair) { $0.conditions = conditions } }
    }

    // MARK: Connections

    /// Brings the links of a node in step with whom it lets in and dials.
    func updateLinks(of node: SimulatedNode) {
        for other in nodes where other.index != node.index { updateLink(NodePair(node.index, other.index)) }
    }

    private func updateLink(_ pair: NodePair) {
        guard let link = network.links[pair] else { return }
        if !isWanted(pair) {
            close(pair)
        } else if link.session == nil && !link.isCut && !link.isConnecting {
            network.update(pair) { $0.isConnecting = true }
            queue.add(.connect(pair), at: now + network.handshakeTime(pair))
        }
    }

    /// Whether both nodes run and let each other in, and one of them dials.
    private func isWanted(_ pair: NodePair) -> Bool {
        let low = nodes[pair.low]
        let high = nodes[pair.high]
        let lowKey = low.identity.curve.publicKey
        let highKey = high.identity.curve.publicKey
        return low.isRunning && high.isRunning && low.admitted.contains(highKey) && high.admitted.contains(lowKey)
            && (low.dialled.contains(highKey) || high.dialled.contains(lowKey))
    }

    /// Whether a link that both nodes want is not up yet, though nothing is in its way.
    func isPending(_ pair: NodePair) -> Bool {
        guard let link = network.links[pair], !link.isCut else { return false }
        return link.session == nil && isWanted(pair)
    }

    /// A handshake ended.
    func connect(_ pair: NodePair) {
        network.update(pair) { $0.isConnecting = false }
        guard let link = network.links[pair], !link.isCut, link.session == nil, isWanted(pair) else { return }
        network.open(pair)
        for (node, peer) in ends(pair) {
            trace.add(.connected, node: node.index, at: now, peer.identity.curve.publicKey.bytes)
            give(.connected(peer.identity.curve.publicKey), to: node)
        }
    }

    /// Both ends notice that nothing comes through.
    func notice(_ pair: NodePair, cuts: Int) {
        guard let link = network.links[pair], link.isCut, link.cuts == cuts else { return }
        close(pair)
    }

    /// Ends a connection; what was on its way is lost.
    func close(_ pair: NodePair) {
        guard network.links[pair]?.session != nil else { return }
        network.update(pair) { $0.session = nil }
        for (node, peer) in ends(pair) {
            trace.add(.disconnected, node: node.index, at: now, peer.identity.curve.publicKey.bytes)
            give(.disconnected(peer.identity.curve.publicKey), to: node)
        }
    }

    private func ends(_ pair: NodePair) -> [(SimulatedNode, SimulatedNode)] {
        [(nodes[pair.low], nodes[pair.high]), (nodes[pair.high], nodes[pair.low])]
    }

    // MARK: Frames

    /// Puts a frame on its way to whoever has `key`, if there is a connection, or if that is a device that is joining.
    func send(_ bytes: [UInt8], from node: SimulatedNode, to key: CurvePublicKey) {
        guard let to = keys[key] else { return network.countBlocked() }
        let link = network.links[NodePair(node.index, to)]
        let isJoining = nodes[to].identity.curve.publicKey != key
        guard isJoining || link?.session != nil else { return network.countBlocked() }
        transmit(
            SimulatedFrame(
                from: node.index, to: to, bytes: bytes, session: isJoining ? nil : link?.session,
                key: node.identity.curve.publicKey))
    }

    /// Lets a frame go through the faults of its link.
    func transmit(_ frame: SimulatedFrame) {
        if drops(frame) { return network.countBlocked() }
        for time in network.arrivals(from: frame.from, to: frame.to, now: now) { queue.add(.arrival(frame), at: time) }
    }

    /// A frame arrives, if the connection it was sent on is still there and the link is not cut.
    func arrive(_ frame: SimulatedFrame) {
        let node = nodes[frame.to]
        guard let link = network.links[NodePair(frame.from, frame.to)], !link.isCut else { return network.countBlocked() }
        if frame.session == nil && !node.isRunning {
            node.joinAnswer = frame.bytes
            return network.countDelivered()
        }
        guard frame.session == nil || frame.session == link.session, node.admitted.contains(frame.key) else {
            return network.countBlocked()
        }
        guard let prepared = node.preparer?.prepare(frame.bytes) else { return network.countBlocked() }
        network.countDelivered()
        trace.add(.arrived, node: node.index, at: now, frame.bytes)
        give(.frame(from: frame.key, prepared), to: node)
    }
}
