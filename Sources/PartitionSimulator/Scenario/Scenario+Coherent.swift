import OfficeNode

extension Scenario {
    /// The scenario without what makes no sense any more after nodes or events were taken out of it or times were shortened: events
    /// after its end and at nodes that are not there, disk faults of nodes in memory, deeds on threads that nobody opens, pages that
    /// nobody looked at, restores without a backup. Faults end with the story.
    ///
    /// What is left can be written and read again. Cutting a plan down goes through here after each cut.
    public var coherent: Scenario {
        var result = self
        var group = NodesAtHand(nodes)
        var opened: Set<String> = []
        var looks: Set<ScenarioOrder.Look> = []
        let offices = Set(nodes.filter { $0.kind == .office }.map(\.name))
        result.events = events.compactMap { event in
            var event = event
            guard event.action.end(within: duration - event.at), event.action.keepOnly(&group) else { return nil }
            guard case .deed(var deed) = event.action else { return event }
            let isKnown = !deed.verb.needsThread || deed.verb == .open || opened.contains(deed.thread)
            guard isKnown, deed.names(offices) else { return nil }
            if deed.verb.namesThread, let target = deed.to, !opened.contains(target) { return nil }
            if deed.verb == .open && !opened.insert(deed.thread).inserted { return nil }
            if deed.verb == .look { looks.insert(ScenarioOrder.Look(deed)) }
            if deed.page == .looked && !looks.contains(ScenarioOrder.Look(deed)) { deed.page = .fresh }
            deed.patient = deed.patient.map { min($0, patients - 1) }
            event.action = .deed(deed)
            return event
        }
        result.expectations = expectations.kept(threads: opened, nodes: group.names, offices: offices, patients: patients)
        return result
    }
}

/// The nodes that are there at a moment of a story, and what happened to them that later events build on.
private struct NodesAtHand {
    private(set) var names: Set<String>
    private(set) var disks: Set<String>
    private(set) var relays: Set<String>
    private var backedUp: Set<String> = []

    init(_ nodes: [Scenario.Participant]) {
        names = Set(nodes.map(\.name))
        disks = Set(nodes.filter { $0.storage == .disk }.map(\.name))
        relays = Set(nodes.filter { $0.kind == .relay }.map(\.name))
    }

    /// A node comes to the group. False where its name is taken.
    mutating func add(_ node: Scenario.Participant) -> Bool {
        guard names.insert(node.name).inserted else { return false }
        if node.storage == .disk { disks.insert(node.name) }
        if node.kind == .relay { relays.insert(node.name) }
        return true
    }

    mutating func backUp(_ name: String) -> Bool {
        guard disks.contains(name) else { return false }
        backedUp.insert(name)
        return true
    }

    func canRestore(_ name: String) -> Bool { backedUp.contains(name) }
}

extension ScenarioAction {
    /// Takes absent nodes out of the action; false where nothing is left of it. Adds nodes that it brings.
    fileprivate mutating func keepOnly(_ group: inout NodesAtHand) -> Bool {
        switch self {
        case .partition(let parts, let length):
            let kept = parts.map { $0.filter(group.names.contains) }.filter { !$0.isEmpty }
            self = .partition(kept, for: length)
            return kept.count > 1
        case .join(let node, let through): return group.names.contains(through) && group.add(node)
        case .clone(let name, let copy): return group.disks.contains(name) && group.add(.init(name: copy, storage: .disk))
        case .backup(let name): return group.backUp(name)
        case .restore(let name): return group.canRestore(name)
        case .disk(let name, _, _), .kill(let name, .powerLost, _): return group.disks.contains(name)
        case .lie(let fault, let relay, let victim, _):
            let isThere = victim.map(group.names.contains) ?? true
            return isThere && group.relays.contains(relay) && (!fault.showsEarlierState || group.disks.contains(relay))
        default: return nodeNames.allSatisfy(group.names.contains)
        }
    }

    /// Shortens what lasts longer than `left` milliseconds; false where it would have no time at all.
    fileprivate mutating func end(within left: Int64) -> Bool {
        guard left >= 0 else { return false }
        guard let length, length > left else { return true }
        switch self {
        case .partition(let parts, _): self = .partition(parts, for: left)
        case .shape(let shape, _): self = .shape(shape, for: left)
        case .cut(let one, let other, let oneWay, _): self = .cut(one, other, oneWay: oneWay, for: left)
        case .isolate(let name, _): self = .isolate(name, for: left)
        case .conditions(let scope, let patch, _): self = .conditions(scope, patch, for: left)
        case .jam(let scope, _): self = .jam(scope, for: left)
        case .flap(let scope, let interval, _): self = .flap(scope, every: interval, for: left)
        case .swizzle: self = .swizzle(for: left)
        case .pause(let name, _): self = .pause(name, for: left)
        case .clock(let name, let fault, _): self = .clock(name, fault, for: left)
        case .disk(let name, let fault, _): self = .disk(name, fault, for: left)
        case .lie(let fault, let relay, let victim, _): self = .lie(fault, by: relay, against: victim, for: left)
        case .restartLoop(let name, _, let interval):
            self = .restartLoop(name, times: Int(left / max(1, interval)), every: interval)
            return left >= interval
        default: return false
        }
        return left > 0
    }
}

extension Deed {
    /// Whether the people, queues and offices that the deed names are those of `offices`.
    fileprivate func names(_ offices: Set<String>) -> Bool {
        guard Self.exists(actor, offices) else { return false }
        switch verb {
        case .open, .move: return to.map(offices.contains) ?? true
        case .merge, .split: return true
        default: return Self.exists(to, offices)
        }
    }

    /// Whether there is a person or queue of that key in a practice of these offices.
    fileprivate static func exists(_ key: String?, _ offices: Set<String>) -> Bool {
        guard let key else { return true }
        for prefix in ["desk-", "surgeon-", "queue-"] where key.hasPrefix(prefix) {
            return offices.contains(String(key.dropFirst(prefix.count)))
        }
        return true
    }
}

extension Expectations {
    /// What is said of these threads, nodes and patients, and names nobody else than people of `offices`.
    fileprivate func kept(threads names: Set<String>, nodes: Set<String>, offices: Set<String>, patients count: Int) -> Expectations {
        var kept = self
        kept.threads = threads.filter { name, thread in
            let keys = [thread.owner].compactMap { $0 } + (thread.contested ?? []) + (thread.drafts ?? [])
            return names.contains(name) && keys.allSatisfy { Deed.exists($0, offices) } && thread.office.map(offices.contains) ?? true
        }
        kept.patients = patients.filter { $0.key < count }
        kept.warnings = warnings.filter { nodes.contains($0.key) }
        kept.letGo = letGo.filter { nodes.contains($0.key) }.mapValues { $0.filter(names.contains) }.filter { !$0.value.isEmpty }
        kept.notices = notices.filter { nodes.contains($0.key) }
        return kept
    }
}
