import Causality
import InboxModel
import OfficeNode
import ReplicaStore

extension SimulationRun {
    /// Lets an event happen. Throws `SimulationError` for what makes no sense in this group.
    func perform(_ event: ScenarioEvent) throws {
        cover(event)
        // What lasts disturbs until it ends.
        disturbedAt = max(disturbedAt ?? .min, group.now + (event.action.length ?? 0))
        if case .deed(let deed) = event.action { return try perform(deed, line: event.line) }
        if case .settle = event.action { return settle() }
        remark(event)
        if try performOnNetwork(event.action) { return }
        do { try performOnNode(event.action) } catch let error as ReplicaStoreError {
            // A disk that fails, or what it lost, keeps a node from starting. What must hold then is checked by the invariants.
            note("\(event.action.words): \(error)")
        } catch let error as NodeError {
            note("\(event.action.words): \(error)")
        }
    }

    private func cover(_ event: ScenarioEvent) {
        let faults = [event.shows, event.shows == nil ? event.action.fault : nil].compactMap { $0 }
        if faults.isEmpty && !event.action.isTurningPoint { return }
        let phase = group.phase
        for fault in faults { summary.coverage.add(fault, in: phase) }
        for fault in lasting { summary.coverage.add(fault, in: phase) }
    }

    private func remark(_ event: ScenarioEvent) {
        // An adversary tells of each frame itself.
        if case .attack = event.action { return }
        let numbers = event.action.nodeNames.map { name in group.nodes.firstIndex { $0.name == name } }
        group.note(
            .fault, numbers.first ?? nil, numbers.dropFirst().first ?? nil, event.action.words,
            until: event.action.length.map { group.now + $0 })
    }

    // MARK: The network

    private func performOnNetwork(_ action: ScenarioAction) throws -> Bool {
        switch action {
        case .partition(let parts, let length): group.cut(try pairs(between: parts), for: length)
        case .shape(let shape, let length):
            let members = group.nodes.filter(\.hasJoined).map(\.index)
            group.cut(shape.cuts(members.count).map { NodePair(members[$0.0], members[$0.1]) }, for: length)
        case .cut(let one, let other, let oneWay, let length):
            let ends = (try node(one), try node(other))
            if oneWay {
                group.cutOneWay(from: ends.0, to: ends.1, for: length)
            } else {
                group.cut([NodePair(ends.0.index, ends.1.index)], for: length)
            }
        case .isolate(let name, let length):
            let index = try node(name).index
            group.cut(group.nodes.filter { $0.index != index }.map { NodePair($0.index, index) }, for: length)
        case .heal(let scope):
            for link in try group.links(scope) { group.mend(link.pair, nil) }
        case .conditions(let scope, let patch, let length): group.patch(try group.links(scope), patch, for: length)
        case .jam(let scope, let length): group.jam(try group.links(scope), for: length)
        case .halfOpen(let one, let other): group.halfOpen(try node(one), try node(other))
        case .flap(let scope, let interval, let length): group.flap(try group.links(scope), every: interval, for: length)
        case .swizzle(let length): group.swizzle(for: length)
        case .replay(let scope, let age, let count, let otherSession):
            _ = group.replay(try group.links(scope), age: age, count: count, otherSession: otherSession)
        default: return false
        }
        return true
    }

    private func pairs(between parts: [[String]]) throws -> [NodePair] {
        let numbers = try parts.map { try $0.map { try node($0).index } }
        var pairs: [NodePair] = []
        for (place, part) in numbers.enumerated() {
            for other in numbers[(place + 1)...] {
                for one in part { for two in other { pairs.append(NodePair(one, two)) } }
            }
        }
        return pairs
    }

    // MARK: Nodes

    private func performOnNode(_ action: ScenarioAction) throws {
        switch action {
        case .kill(let name, let death, let point): group.crash(try node(name), death, at: point)
        case .restart(let name): group.startAgain(try node(name))
        case .restartLoop(let name, let times, let interval):
            group.restartOverAndOver(try node(name), times: times, every: interval)
        case .pause(let name, let length): group.pause(try node(name), for: length)
        case .clock(let name, let fault, let length): group.setClock(of: try node(name), fault, for: length)
        case .disk(let name, let fault, let length): try group.damage(try node(name), fault, for: length)
        case .backup(let name): try group.backUp(try node(name))
        case .restore(let name): try group.restoreBackup(try node(name))
        case .clone(let name, let clone):
            recorder?.add(RunRecord.Participant(name: clone, kind: try node(name).kind.name))
            try group.clone(try node(name), as: clone)
        case .join(let participant, let sponsor): try join(participant, through: try node(sponsor))
        case .administer(let deed, let name): try administer(deed, at: try node(name))
        case .attack(.revokedBackdating, let attacker, _): try backdate(at: try node(attacker))
        case .lie(let fault, let relay, let victim, let length):
            try lie(fault, by: try node(relay), against: try victim.map { try node($0) }, for: length)
        case .attack(let fault, let attacker, let victim):
            let victims = try victim.map { [try node($0)] } ?? group.nodes.filter { $0.name != attacker && $0.isRunning }
            let adversary = Adversary(group: group, attacker: try node(attacker))
            for victim in victims where victim.name != attacker { try adversary.attack(victim, by: fault) }
        default: break
        }
    }

    private func join(_ participant: Scenario.Participant, through sponsor: SimulatedNode) throws {
        recorder?.add(RunRecord.Participant(name: participant.name, kind: participant.kind.name))
        guard sponsor.isResponsive else { return note("\(participant.name) cannot join: \(sponsor.name) does not answer") }
        let office = participant.kind == .office ? deeds?.practice.offices.first { $0.key == participant.name }?.id : nil
        do {
            let node = try group.join(
                participant.name, kind: participant.kind, office: office, invitedBy: sponsor,
                onDisk: participant.storage == .disk, skew: participant.skew)
            node.refuseAfter = participant.refuseAfter
            node.laptopScope = participant.holds.map { LaptopScope(age: $0) }
            try group.remember(node)
        } catch let error as SimulationError where error.code != .unknownName {
            // Joining can fail as it can in life: the line to the sponsor is cut, the sponsor dies.
            note("\(participant.name) did not join: \(error)")
        }
    }

    /// A relay does what it should not.
    private func lie(_ fault: Fault, by relay: SimulatedNode, against victim: SimulatedNode?, for length: Int64?) throws {
        guard relay.isResponsive else { return note("\(relay.name) cannot lie: it does not answer") }
        switch fault {
        case .relayRollsBack: try group.rollBack(relay)
        case .relayWithholds:
            guard let victim, victim.index != relay.index else { return }
            let name = "\(relay.name)-mask-\(group.nodes.count)"
            recorder?.add(RunRecord.Participant(name: name, kind: relay.kind.name))
            try group.withhold(relay, from: victim, as: name, for: length)
        default: group.disturb(relay, towards: victim, by: fault, for: length)
        }
    }

    /// Whoever holds a device that was removed sets its clock back and writes on, as if it had been before.
    private func backdate(at node: SimulatedNode) throws {
        guard node.isResponsive else { return note("\(node.name) cannot backdate: it does not answer") }
        group.note(.fault, node.index, nil, Fault.revokedBackdating.rawValue)
        group.setClock(of: node, .jump(-86_400_000), for: 60_000)
        do {
            _ = try group.submit(.putPatient(nil, PatientDetails(name: "Nobody"), shown: nil), at: node)
        } catch let error as SimulationError where error.code == .nodeDown {
            note("\(node.name) cannot backdate: \(error)")
        }
    }

    private func administer(_ deed: MembershipDeed, at node: SimulatedNode) throws {
        guard node.isResponsive else { return note("\(deed.words.verb) at \(node.name): the node does not answer") }
        let member = try deed.member.map { try self.node($0).identity.member }
        do {
            guard case .failure(let refusal) = try group.administer(deed, member: member, at: node) else { return }
            summary.refused[refusal.code.scenarioName, default: 0] += 1
            note("\(deed.words.verb) at \(node.name): \(refusal)")
        } catch let error as SimulationError where error.code == .nodeDown {
            note("\(deed.words.verb) at \(node.name): \(error)")
        }
    }

    /// Ends all faults, starts what is down, lets the rounds pass in which replicas must become equal, and checks everything.
    private func settle() {
        note("all faults end")
        group.endFaults()
        for node in group.nodes { group.startAgain(node) }
        pass(until: group.now + Int64(plan.expectations.rounds) * Expectations.round)
        checkComponents()
    }

    // MARK: People

    private func perform(_ deed: Deed, line: Int) throws {
        let node = try node(deed.node)
        guard node.isResponsive else {
            if deed.expected == .done { miss("line \(line): \(deed.verb.rawValue): the node does not answer", at: deed.node) }
            return note("\(deed.verb.rawValue) at \(deed.node): the node does not answer")
        }
        guard let deeds else { return }
        var deed = deed
        // Patients write in their own threads only.
        if deed.verb == .patientMessage { deed.patient = threadPatients[deed.thread] }
        let actor = try deeds.actor(of: deed)
        let page = "\(deed.actor ?? "patient") \(deed.node) \(deed.thread)"
        if deed.verb == .look {
            pages[page] = try threads[deed.thread].flatMap { try node.store.reader.state(of: $0)?.clock }
            return
        }
        do {
            for _ in 0..<max(1, deed.times) {
                let shown = deed.page == .looked ? pages[page] : nil
                guard
                    let command = try deeds.command(
                        of: deed, at: node, threads: threads, shown: shown, now: node.clock.reading(at: group.now))
                else { return }
                try takeScene(of: deed, line: line, command, actor, at: node)
                take(try group.submit(command, at: node, by: actor), of: deed, line: line, at: node)
            }
        } catch let skipped as DeedCommand.Skipped {
            note("\(deed.verb.rawValue) at \(deed.node): \(skipped.reason)")
            summary.refused["skipped", default: 0] += 1
            if deed.expected == .done { miss("line \(line): \(deed.verb.rawValue) could not be tried: \(skipped.reason)", at: deed.node) }
        } catch let error as SimulationError where error.code == .nodeDown {
            note("\(deed.verb.rawValue) at \(deed.node): \(error)")
        } catch let error as ReplicaStoreError {
            // The disk is at fault; what must hold then is checked by the invariants.
            note("\(deed.verb.rawValue) at \(deed.node): \(error.code)")
        }
    }

    private func take(
        _ result: Result<CommandOutcome, CommandRefusal>, of deed: Deed, line: Int, at node: SimulatedNode
    ) {
        var entry = TraceEntry(at: group.now, kind: .deed, node: node.index, text: deed.words)
        entry.thread = deed.thread
        switch result {
        case .success(let outcome):
            if deed.verb == .open, threads[deed.thread] == nil, let thread = outcome.thread {
                threads[deed.thread] = thread
                recorder?.threadNames["\(thread)"] = deed.thread
            }
            entry.changeSet = outcome.dot?.description
            if case .refused(let code) = deed.expected {
                miss("line \(line): \(deed.verb.rawValue) was done, but \(code ?? "a refusal") was expected", at: node.name)
            }
        case .failure(let refusal):
            refusals[line] = refusal
            let code = refusal.code.scenarioName
            summary.refused[code, default: 0] += 1
            entry.refusal = code
            switch deed.expected {
            case .done: miss("line \(line): \(deed.verb.rawValue) was refused: \(refusal)", at: node.name)
            case .refused(let expected?) where expected != code:
                miss("line \(line): \(deed.verb.rawValue) was refused with \(code), and \(expected) was expected", at: node.name)
            default: break
            }
        }
        recorder?.add(entry)
    }

    // MARK: -

    func node(_ name: String) throws -> SimulatedNode { try group.node(named: name) }

    func note(_ text: String) { recorder?.add(TraceEntry(at: group.now, kind: .remark, text: text)) }

    func miss(_ message: String, at node: String?) {
        expectationsMissed.append(Violation(nil, at: group.now - plan.start, node: node, message))
    }
}

extension CommandRefusal.Code {
    /// The code as scenario files write it: `notAllowed` is `not-allowed`.
    var scenarioName: String {
        rawValue.reduce(into: "") { text, letter in
            if letter.isUppercase { text += "-" + letter.lowercased() } else { text.append(letter) }
        }
    }
}
