import ChangeLog
import OfficeNode
import Vault

extension SimulatedGroup {
    /// Lets a node handle what has arrived for it, as one transaction, and carries out what it asks for.
    func takeTurn(of node: SimulatedNode) {
        node.isTurnScheduled = false
        guard let brain = node.brain, !node.isPaused, !node.inbox.isEmpty else { return }
        let events = node.inbox
        node.inbox = []
        trace.add(.turned, node: node.index, at: now, [UInt8(truncatingIfNeeded: events.count)])
        // In memory there is no place within a transaction at which to die: it never was.
        if let dies = node.dies, node.disk == nil, dies.at == .write || dies.at == .sync { return stop(node, dies.death) }
        armDeath(of: node)
        let directives = brain.handle(events, now: node.clock.reading(at: now))
        if let dies = node.dies, diesNow(node, directives) {
            for observer in observers { observer.died(node, before: directives, in: self) }
            // Some of what it asked for has left the node, the rest never will.
            if dies.at == .directive { interpret(directives.prefix(Int(node.pace.number(in: 0...Int64(directives.count)))), of: node) }
            stop(node, dies.death)
            return
        }
        trace.add(directives, node: node.index, at: now)
        for observer in observers { observer.turned(node, directives, in: self) }
        interpret(directives[...], of: node)
    }

    /// Lets the disk die in the coming turn, at a write or sync drawn at random, if the node is to die that way.
    private func armDeath(of node: SimulatedNode) {
        guard let dies = node.dies, let disk = node.disk, dies.at == .write || dies.at == .sync else { return }
        let ahead = node.pace.number(in: dies.at == .write ? 0...20 : 0...6)
        disk.crashAt(operation: disk.counters.operations + ahead, tearing: dies.at == .write)
    }

    /// Whether a node that is to die has come to the place where it does.
    private func diesNow(_ node: SimulatedNode, _ directives: [Directive]) -> Bool {
        switch node.dies?.at {
        case .commit: true
        case .directive: !directives.isEmpty
        case .write, .sync: node.disk?.isDead ?? false
        case .now, nil: false
        }
    }

    /// Does what a node asks for, in order.
    func interpret(_ directives: ArraySlice<Directive>, of node: SimulatedNode) {
        for directive in directives {
            switch directive {
            case .send(let key, let bytes): send(bytes, from: node, to: key)
            case .answer(let id, let result): node.answer = (id, result)
            case .admit(let keys):
                node.admitted = Set(keys)
                updateLinks(of: node)
            case .connect(let peers):
                node.dialled = Set(peers.filter { !$0.endpoint.isEmpty }.map(\.key))
                updateLinks(of: node)
            case .prepared(let heads): node.preparer?.advanced(to: heads)
            case .replaceKeys(let keys):
                node.keysInHand = keys
                node.preparer?.replaceKeys(keys)
            case .rewindPreparer: node.preparer?.rewind()
            case .changed: break
            case .signInsElsewhere(let signIns): node.signInsElsewhere += signIns
            case .notice(let notice):
                node.notices.append(notice)
                note(.notice, node.index, nil, notice.text)
            case .warning(let warning): take(warning, of: node)
            case .wake: give(.tick, to: node)
            }
        }
    }

    private func take(_ warning: NodeWarning, of node: SimulatedNode) {
        if node.warnings.count >= 1_000 { node.warnings.removeFirst(500) }
        node.warnings.append(warning)
        node.warningCounts[warning.code, default: 0] += 1
        note(.warning, node.index, nil, warning.description)
    }

    /// Puts an event into a node's inbox; its turn comes within a few milliseconds, so that what arrives together is handled
    /// together.
    func give(_ event: NodeEvent, to node: SimulatedNode) {
        guard node.isRunning else { return }
        node.inbox.append(event)
        if node.isTurnScheduled || node.isPaused { return }
        node.isTurnScheduled = true
        queue.add(.turn(node.index, life: node.life), at: now + node.pace.number(in: 0...4))
    }
}
