extension ScenarioReader {
    /// What people will be able to do, and what it waits for.
    private static let deedsNotYet: [(name: String, fault: Fault)] = [
        ("remind", .withdrawalMeetsReminder),
    ]

    /// Something that somebody does; nil where there is a mistake or it is not built yet.
    mutating func deed(_ mapping: ScenarioMapping) -> ScenarioAction? {
        let node = mapping.value("node", nodeName)
        if let entry = Self.deedsNotYet.first(where: { $0.name == mapping.text("do") }) {
            _ = mapping.value("thread", .threadName)
            _ = mapping.value("as", person)
            notYet(mapping.place(of: "do"), "do: \(entry.name)", entry.fault.notYet)
            return nil
        }
        let words = Deed.Verb.allCases.map { ($0.rawValue, $0) }
        var term = ScenarioTerm.word(words)
        term.words += Self.deedsNotYet.map(\.name)
        guard let verb = mapping.value("do", term) else { return nil }
        let known = mistakes.all.count
        var deed = Deed(verb, at: node ?? "", thread: "")
        mapping.allow(["at", "shows", "node", "do"] + keys(of: verb), in: "an event with `do: \(verb.rawValue)`")
        if verb.needsThread { deed.thread = mapping.value("thread", .threadName) ?? "" }
        if verb.mayLackActor {
            deed.actor = mapping.optional("as", person)
        } else {
            deed.actor = mapping.value("as", person)
        }
        if verb.needsPatient || mapping.has("patient") {
            let last = scenario.patients - 1
            deed.patient = mapping.value("patient", .number(0...last, "the number of a patient, from 0 to \(last)"))
        }
        readTarget(of: &deed, mapping)
        readValue(of: &deed, mapping)
        readManner(of: &deed, mapping)
        return mistakes.all.count > known || node == nil ? nil : .deed(deed)
    }

    /// The keys that belong to a verb beside `node` and `do`.
    private func keys(of verb: Deed.Verb) -> [String] {
        var keys: [String] = verb.needsThread ? ["thread"] : []
        if verb == .open { keys += ["patient", "category", "office"] }
        if verb.needsPatient { keys.append("patient") }
        if !verb.isByPatient { keys.append("as") }
        if verb.needsTarget || verb == .release { keys.append("to") }
        if verb.needsValue || [.editPatient, .hold, .releaseHold, .share].contains(verb) { keys.append("value") }
        if verb.hasPage { keys.append("page") }
        return keys + ["times", "expect"]
    }

    private func readTarget(of deed: inout Deed, _ mapping: ScenarioMapping) {
        switch deed.verb {
        case .open: deed.to = mapping.optional("office", officeName)
        case .offer, .assign: deed.to = mapping.value("to", owner)
        case .release: deed.to = mapping.optional("to", .name("the key of a queue", of: queueKeys))
        case .move: deed.to = mapping.value("to", officeName)
        case .merge, .split: deed.to = mapping.value("to", .threadName)
        case .leave, .share, .unshare: deed.to = mapping.value("to", person)
        default: break
        }
    }

    private func readValue(of deed: inout Deed, _ mapping: ScenarioMapping) {
        switch deed.verb {
        case .open: deed.value = mapping.optional("category", category)
        case .escalate: deed.value = mapping.value("value", .number(1...9)).map(String.init)
        case .tag, .untag: deed.value = mapping.value("value", .text("a label of one line"))
        case .hold, .releaseHold: deed.value = mapping.optional("value", .text("the token of a hold, of one line"))
        case .file: deed.value = mapping.value("value", category)
        case .priority: deed.value = mapping.value("value", .name("how pressing it is", of: Scenario.priorities))
        case .editPatient:
            deed.value = mapping.optional("value", .number(0...99, "two digits such as 17")).map { $0 < 10 ? "0\($0)" : "\($0)" }
        case .review, .consent: deed.value = mapping.value("value", .onOrOff).map { $0 ? "on" : "off" }
        case .share: deed.value = mapping.optional("value", .span(least: 1)).map(SpanText.text)
        case .due, .snooze: deed.value = mapping.value("value", .span(least: 1)).map(SpanText.text)
        default: break
        }
    }

    /// On which page, how often, and with what outcome.
    private func readManner(of deed: inout Deed, _ mapping: ScenarioMapping) {
        if deed.verb.hasPage { deed.page = mapping.optional("page", .anyCase) ?? .fresh }
        if deed.page == .looked && deed.actor == nil {
            mapping.fail("page", "expected `as` with the person who looked, found nothing")
        }
        deed.times = mapping.optional("times", .number(1...20)) ?? 1
        let refusals = Scenario.refusals.map { ($0, Deed.Outcome.refused($0)) }
        deed.expected = mapping.optional("expect", .word([("done", .done), ("refused", .refused(nil))] + refusals))
    }
}

extension Scenario {
    /// The categories of the sample practice.
    static let categoryKeys = ["scheduling", "medication"]
    /// How pressing threads can be.
    static let priorities = ["low", "normal", "high", "urgent"]
    /// The codes of `CommandRefusal`, as scenario files write them.
    static let refusals = [
        "not-found", "not-allowed", "conflict", "held", "invalid", "ahead", "storage", "waiting-for-key", "out-of-contact",
    ]
}
