public import InboxModel
public import OfficeNode
import Vault

extension SimulatedGroup {
    /// Founds the group: its first node, an administrator. Throws what `Founding.found` throws.
    ///
    /// - Parameters:
    ///   - name: The node's name; also draws its keys.
    ///   - office: The founding office, if the node belongs to one.
    @discardableResult
    public func found(_ name: String, office: OfficeProfile?) throws -> SimulatedNode {
        let node = try addNode(name, kind: .office, isReachable: true)
        _ = try Founding.found(
            node.store, identity: node.identity, groupName: "Chesapeake Oral Surgery", name: name, office: office,
            endpoint: node.endpoint, now: now + node.clockSkew, random: node.random)
        try start(node)
        return node
    }

    /// Adds a node through an invitation, over the network. Time passes until it was let in.
    ///
    /// Throws `SimulationError.Code.notJoined` where no answer comes within 20 s, and what `Founding.join` throws.
    ///
    /// - Parameters:
    ///   - name: The node's name; also draws its keys.
    ///   - kind: What kind of device. Laptops dial and cannot be dialled.
    ///   - office: The office whose node it is.
    ///   - inviter: The node that invites; must be an administrator.
    @discardableResult
    public func join(
        _ name: String, kind: MemberKind = .office, office: OfficeID? = nil, invitedBy inviter: SimulatedNode
    ) throws -> SimulatedNode {
        let outcome = try perform(.invite(InvitationRequest(kind: kind, office: office)), at: inviter)
        return try join(name, invitation: try Invitation(text: outcome.invitation ?? ""), at: inviter)
    }

    /// Adds a node that holds `invitation`. As above.
    @discardableResult
    public func join(_ name: String, invitation: Invitation, at inviter: SimulatedNode) throws -> SimulatedNode {
        let node = try addNode(name, kind: invitation.kind, isReachable: invitation.kind != .laptop)
        let frame = try Founding.joinFrame(invitation, identity: node.identity, name: name, endpoint: node.endpoint)
        let key = try invitation.key
        keys[key] = node.index
        for _ in 0..<20 where node.joinAnswer == nil {
            transmit(SimulatedFrame(from: node.index, to: inviter.index, bytes: frame, session: nil, key: key))
            run(limit: 1_000) { node.joinAnswer != nil }
        }
        guard let answer = node.joinAnswer else {
            throw SimulationError(.notJoined, "node \(inviter.name) did not answer \(name), which asked to join")
        }
        try Founding.join(
            node.store, identity: node.identity, invitation: invitation, answer: answer, now: now + node.clockSkew,
            random: node.random)
        try start(node)
        return node
    }

    private func addNode(_ name: String, kind: MemberKind, isReachable: Bool) throws -> SimulatedNode {
        let endpoint = isReachable ? "tcp://\(name).example:7400" : ""
        let node = try SimulatedNode(index: nodes.count, name: name, kind: kind, endpoint: endpoint, seed: seed)
        for other in nodes { network.add(other.index, node.index, names: (other.name, name), conditions) }
        nodes.append(node)
        keys[node.identity.curve.publicKey] = node.index
        return node
    }

    // MARK: Lives of a node

    /// Starts a node on what its replica holds.
    private func start(_ node: SimulatedNode) throws {
        try node.open()
        trace.add(.started, node: node.index, at: now)
        interpret(node.brain?.start() ?? [], of: node)
        queue.add(.tick(node.index, life: node.life), at: now + node.pace.number(in: 1...tickInterval))
    }

    /// Kills a node: what it has not committed is gone, and so are frames that it has not sent.
    public func crash(_ node: SimulatedNode) {
        guard node.isRunning else { return }
        stop(node)
    }

    /// Kills a node in its next turn, after the transaction is durable and before anything of it has left the node.
    public func crashAfterNextCommit(_ node: SimulatedNode) { node.diesAfterCommit = node.isRunning }

    /// Starts a node again from what its replica holds. Throws what `OfficeNode.init` throws.
    public func restart(_ node: SimulatedNode) throws {
        if node.isRunning { stop(node) }
        try start(node)
    }

    func stop(_ node: SimulatedNode) {
        node.die()
        trace.add(.stopped, node: node.index, at: now)
        for other in nodes where other.index != node.index { close(NodePair(node.index, other.index)) }
    }
}
