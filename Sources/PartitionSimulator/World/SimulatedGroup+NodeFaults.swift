extension SimulatedGroup {
    /// Kills a node and starts it, over and over. The last start stays.
    func restartOverAndOver(_ node: SimulatedNode, times: Int, every interval: Int64) {
        beginFault(interval * Int64(times), { number in killAgain(node, number, left: times, every: interval) }) { group, _ in
            group.startAgain(node)
        }
    }

    private func killAgain(_ node: SimulatedNode, _ fault: Int, left: Int, every interval: Int64) {
        guard left > 0 else { return }
        crash(node)
        schedule(after: interval / 2) { group in
            if group.goesOn(fault) { group.startAgain(node) }
        }
        schedule(after: interval) { group in
            if group.goesOn(fault) { group.killAgain(node, fault, left: left - 1, every: interval) }
        }
    }

    /// Starts a node that is down, if it can be: a disk that does not let it start is a warning, and it stays down.
    func startAgain(_ node: SimulatedNode) {
        guard !node.isRunning, node.hasJoined else { return }
        do { try restart(node) } catch { note(.remark, node.index, nil, "did not start: \(error)") }
    }

    func pause(_ node: SimulatedNode, for length: Int64) {
        let life = node.life
        beginFault(length, { _ in pause(node) }) { group, _ in if node.life == life { group.resume(node) } }
    }

    func setClock(of node: SimulatedNode, _ fault: ClockFault, for length: Int64?) {
        let at = now
        beginFault(length, { _ in node.clock.apply(fault, at: at) }) { group, _ in node.clock.end(fault, at: group.now) }
    }

    /// Lets a node's disk go wrong. Throws `SimulationError.Code.storage` where it has none.
    func damage(_ node: SimulatedNode, _ fault: DiskFault, for length: Int64?) throws {
        guard let disk = node.disk else {
            throw SimulationError(.storage, "node \(node.name) has no disk: give it `storage: disk`")
        }
        switch fault {
        case .full: beginFault(length, { _ in disk.isFull = true }) { _, _ in disk.isFull = false }
        case .lyingSync: beginFault(length, { _ in disk.liesOnSync = true }) { _, _ in disk.liesOnSync = false }
        case .inputOutputError:
            let kinds = StorageOperation.allCases
            let kind = kinds[Int(node.pace.number(in: 0...Int64(kinds.count - 1)))]
            disk.failNextOperations(Int(node.pace.number(in: 1...8)), kind: kind)
        case .tornWrite: crash(node, .powerLost, at: .write)
        case .bitRot:
            let bits = disk.rot(bits: 1).map(\.description).joined(separator: " ")
            note(.remark, node.index, nil, "flipped \(bits)")
        }
    }
}
