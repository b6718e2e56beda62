extension ScenarioEvent {
    /// The event as one line of a file.
    func text(usual: Scenario.Storage) -> String {
        var text = FlowText()
        text.add("at", SpanText.text(at))
        switch action {
        case .deed(let deed): deed.add(to: &text)
        case .partition, .shape, .cut, .isolate, .heal, .conditions, .jam, .halfOpen, .flap, .swizzle, .replay:
            action.addNetwork(to: &text)
        default: action.addNode(to: &text, usual: usual)
        }
        if let shows { text.add("shows", shows.rawValue) }
        return text.text
    }
}

extension ScenarioAction {
    fileprivate func addNetwork(to text: inout FlowText) {
        switch self {
        case .partition(let parts, _): text.add("partition", FlowText.list(parts.map(FlowText.list)))
        case .shape(let shape, _): text.add("partition", shape.rawValue)
        case .cut(let one, let other, let oneWay, _): text.add(oneWay ? "one-way" : "cut", FlowText.list([one, other]))
        case .isolate(let name, _): text.add("isolate", name)
        case .heal(let scope): text.add("heal", scope.text)
        case .conditions(let scope, let patch, _): text.add("links", patch.text(scope))
        case .jam(let scope, _): text.add("jam", scope.text)
        case .halfOpen(let one, let other): text.add("half-open", FlowText.list([one, other]))
        case .flap(let scope, let interval, _):
            text.add("flap", scope.text)
            text.add("every", span: interval)
        case .swizzle: text.add("swizzle", "all")
        case .replay(let scope, let age, let count, let otherSession):
            text.add("replay", scope.text)
            if age > 0 { text.add("age", span: age) }
            text.add("count", "\(count)")
            if otherSession { text.add("session", "other") }
        default: break
        }
        text.add("for", span: length)
    }

    fileprivate func addNode(to text: inout FlowText, usual: Scenario.Storage) {
        switch self {
        case .kill(let name, let death, let point):
            text.add("kill", name)
            if point != .now { text.add("when", point.rawValue) }
            if death != .killed { text.add("death", death.word) }
        case .restart(let name): text.add("restart", name)
        case .restartLoop(let name, let times, let interval):
            text.add("restart-loop", name)
            text.add("times", "\(times)")
            text.add("every", span: interval)
        case .pause(let name, let length):
            text.add("pause", name)
            text.add("for", span: length)
        case .clock(let name, let fault, let length):
            text.add("clock", name)
            switch fault {
            case .jump(let by): text.add("jump", SpanText.signedText(by))
            case .drift(let partsPerMillion): text.add("drift", "\(partsPerMillion)ppm")
            case .frozen: text.add("frozen", "yes")
            }
            text.add("for", span: length)
        case .disk(let name, let fault, let length):
            text.add("disk", name)
            text.add("fault", fault.rawValue)
            text.add("for", span: length)
        case .backup(let name): text.add("backup", name)
        case .restore(let name): text.add("restore", name)
        case .clone(let name, let copy):
            text.add("clone", name)
            text.add("as", copy)
        case .join(let node, let through):
            text.add("join", node.text(usual: usual))
            text.add("through", through)
        case .administer(let deed, let through):
            text.add(deed.words.verb, deed.words.object)
            text.add("through", through)
        case .attack(let fault, let attacker, let victim):
            text.add("attack", fault.rawValue)
            text.add("by", attacker)
            if let victim { text.add("against", victim) }
        case .lie(let fault, let relay, let victim, let length):
            text.add("attack", fault.rawValue)
            text.add("by", relay)
            if let victim { text.add("against", victim) }
            text.add("for", span: length)
        default: text.add("settle", "all")
        }
    }
}

extension Deed {
    /// Adds the deed's keys in the order in which people read them.
    fileprivate func add(to text: inout FlowText) {
        text.add("node", node)
        text.add("do", verb.rawValue)
        if verb.needsThread { text.add("thread", thread) }
        if let patient { text.add("patient", "\(patient)") }
        if verb == .open {
            if let value { text.add("category", value) }
            if let to { text.add("office", to) }
        } else {
            if let actor { text.add("as", actor) }
            if let to { text.add("to", to) }
            if let value { text.add("value", scalar: value) }
        }
        if page != .fresh { text.add("page", page.rawValue) }
        if times != 1 { text.add("times", "\(times)") }
        switch expected {
        case .done: text.add("expect", "done")
        case .refused(let code): text.add("expect", code ?? "refused")
        case nil: break
        }
    }
}
