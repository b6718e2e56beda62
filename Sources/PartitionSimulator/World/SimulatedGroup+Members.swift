public import InboxModel
public import OfficeNode
import ReplicaStore
import Vault

extension SimulatedGroup {
    /// Founds the group: its first node, an administrator. Throws what `Founding.found` throws.
    ///
    /// - Parameters:
    ///   - name: The node's name; also draws its keys.
    ///   - office: The founding office, if the node belongs to one.
    ///   - onDisk: Whether its replica lies on a simulated disk instead of in memory.
    @discardableResult
    public func found(_ name: String, office: OfficeProfile?, onDisk: Bool = false, skew: Int64 = 0) throws -> SimulatedNode {
        let node = try addNode(name, kind: .office, isReachable: true, onDisk: onDisk)
        node.clockSkew = skew
        _ = try Founding.found(
            node.store, identity: node.identity, groupName: "Chesapeake Oral Surgery", name: name, office: office,
            endpoint: node.endpoint, recovery: try recoverySigners(), now: node.clock.reading(at: now), random: node.random)
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
    ///   - onDisk: Whether its replica lies on a simulated disk instead of in memory.
    @discardableResult
    public func join(
        _ name: String, kind: MemberKind = .office, office: OfficeID? = nil, invitedBy inviter: SimulatedNode, onDisk: Bool = false,
        skew: Int64 = 0
    ) throws -> SimulatedNode {
        let outcome = try perform(.invite(InvitationRequest(kind: kind, office: office, isPreApproved: true)), at: inviter)
        return try join(name, invitation: try Invitation(text: outcome.invitation ?? ""), at: inviter, onDisk: onDisk, skew: skew)
    }

    /// Adds a node that holds `invitation`. As above.
    @discardableResult
    public func join(
        _ name: String, invitation: Invitation, at inviter: SimulatedNode, onDisk: Bool = false, skew: Int64 = 0
    ) throws -> SimulatedNode {
        let node = try addNode(name, kind: invitation.kind, isReachable: invitation.kind != .laptop, onDisk: onDisk)
        node.clockSkew = skew
        let frame = try Founding.joinFrame(invitation, identity: node.identity, name: name, endpoint: node.endpoint)
        let key = try invitation.key
        keys[key] = [node.index]
        for _ in 0..<20 where node.joinAnswer == nil {
            transmit(SimulatedFrame(from: node.index, to: inviter.index, bytes: frame, session: nil, key: key))
            run(limit: 1_000) { node.joinAnswer != nil }
        }
        guard let answer = node.joinAnswer else {
            throw SimulationError(.notJoined, "node \(inviter.name) did not answer \(name), which asked to join")
        }
        try Founding.join(
            node.store, identity: node.identity, invitation: invitation, answer: answer, now: node.clock.reading(at: now),
            random: node.random)
        try start(node)
        return node
    }

    /// Starts a second process on a copy of `original`'s disk, with its keys. Throws `SimulationError.Code.storage` where the original
    /// has no disk.
    @discardableResult
    public func clone(_ original: SimulatedNode, as name: String) throws -> SimulatedNode {
        guard let disk = original.disk else { throw Self.noDisk(original) }
        let copy = try ShadowDisk(name: name, seed: seed)
        try copy.restore(try disk.snapshot())
        let node = try addNode(
            name, kind: original.kind, isReachable: !original.endpoint.isEmpty, disk: copy, identity: original.identity)
        node.clock = original.clock
        node.refuseAfter = original.refuseAfter
        node.laptopScope = original.laptopScope
        try start(node)
        return node
    }

    private func addNode(_ name: String, kind: MemberKind, isReachable: Bool, onDisk: Bool) throws -> SimulatedNode {
        let disk = onDisk ? try ShadowDisk(name: name, seed: seed) : nil
        return try addNode(name, kind: kind, isReachable: isReachable, disk: disk, identity: nil)
    }

    func addNode(
        _ name: String, kind: MemberKind, isReachable: Bool, disk: ShadowDisk?, identity: MemberIdentity?
    ) throws -> SimulatedNode {
        let endpoint = isReachable ? "tcp://\(name).example:7400" : ""
        let node = try SimulatedNode(
            index: nodes.count, name: name, kind: kind, endpoint: endpoint, seed: seed, disk: disk, identity: identity)
        for other in nodes { network.add(other.index, node.index, names: (other.name, name), conditions) }
        nodes.append(node)
        keys[node.identity.curve.publicKey, default: []].append(node.index)
        return node
    }

    // MARK: Lives of a node

    /// Starts a node on what its replica holds.
    func start(_ node: SimulatedNode) throws {
        try node.open()
        trace.add(.started, node: node.index, at: now)
        note(.started, node.index)
        for observer in observers { observer.started(node, in: self) }
        interpret((node.brain?.start() ?? [])[...], of: node)
        queue.add(.tick(node.index, life: node.life), at: now + node.pace.number(in: 1...tickInterval))
    }

    /// Kills a node: what it has not committed is gone, and so are frames that it has not sent.
    public func crash(_ node: SimulatedNode) { crash(node, .killed) }

    /// Ends a node's process, or its machine.
    public func crash(_ node: SimulatedNode, _ death: Death) {
        guard node.isRunning else { return }
        stop(node, death)
    }

    /// Lets a node die at the next of a kind of place in its work.
    public func crash(_ node: SimulatedNode, _ death: Death, at point: KillPoint) {
        guard node.isRunning else { return }
        if point == .now { stop(node, death) } else { node.dies = (point, death) }
    }

    /// Kills a node in its next turn, after the transaction is durable and before anything of it has left the node.
    public func crashAfterNextCommit(_ node: SimulatedNode) { crash(node, .killed, at: .commit) }

    /// Starts a node again from what its replica holds. Throws what `ReplicaStore.init` and `OfficeNode.init` throw.
    public func restart(_ node: SimulatedNode) throws {
        if node.isRunning { stop(node, .killed) }
        if let disk = node.disk { node.store = try ReplicaStore(disk.location) }
        try start(node)
    }

    /// Lets a node's process hang; its peers notice after `noticeDelay`.
    public func pause(_ node: SimulatedNode) {
        guard node.isResponsive else { return }
        node.isPaused = true
        note(.paused, node.index)
        let life = node.life
        schedule(after: noticeDelay) { group in
            guard node.life == life && node.isPaused else { return }
            for other in group.nodes where other.index != node.index {
                if let link = group.network[NodePair(node.index, other.index)] { group.close(link) }
            }
        }
    }

    /// Lets it go on.
    public func resume(_ node: SimulatedNode) {
        guard node.isPaused else { return }
        node.isPaused = false
        note(.resumed, node.index)
        // What arrived meanwhile waits in its sockets.
        give(.tick, to: node)
        updateLinks(of: node)
    }

    /// Copies a node's disk to a safe place, as it is. Throws `SimulationError.Code.storage` where it has none.
    public func backUp(_ node: SimulatedNode) throws {
        guard let disk = node.disk else { throw Self.noDisk(node) }
        node.backup = try disk.snapshot()
    }

    /// Kills a node and starts it on the copy made last. Throws `SimulationError.Code.storage` where there is none.
    public func restoreBackup(_ node: SimulatedNode) throws {
        guard let disk = node.disk, let backup = node.backup else { throw Self.noDisk(node) }
        if node.isRunning { stop(node, .killed) }
        try disk.restore(backup)
        try restart(node)
    }

    func stop(_ node: SimulatedNode, _ death: Death) {
        node.die(death)
        trace.add(.stopped, node: node.index, at: now)
        note(.stopped, node.index, nil, death.rawValue)
        for observer in observers { observer.stopped(node, death, in: self) }
        for other in nodes where other.index != node.index {
            if let link = network[NodePair(node.index, other.index)] { close(link) }
        }
    }

    private static func noDisk(_ node: SimulatedNode) -> SimulationError {
        SimulationError(.storage, "node \(node.name) has no disk, or no copy of it: give it `storage: disk`, and a backup first")
    }
}
