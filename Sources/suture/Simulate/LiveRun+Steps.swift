import NodeService
import PartitionSimulator

// What is done to processes and links, and what people do.
extension LiveRun {
    /// Does one step.
    func perform(_ step: LivePlan.Step) async throws {
        let fault = step.fault ?? 0
        switch step.action {
        case .cut(let pairs):
            group.network.cut(pairs, by: fault)
            note(.cut, pairs)
            announce(fault, "cut of \(Self.names(pairs))")
        case .cutOneWay(let from, let to):
            group.network.cutOneWay(from: from, to: to, by: fault)
            journal.note(.cut, number(from), number(to), "one-way")
            announce(fault, "one-way cut: nothing from \(from) reaches \(to)")
        case .patch(let pairs, let patch):
            group.network.patch(pairs, patch, by: fault)
            for pair in pairs { journal.note(.fault, number(pair.one), number(pair.other), "conditions") }
            announce(fault, "\(Self.words(patch)) on \(Self.names(pairs))")
        case .jam(let pairs):
            group.network.jam(pairs, by: fault)
            for pair in pairs { journal.note(.fault, number(pair.one), number(pair.other), "jam") }
            announce(fault, "jam of \(Self.names(pairs))")
        case .halfOpen(let gone, let believing):
            group.network.halfOpen(gone: gone, believing: believing, by: fault)
            journal.note(.fault, number(gone), number(believing), "half-open")
            journal.say("half-open: \(gone) has lost the connection, \(believing) believes in it", .warning)
        case .mend:
            group.network.end(fault)
            journal.say("over for now: \(titles[fault] ?? "")", .accent)
        case .heal(let pairs):
            group.network.heal(pairs)
            note(.healed, pairs)
            journal.say("healed: \(Self.names(pairs))", .accent)
        case .end: end(fault)
        case .deed(let deed): try await perform(deed, line: step.line)
        case .settle: try await settle()
        case .kill, .start, .pause, .fillDisk, .join: try await performOnNode(step.action, fault)
        }
    }

    private func performOnNode(_ action: LiveAction, _ fault: Int) async throws {
        switch action {
        case .kill(let name):
            let node = try group.node(name)
            guard node.shouldRun else { return journal.say("\(name) is down already") }
            node.kill()
            journal.add(.stopped, node.number, "\(name) is killed", .warning)
        case .start(let name): try await start(try group.node(name))
        case .pause(let name):
            let node = try group.node(name)
            node.process.pause()
            paused[fault] = name
            journal.add(.paused, node.number, "\(name) hangs", .warning)
        case .fillDisk(let name):
            let node = try group.node(name)
            guard let disk = node.disk else {
                return journal.add(.remark, node.number, "the disk of \(name) cannot be filled here")
            }
            disk.fill()
            filled[fault] = name
            journal.add(.fault, node.number, "the disk of \(name) is full", .warning)
        case .join(let participant, let sponsor):
            await join(try group.node(participant.name), through: try group.node(sponsor))
        default: break
        }
    }

    /// Starts a node that is down. One that does not start on what it kept is a violation.
    func start(_ node: LiveNode) async throws {
        guard node.hasJoined, node.process.pid == nil else { return }
        do {
            try await node.start()
            journal.add(.started, node.number, "\(node.name) runs again", .accent)
        } catch let error as DemoError {
            // On a full disk it may refuse; it starts when there is room.
            if filled.values.contains(node.name) { return journal.say("\(node.name) does not start on its full disk") }
            violate(.durability, node, "it does not start on what it kept: \(error)")
        }
    }

    private func join(_ node: LiveNode, through sponsor: LiveNode) async {
        guard sponsor.canAnswer else { return journal.say("\(node.name) cannot join: \(sponsor.name) does not answer") }
        do {
            try await group.join(node, through: sponsor)
            journal.add(.started, node.number, "\(node.name) joins, invited at \(sponsor.name)", .accent)
        } catch {
            journal.add(.remark, node.number, "\(node.name) did not join: \(CommandFailure(error).message)")
        }
    }

    private func end(_ fault: Int) {
        guard !ended.contains(fault) else { return }
        ended.insert(fault)
        group.network.end(fault)
        if let name = paused.removeValue(forKey: fault) {
            guard !paused.values.contains(name), let node = group.find(name) else { return }
            node.process.resume()
            journal.add(.resumed, node.number, "\(name) goes on", .accent)
        } else if let name = filled.removeValue(forKey: fault) {
            guard !filled.values.contains(name), let node = group.find(name) else { return }
            node.disk?.free()
            journal.add(.fault, node.number, "the disk of \(name) has room again", .accent)
        } else {
            journal.say("over: \(titles[fault] ?? "")", .accent)
        }
    }

    /// Says that a fault of the network begins, and keeps its words for its end.
    private func announce(_ fault: Int, _ words: String) {
        titles[fault] = words
        journal.say(words, .warning)
    }

    /// Ends every fault and starts what is down.
    func endFaults() async throws {
        ended.formUnion(begun)
        group.network.healAll()
        for node in group.nodes {
            node.disk?.free()
            node.process.resume()
        }
        paused = [:]
        filled = [:]
        for node in group.members { try await start(node) }
    }

    // MARK: People

    private func perform(_ deed: Deed, line: Int) async throws {
        let node = try group.node(deed.node)
        let who = deed.actor.map { " by \($0)" } ?? ""
        let what = "\(deed.node): \(deed.verb.rawValue)\(deed.thread.isEmpty ? "" : " ")\(deed.thread)\(who)"
        guard node.canAnswer else {
            journal.say("\(what): \(deed.node) does not answer")
            summary.refused["no-answer", default: 0] += 1
            return
        }
        for _ in 0..<max(1, deed.times) {
            do {
                let changeSet = try await deeds.perform(deed, at: node.process)
                journal.add(.deed, node.number, what + (changeSet == nil ? "" : ": done")) { entry in
                    entry.changeSet = changeSet
                    entry.thread = deed.thread
                }
                if case .refused(let code) = deed.expected {
                    miss("line \(line): \(deed.verb.rawValue) was done, but \(code ?? "a refusal") was expected", node)
                }
            } catch let failure as ControlFailure {
                refused(deed, what, failure, line, node)
            } catch let skipped as LiveDeeds.Skipped {
                journal.say("\(what): \(skipped.reason)")
                summary.refused["skipped", default: 0] += 1
                if deed.expected == .done {
                    miss("line \(line): \(deed.verb.rawValue) could not be tried: \(skipped.reason)", node)
                }
            } catch let error as NodeServiceError {
                journal.say("\(what): \(error)")
                watch()
                if node.shouldRun {
                    let why = error.code == .timedOut ? "not in time" : "\(error)"
                    violate(.availability, node, "it does not answer people: \(why)")
                }
            }
        }
    }

    private func refused(_ deed: Deed, _ what: String, _ failure: ControlFailure, _ line: Int, _ node: LiveNode) {
        summary.refused[failure.code, default: 0] += 1
        journal.add(.deed, node.number, "\(what): refused, \(failure.code)", .warning) { entry in
            entry.refusal = failure.code
            entry.thread = deed.thread
        }
        switch deed.expected {
        case .done: miss("line \(line): \(deed.verb.rawValue) was refused: \(failure.code)", node)
        case .refused(let expected?) where expected != failure.code:
            miss("line \(line): \(deed.verb.rawValue) was refused with \(failure.code), and \(expected) was expected", node)
        default: break
        }
    }

    private func miss(_ message: String, _ node: LiveNode) { violate(nil, node, message) }

    // MARK: Words

    private func number(_ name: String) -> Int? { group.nodes.first { $0.name == name }?.number }

    private func note(_ kind: TraceEntry.Kind, _ pairs: [LivePair]) {
        for pair in pairs { journal.note(kind, number(pair.one), number(pair.other)) }
    }

    private static func names(_ pairs: [LivePair]) -> String {
        let shown = pairs.prefix(6).map { "\($0.one)-\($0.other)" }.joined(separator: ", ")
        return pairs.count > 6 ? "\(shown) and \(pairs.count - 6) more" : shown
    }

    private static func words(_ patch: LinkPatch) -> String {
        func share(_ name: String, _ value: Int?) -> String? { value.map { "\(name) \(Double($0) / 10_000)%" } }
        let parts = [
            patch.delay.map { "delay \($0.lowerBound)-\($0.upperBound)ms" }, share("loss", patch.loss),
            share("corruption", patch.corruption), share("truncation", patch.truncation),
            patch.bandwidth.map { $0 == 0 ? "no limit" : "\($0) bytes a second" },
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }
}
