internal import Yams

extension ScenarioReader {
    private static let threadKeys = [
        "status", "owner", "contested", "messages", "needs-reply", "flags", "tags", "priority", "category", "escalation", "drafts",
        "office",
    ]

    mutating func readExpectations(_ file: ScenarioMapping) {
        guard let node = file.node("expect"),
            let mapping = ScenarioMapping(node, "expect", mistakes: mistakes)
        else { return }
        mapping.allow(["converged-within", "thread", "patient", "warnings", "notices", "let-go", "violates"], in: "expect")
        var expectations = Expectations()
        let rounds = ScenarioTerm<Int>(expected: "a number of rounds such as 3 rounds") { text in
            let parts = text.split(separator: " ")
            guard parts.count == 2, parts[1] == "rounds" || parts[1] == "round" else { return nil }
            return ScenarioTerm<Int>.number(1...1_000).parse(String(parts[0]))
        }
        expectations.rounds = mapping.optional("converged-within", rounds) ?? expectations.rounds
        expectations.threads = threads(mapping)
        expectations.patients = patients(mapping)
        expectations.warnings = codes("warnings", mapping, .code("the code of a warning such as clock"))
        expectations.notices = codes("notices", mapping, .name("the kind of a notice", of: Scenario.noticeKinds))
        expectations.letGo = codes("let-go", mapping, .name("a thread that an event opens", of: openedThreads))
        expectations.violates = mapping.optional("violates", invariant)
        if let violates = expectations.violates, let waitsFor = violates.notYet {
            notYet(mapping.place(of: "violates"), "violates: \(violates.name)", waitsFor)
        }
        scenario.expectations = expectations
    }

    private var invariant: ScenarioTerm<Invariant> { .word(Invariant.allCases.map { ($0.name, $0) }) }

    private func threads(_ mapping: ScenarioMapping) -> [String: Expectations.Thread] {
        guard let node = mapping.node("thread"),
            let list = ScenarioMapping(node, "thread", mistakes: mistakes)
        else { return [:] }
        let opened = openedThreads
        var threads: [String: Expectations.Thread] = [:]
        for name in list.keys {
            guard let node = list.node(name), let fields = ScenarioMapping(node, "thread: \(name)", mistakes: mistakes)
            else { continue }
            if !opened.contains(name) {
                let meant = NearMiss.of(name, among: opened)
                mistakes.add(list.keyPlace(of: name), "thread: expected a thread that an event opens, found `\(name)`" + meant.hint)
            }
            threads[name] = thread(fields)
        }
        return threads
    }

    /// The names of threads that the file opens, in the order of time.
    private var openedThreads: [String] {
        scenario.events.compactMap { event in
            if case .deed(let deed) = event.action, deed.verb == .open { deed.thread } else { nil }
        }
    }

    private func thread(_ fields: ScenarioMapping) -> Expectations.Thread {
        fields.allow(Self.threadKeys, in: "thread")
        func names(_ key: String, _ term: ScenarioTerm<String>) -> [String]? {
            fields.has(key) ? fields.list(key, term, expected: "a list such as [a, b], or []") : nil
        }
        var thread = Expectations.Thread()
        thread.line = fields.place.line
        thread.status = fields.optional("status", .name("a status", of: Scenario.statuses))
        thread.owner = fields.optional("owner", owner)
        thread.contested = names("contested", owner)
        thread.messages = fields.optional("messages", .number(0...100_000))
        thread.needsReply = fields.optional("needs-reply", .yesOrNo)
        thread.flags = names("flags", .name("a flag", of: Scenario.flags))
        thread.tags = names("tags", .text("a label of one line")).map { $0.sorted() }
        thread.priority = fields.optional("priority", .name("how pressing it is", of: Scenario.priorities))
        thread.category = fields.optional("category", category)
        thread.escalation = fields.optional("escalation", .number(0...9))
        thread.drafts = names("drafts", person)
        thread.office = fields.optional("office", officeName)
        return thread
    }

    private func patients(_ mapping: ScenarioMapping) -> [Int: Expectations.Patient] {
        guard let node = mapping.node("patient"), let list = ScenarioMapping(node, "patient", mistakes: mistakes) else { return [:] }
        let last = scenario.patients - 1
        var patients: [Int: Expectations.Patient] = [:]
        for key in list.keys {
            guard let node = list.node(key), let fields = ScenarioMapping(node, "patient: \(key)", mistakes: mistakes) else { continue }
            guard let number = ScenarioTerm<Int>.number(0...last).parse(key) else {
                mistakes.add(list.keyPlace(of: key), "patient: expected the number of a patient, from 0 to \(last), found \(key.cited)")
                continue
            }
            fields.allow(["contested", "reminders"], in: "patient")
            var patient = Expectations.Patient()
            patient.isContested = fields.optional("contested", .yesOrNo)
            patient.reminders = fields.optional("reminders", .yesOrNo)
            patients[number] = patient
        }
        return patients
    }

    /// Lists of codes by node.
    private func codes(_ key: String, _ mapping: ScenarioMapping, _ term: ScenarioTerm<String>) -> [String: [String]] {
        guard let node = mapping.node(key),
            let list = ScenarioMapping(node, key, mistakes: mistakes)
        else { return [:] }
        list.allow(nodeNames, in: key)
        var codes: [String: [String]] = [:]
        for name in list.keys where nodeNames.contains(name) {
            codes[name] = list.list(name, term, expected: "a list such as [\(term.words.first ?? "clock")]")
        }
        return codes
    }

    // MARK: Invariants

    mutating func readInvariants(_ file: ScenarioMapping) {
        guard let node = file.node("invariants") else { return }
        let expected = "all, a list of invariants, or {except: [...]}"
        if node.scalar != nil {
            let term = ScenarioTerm.word([("all", Set(Invariant.allCases))], expected)
            scenario.invariants = file.read(node, "invariants", term) ?? scenario.invariants
        } else if node.sequence != nil {
            let named = file.list("invariants", invariant, expected: expected) ?? []
            for invariant in named {
                if let waitsFor = invariant.notYet {
                    notYet(file.place(of: "invariants"), "invariants: \(invariant.name)", waitsFor)
                }
            }
            scenario.invariants = Set(named)
        } else if let mapping = ScenarioMapping(node, "invariants", mistakes: mistakes) {
            mapping.allow(["except"], in: "invariants")
            let left = mapping.list("except", invariant, expected: "a list of invariants")
            scenario.invariants = Set(Invariant.allCases).subtracting(left ?? [])
        }
    }

    // MARK: Chance

    mutating func readWorkload(_ file: ScenarioMapping) {
        guard let node = file.node("workload") else { return }
        var workload = Workload()
        if node.scalar != nil {
            let term = ScenarioTerm.word([("usual", workload)], "usual, or settings such as {deeds-per-hour: 40}")
            scenario.workload = file.read(node, "workload", term)
            return
        }
        guard let mapping = ScenarioMapping(node, "workload", mistakes: mistakes) else { return }
        mapping.allow(
            ["messages-per-hour", "deeds-per-hour", "night-share", "stale-pages", "double-clicks", "hours"], in: "workload")
        let hours = ScenarioTerm<ClosedRange<Int>>(expected: "opening and closing hour such as 8-17") { text in
            let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { part in
                ScenarioTerm<Int>.number(0...24).parse(String(part)) ?? -1
            }
            guard parts.count == 2, parts[0] >= 0, parts[0] < parts[1] else { return nil }
            return parts[0]...parts[1]
        }
        workload.messagesPerHour = mapping.optional("messages-per-hour", .number(0...1_000)) ?? workload.messagesPerHour
        workload.deedsPerHour = mapping.optional("deeds-per-hour", .number(0...5_000)) ?? workload.deedsPerHour
        workload.nightShare = mapping.optional("night-share", .percent) ?? workload.nightShare
        workload.stalePages = mapping.optional("stale-pages", .percent) ?? workload.stalePages
        workload.doubleClicks = mapping.optional("double-clicks", .percent) ?? workload.doubleClicks
        workload.hours = mapping.optional("hours", hours) ?? workload.hours
        scenario.workload = workload
    }

    mutating func readSwarm(_ file: ScenarioMapping) {
        guard let node = file.node("swarm") else { return }
        var swarm = Swarm()
        if node.scalar != nil {
            let term = ScenarioTerm.word([("usual", swarm)], "usual, or settings such as {per-hour: 10}")
            scenario.swarm = file.read(node, "swarm", term)
            return
        }
        guard let mapping = ScenarioMapping(node, "swarm", mistakes: mistakes) else { return }
        mapping.allow(["faults", "share", "per-hour", "length", "settle-every"], in: "swarm")
        if let faults = faults(mapping) { swarm.faults = faults }
        swarm.share = mapping.optional("share", .percent) ?? swarm.share
        swarm.perHour = mapping.optional("per-hour", .number(0...600)) ?? swarm.perHour
        let length = ScenarioTerm<ClosedRange<Int64>>.range.map { $0.lowerBound >= 100 ? $0 : nil }
        swarm.length = mapping.optional("length", length) ?? swarm.length
        let often = ScenarioTerm<Int64>.span("a duration of at least 10m", least: 600_000)
        swarm.settleEvery = mapping.optional("settle-every", often) ?? swarm.settleEvery
        scenario.swarm = swarm
    }

    private mutating func faults(_ mapping: ScenarioMapping) -> [Fault]? {
        guard let node = mapping.node("faults") else { return nil }
        let expected = "all, a list of faults, or {except: [...]}"
        let usual = Swarm().faults
        if node.scalar != nil { return mapping.read(node, "faults", .word([("all", usual)], expected)) }
        if node.sequence != nil {
            let named: [Fault] = mapping.list("faults", .anyCase, expected: expected) ?? []
            for fault in named {
                if let waitsFor = fault.notYet { notYet(mapping.place(of: "faults"), "swarm: \(fault.rawValue)", waitsFor) }
            }
            return named.filter { $0.notYet == nil }
        }
        guard let choice = ScenarioMapping(node, "faults", mistakes: mistakes) else { return nil }
        choice.allow(["except"], in: "faults")
        let left: [Fault] = choice.list("except", .anyCase, expected: "a list of faults") ?? []
        return usual.filter { !left.contains($0) }
    }
}

extension Scenario {
    /// What a thread's status can be expected to be: `open` is everything but resolved and merged.
    static let statuses = ["open", "queued", "owned", "waiting", "escalated", "resolved", "merged"]
    /// The flags of a thread, as scenario files write them.
    static let flags = [
        "contested", "answered-twice", "filed-twice", "unseen-by-resolver", "needs-reply", "clinical-review", "hand-off-pending",
        "reopened", "held", "purged",
    ]
    /// The kinds of notices.
    static let noticeKinds = [
        "contested", "answered-twice", "filed-twice", "unseen-by-resolver", "settled", "offered", "new-replica", "forked",
        "device-waits",
    ]
}
