import OfficeNode

import OfficeNode

extension Scenario {
    /// The scenario without what makes no sense any more after nodes or events were taken out of it: events at nodes that are not
    /// there, deeds on threads that nobody opens, pages that nobody looked at, restores without a backup.
    ///
    /// What is left can be written and read again. Cutting a plan down goes through here after each cut.
    public var coherent: Scenario {
        var result = self
        var present = Set(nodes.map(\.name))
        var opened: Set<String> = []
        var looks: Set<ScenarioOrder.Look> = []
        var backedUp: Set<String> = []
        let offices = Set(nodes.filter { $0.kind == .office }.map(\.name))
        result.events = events.compactMap { event in
            var event = event
            guard event.action.keepOnly(&present, backedUp) else { return nil }
            if case .backup(let name) = event.action { backedUp.insert(name) }
            guard case .deed(var deed) = event.action else { return event }
            let isKnown = !deed.verb.needsThread || deed.verb == .open || opened.contains(deed.thread)
            guard isKnown, deed.names(offices) else { return nil }
            if deed.verb == .merge, let target = deed.to, !opened.contains(target) { return nil }
            if deed.verb == .open && !opened.insert(deed.thread).inserted { return nil }
            if deed.verb == .look { looks.insert(ScenarioOrder.Look(deed)) }
            if deed.page == .looked && !looks.contains(ScenarioOrder.Look(deed)) { deed.page = .fresh }
            event.action = .deed(deed)
            return event
        }
        result.expectations = expectations.kept(threads: opened, nodes: present)
        return result
    }
}

extension ScenarioAction {
    /// Takes absent nodes out of the action; false where nothing is left of it. Adds nodes that it brings.
    fileprivate mutating func keepOnly(_ present: inout Set<String>, _ backedUp: Set<String>) -> Bool {
        switch self {
        case .partition(let parts, let length):
            let kept = parts.map { $0.filter(present.contains) }.filter { !$0.isEmpty }
            self = .partition(kept, for: length)
            return kept.count > 1
        case .join(let node, let through):
            return present.contains(through) && present.insert(node.name).inserted
        case .clone(let name, let copy):
            return present.contains(name) && present.insert(copy).inserted
        case .restore(let name): return backedUp.contains(name)
        default: return nodeNames.allSatisfy(present.contains)
        }
    }
}

extension Deed {
    /// Whether the people, queues and offices that the deed names are those of `offices`.
    fileprivate func names(_ offices: Set<String>) -> Bool {
        func exists(_ key: String?) -> Bool {
            guard let key else { return true }
            for prefix in ["desk-", "surgeon-", "queue-"] where key.hasPrefix(prefix) {
                return offices.contains(String(key.dropFirst(prefix.count)))
            }
            return true
        }
        guard exists(actor) else { return false }
        switch verb {
        case .open, .move: return to.map(offices.contains) ?? true
        case .merge: return true
        default: return exists(to)
        }
    }
}

extension Expectations {
    /// What is said of these threads and nodes.
    fileprivate func kept(threads names: Set<String>, nodes: Set<String>) -> Expectations {
        var kept = self
        kept.threads = threads.filter { names.contains($0.key) }
        kept.warnings = warnings.filter { nodes.contains($0.key) }
        kept.notices = notices.filter { nodes.contains($0.key) }
        return kept
    }
}
