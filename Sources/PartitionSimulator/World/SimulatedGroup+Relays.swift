import OfficeNode

// Relays that do not do their duty. What they show is the work of real brains: one on an earlier disk, or a second one beside the
// first that only its victim speaks to.
extension SimulatedGroup {
    /// Keeps a relay's disk as it is now, so that it can be put back. Does nothing for other nodes and without a disk.
    func remember(_ node: SimulatedNode) throws {
        guard node.kind == .relay, let disk = node.disk else { return }
        node.earlier = try disk.snapshot()
    }

    /// The lines of a relay lose half of all frames, or let most of them be overtaken: those to `victim`, or all.
    func disturb(_ relay: SimulatedNode, towards victim: SimulatedNode?, by fault: Fault, for length: Int64?) {
        var patch = LinkPatch()
        if fault == .relayDrops { patch.loss = 500_000 } else { patch.reordering = 700_000 }
        let lines = network.links.filter { link in
            let ends = [link.pair.low, link.pair.high]
            return ends.contains(relay.index) && (victim.map { ends.contains($0.index) } ?? true)
        }
        self.patch(lines, patch, for: length)
    }

    /// A relay is put back to an earlier state and goes on as if nothing had been: that of its last backup, or of the start.
    ///
    /// Throws `SimulationError.Code.storage` where there is none.
    func rollBack(_ relay: SimulatedNode) throws {
        guard let disk = relay.disk, let image = relay.backup ?? relay.earlier else {
            throw SimulationError(.storage, "relay \(relay.name) has no earlier state: give it `storage: disk`")
        }
        if relay.isRunning { stop(relay, .killed) }
        try disk.restore(image)
        try restart(relay)
    }

    /// A relay shows itself to `victim` as it is now and no later: it takes what the victim has to say, passes nothing of it on, and tells
    /// it nothing new. To everybody else it is as ever.
    ///
    /// Throws `SimulationError.Code.storage` where it has no disk.
    func withhold(_ relay: SimulatedNode, from victim: SimulatedNode, as name: String, for length: Int64?) throws {
        guard let disk = relay.disk else {
            throw SimulationError(.storage, "relay \(relay.name) has no disk: give it `storage: disk`")
        }
        let copy = try ShadowDisk(name: name, seed: seed)
        try copy.restore(try disk.snapshot())
        let mask = try addNode(
            name, kind: relay.kind, isReachable: !relay.endpoint.isEmpty, disk: copy, identity: relay.identity)
        mask.clock = relay.clock
        mask.onlyPeer = victim.index
        let pair = NodePair(relay.index, victim.index)
        beginFault(length, { cut(pair, by: $0) }) { group, number in
            group.stop(mask, .killed)
            mask.hasJoined = false
            group.mend(pair, number)
        }
        if let link = network[pair] { close(link) }
        try start(mask)
    }
}
