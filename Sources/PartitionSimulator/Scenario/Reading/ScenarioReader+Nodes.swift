internal import Yams

extension ScenarioReader {
    /// What happens to nodes and members.
    mutating func nodeAction(_ verb: String, _ mapping: ScenarioMapping) -> ScenarioAction? {
        switch verb {
        case "join": return join(mapping)
        case "attack": return attack(mapping)
        default: break
        }
        guard let name = mapping.value(verb, nodeName) else {
            // What else is wrong with it is worth telling too.
            _ = nodeFault(verb, "", mapping)
            return nil
        }
        return nodeFault(verb, name, mapping)
    }

    private func nodeFault(_ verb: String, _ name: String, _ mapping: ScenarioMapping) -> ScenarioAction? {
        switch verb {
        case "kill": return kill(name, mapping)
        case "restart": return .restart(name)
        case "restart-loop":
            let times = mapping.value("times", .number(1...1_000))
            guard let every = mapping.value("every", .span(least: 1)), let times else { return nil }
            return .restartLoop(name, times: times, every: every)
        case "pause": return mapping.value("for", .span(least: 1)).map { .pause(name, for: $0) }
        case "clock": return clock(name, mapping)
        case "disk":
            let length = mapping.optional("for", .span(least: 1))
            requireDisk(name, verb, mapping)
            return mapping.value("fault", .anyCase).map { .disk(name, $0, for: length) }
        case "backup":
            requireDisk(name, verb, mapping)
            return .backup(name)
        case "restore":
            requireDisk(name, verb, mapping)
            return .restore(name)
        default:
            requireDisk(name, verb, mapping)
            return mapping.value("as", newNodeName).map { .clone(name, as: $0) }
        }
    }

    private func requireDisk(_ name: String, _ key: String, _ mapping: ScenarioMapping) {
        if name.isEmpty || disks.contains(name) { return }
        mapping.fail(
            key, "expected a node with a disk, found `\(name)`, which is in memory: say `storage: disk` for it or for the file")
    }

    private func kill(_ name: String, _ mapping: ScenarioMapping) -> ScenarioAction? {
        let point = mapping.optional("when", .anyCase) ?? KillPoint.now
        let death = mapping.optional("death", .word(Death.allCases.map { ($0.word, $0) })) ?? .killed
        if death == .powerLost { requireDisk(name, "kill", mapping) }
        return .kill(name, death, point)
    }

    private func clock(_ name: String, _ mapping: ScenarioMapping) -> ScenarioAction? {
        let length = mapping.optional("for", .span(least: 1))
        let kinds = ["jump", "drift", "frozen"].filter(mapping.has)
        guard kinds.count == 1 else {
            let found = kinds.isEmpty ? "none" : kinds.joined(separator: " and ")
            mapping.fail("clock", "expected one of jump: +1d, drift: 500ppm, frozen: yes; found \(found)")
            return nil
        }
        let fault: ClockFault?
        switch kinds[0] {
        case "jump": fault = mapping.value("jump", .signedSpan).map { .jump($0) }
        case "drift":
            let expected = "parts in a million such as 500ppm or -200ppm, at most 500000ppm"
            let drift = ScenarioTerm<Int64>(expected: expected) { text in
                guard text.hasSuffix("ppm"), let number = Int64(text.dropLast(3)), abs(number) <= 500_000 else { return nil }
                return number
            }
            fault = mapping.value("drift", drift).map { .drift($0) }
        default:
            fault = mapping.value("frozen", .word([("yes", ClockFault.frozen), ("true", .frozen)], "yes"))
        }
        return fault.map { .clock(name, $0, for: length) }
    }

    private mutating func join(_ mapping: ScenarioMapping) -> ScenarioAction? {
        let through = mapping.value("through", nodeName)
        guard let node = mapping.node("join", expected: "a node such as {name: laptop, kind: laptop}"),
            let joiner = participant(node, "join"), let through
        else { return nil }
        if through == joiner.name {
            mapping.fail("through", "expected a member that invites, found the node that joins")
            return nil
        }
        return .join(joiner, through: through)
    }

    private mutating func attack(_ mapping: ScenarioMapping) -> ScenarioAction? {
        let faults = Fault.allCases.filter { $0.group == "adversary" || $0 == .mixedVersions }
        let fault = mapping.value("attack", .word(faults.map { ($0.rawValue, $0) }))
        let by = mapping.value("by", nodeName)
        let against = mapping.optional("against", nodeName)
        if let by, by == against { mapping.fail("against", "expected another node than `by`, found `\(by)`") }
        guard let fault, let by else { return nil }
        if let waitsFor = fault.notYet { notYet(mapping.place(of: "attack"), "attack: \(fault.rawValue)", waitsFor) }
        if fault.isOfRelay { return lie(fault, by: by, against: against, mapping) }
        if mapping.has("for") { mapping.fail("for", "expected no length, as it happens at once: only what a relay does lasts") }
        return .attack(fault, by: by, against: against)
    }

    /// What a relay does that it should not.
    private func lie(_ fault: Fault, by relay: String, against victim: String?, _ mapping: ScenarioMapping) -> ScenarioAction? {
        if !relays.contains(relay) { mapping.fail("by", "expected a node of `kind: relay`, found `\(relay)`") }
        if fault.showsEarlierState { requireDisk(relay, "by", mapping) }
        if fault == .relayWithholds && victim == nil {
            mapping.fail("attack", "expected `against` with the node from which it keeps back, found nothing")
        }
        if fault == .relayRollsBack && mapping.has("for") {
            mapping.fail("for", "expected no length: it happens at once")
        }
        return .lie(fault, by: relay, against: victim, for: mapping.optional("for", .span(least: 1)))
    }

    /// What an administrator's node does about members and keys.
    mutating func membership(_ verb: String, _ mapping: ScenarioMapping) -> ScenarioAction? {
        let through = mapping.value("through", nodeName)
        let deed: MembershipDeed?
        switch verb {
        case "rotate": deed = mapping.value(verb, .word([("epoch", MembershipDeed.rotate)], "epoch"))
        case "recover": deed = mapping.value(verb, .word([("administrator", MembershipDeed.recover)], "administrator"))
        case "revoke": deed = mapping.value(verb, nodeName).map { .revoke($0) }
        case "retire": deed = mapping.value(verb, nodeName).map { .retire($0) }
        default: deed = mapping.value(verb, nodeName).map { .promote($0) }
        }
        guard let deed, let through else { return nil }
        return .administer(deed, through: through)
    }
}

extension Death {
    /// The word of scenario files.
    var word: String { self == .powerLost ? "power-lost" : "killed" }
}
