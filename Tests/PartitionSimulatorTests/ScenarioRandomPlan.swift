import OfficeNode
@testable import PartitionSimulator

/// A random plan that makes sense and uses everything that the language has.
struct RandomPlan {
    private(set) var scenario: Scenario
    private var random: SplitMix64
    private var at: Int64 = 0
    private var present: [String]
    private var disks: [String]
    private let offices: [String]
    private var threads: [String] = []
    private var looks: [(node: String, actor: String, thread: String)] = []
    private var backups: [String] = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed, stream: "plan")
        let names = ["towson", "belair", "on-call", "essex", "a1"]
        let count = Int(random.number(in: 2...5))
        var nodes: [Scenario.Participant] = []
        for name in names.prefix(count) {
            let kind: MemberKind = name == "on-call" ? .laptop : .office
            let storage: Scenario.Storage = random.number(in: 0...1) == 0 ? .memory : .disk
            let limit: Int64? = kind == .laptop ? random.number(in: 3_600_000...9_999_999_999) : nil
            nodes.append(
                .init(
                    name: name, kind: kind, storage: storage, skew: random.number(in: 0...3) == 0 ? -90_001 : 0,
                    refuseAfter: seed % 2 == 0 ? limit : nil, holds: seed % 3 == 0 ? limit : nil))
        }
        nodes[0].storage = .disk
        nodes.append(.init(name: "relay", kind: .relay, storage: .disk))
        present = nodes.map(\.name)
        disks = nodes.filter { $0.storage == .disk }.map(\.name)
        offices = nodes.filter { $0.kind == .office }.map(\.name)
        scenario = Scenario(duration: 30 * 86_400_000, nodes: nodes)
        scenario.name = "random-\(seed)"
        scenario.seed = seed
        if random.number(in: 0...1) == 0 { scenario.start = random.number(in: 0...4_000_000_000_000) }
        scenario.patients = Int(random.number(in: 1...9))
        scenario.conditions = LinkConditions.good.patched(patch())
        for number in 0..<40 { addEvent(number) }
        addChance()
        addExpectations()
    }

    // MARK: Choosing

    private mutating func one<Value>(of values: [Value]) -> Value { values[Int(random.number(in: 0...Int64(values.count - 1)))] }
    private mutating func span() -> Int64 { random.number(in: 1...(Int64(1) << random.number(in: 1...31))) }
    private mutating func length() -> Int64? { random.number(in: 0...2) == 0 ? nil : min(span(), scenario.duration - at) }
    private mutating func mustLength() -> Int64 { max(1, min(span(), scenario.duration - at)) }
    private mutating func isChosen(_ oneIn: Int64 = 2) -> Bool { random.number(in: 1...oneIn) == 1 }

    private mutating func pair() -> (String, String) {
        let first = one(of: present)
        return (first, one(of: present.filter { $0 != first }))
    }

    private mutating func scope() -> LinkScope {
        switch random.number(in: 0...2) {
        case 0: return .all
        case 1: return .of(one(of: present))
        default:
            let (first, second) = pair()
            return .between(first, second)
        }
    }

    private mutating func patch() -> LinkPatch {
        var patch = LinkPatch()
        if isChosen() { patch.delay = random.number(in: 0...50)...random.number(in: 50...90_000) }
        if isChosen() { patch.loss = Int(random.number(in: 0...1_000_000)) }
        if isChosen() { patch.burst = Int(random.number(in: 1...50)) }
        if isChosen() { patch.duplication = Int(random.number(in: 0...1_000_000)) }
        if isChosen() { patch.reordering = Int(random.number(in: 0...20)) * 10_000 }
        if isChosen() { patch.corruption = Int(random.number(in: 0...1_000_000)) }
        if isChosen() { patch.truncation = Int(random.number(in: 0...1_000_000)) }
        if isChosen() { patch.bandwidth = Int(random.number(in: 0...1_000)) * Int(one(of: [1, 1_000, 1_000_000])) }
        return patch
    }

    // MARK: Events

    private mutating func addEvent(_ number: Int) {
        at = min(scenario.duration - 10_000_000, at + span() / 8)
        let action = number < 3 ? .deed(opening("T\(number)")) : random.number(in: 0...1) == 0 ? .deed(deed(number)) : fault(number)
        scenario.events.append(ScenarioEvent(at: at, action, shows: isChosen(4) ? one(of: Swarm().faults) : nil))
    }

    private mutating func fault(_ number: Int) -> ScenarioAction {
        let (first, second) = pair()
        switch random.number(in: 0...26) {
        case 0: return .partition([[first], [second]], for: length())
        case 1: return .shape(one(of: PartitionShape.allCases), for: length())
        case 2: return .cut(first, second, oneWay: false, for: length())
        case 3: return .cut(first, second, oneWay: true, for: length())
        case 4: return .isolate(first, for: length())
        case 5: return .heal(scope())
        case 6:
            var patch = patch()
            patch.loss = 5
            return .conditions(scope(), patch, for: length())
        case 7: return .jam(scope(), for: mustLength())
        case 8: return .halfOpen(first, second)
        case 9: return .flap(scope(), every: span(), for: mustLength())
        case 10: return .swizzle(for: mustLength())
        case 11: return .replay(scope(), age: isChosen() ? 0 : span(), count: Int(random.number(in: 1...999)), otherSession: isChosen())
        case 12: return .kill(first, .killed, one(of: KillPoint.allCases))
        case 13: return .kill(one(of: disks), .powerLost, one(of: KillPoint.allCases))
        case 14: return .restart(first)
        case 15: return .restartLoop(first, times: Int(random.number(in: 1...9)), every: random.number(in: 1...1_000_000))
        case 16: return .pause(first, for: mustLength())
        case 17:
            let faults: [ClockFault] = [.jump(span()), .jump(-span()), .drift(random.number(in: -500...500)), .frozen]
            return .clock(first, one(of: faults), for: length())
        case 18, 19: return .disk(one(of: disks), one(of: DiskFault.allCases), for: length())
        case 20:
            backups.append(one(of: disks))
            return .backup(backups[backups.count - 1])
        case 21: return backups.isEmpty ? .settle : .restore(one(of: backups))
        case 22: return newcomer(number)
        case 24:
            let deeds: [MembershipDeed] = [.promote(first), .revoke(first), .retire(first), .rotate, .recover]
            return .administer(one(of: deeds), through: second)
        case 23: return .attack(one(of: [.forgedSignature, .equivocation, .mixedVersions]), by: first, against: isChosen() ? second : nil)
        case 25: return lie()
        default: return .settle
        }
    }

    private mutating func lie() -> ScenarioAction {
        let fault = one(of: Fault.allCases.filter(\.isOfRelay))
        let victim = fault == .relayWithholds || isChosen() ? one(of: present.filter { $0 != "relay" }) : nil
        return .lie(fault, by: "relay", against: victim, for: fault == .relayRollsBack ? nil : length())
    }

    private mutating func newcomer(_ number: Int) -> ScenarioAction {
        let old = one(of: disks)
        present.append("n\(number)")
        if isChosen() { return .clone(old, as: "n\(number)") }
        let node = Scenario.Participant(
            name: "n\(number)", kind: one(of: [.office, .laptop]), storage: one(of: [.memory, .disk]), skew: isChosen() ? 0 : span())
        return .join(node, through: old)
    }

    // MARK: Deeds

    private mutating func opening(_ name: String) -> Deed {
        var deed = Deed(.open, at: one(of: present), thread: name)
        threads.append(name)
        if isChosen() { deed.patient = Int(random.number(in: 0...Int64(scenario.patients - 1))) }
        if isChosen() { deed.value = one(of: Scenario.categoryKeys) }
        if isChosen() { deed.to = one(of: offices) }
        return deed
    }

    private var people: [String] { offices.flatMap { ["desk-\($0)", "surgeon-\($0)"] } + ["oncall", "admin", "partner"] }

    private mutating func deed(_ number: Int) -> Deed {
        let verb = one(of: Deed.Verb.allCases)
        if verb == .open { return opening("T\(number)") }
        var deed = Deed(verb, at: one(of: present), thread: verb.needsThread ? one(of: threads) : "")
        if !verb.isByPatient { deed.actor = verb.mayLackActor && isChosen() ? nil : one(of: people) }
        if verb.needsPatient { deed.patient = Int(random.number(in: 0...Int64(scenario.patients - 1))) }
        setTarget(of: &deed)
        if verb.hasPage, isChosen(3), let look = looks.last, !verb.isByPatient, look.thread != deed.to {
            (deed.node, deed.actor, deed.thread, deed.page) = (look.node, look.actor, look.thread, .looked)
        }
        if verb == .look { looks.append((deed.node, deed.actor ?? "", deed.thread)) }
        if isChosen(5) { deed.times = Int(random.number(in: 2...5)) }
        if isChosen(3) {
            deed.expected = one(of: [.done, .refused(nil)] + Scenario.refusals.map { .refused($0) })
        }
        return deed
    }

    private mutating func setTarget(of deed: inout Deed) {
        switch deed.verb {
        case .offer, .assign: deed.to = one(of: people + offices.map { "queue-\($0)" })
        case .release: deed.to = isChosen() ? nil : "queue-\(one(of: offices))"
        case .move: deed.to = one(of: offices)
        case .share, .unshare:
            deed.to = one(of: people)
            if deed.verb == .share { deed.value = isChosen() ? nil : "2h" }
        case .merge, .split:
            let thread = deed.thread
            deed.to = one(of: threads.filter { $0 != thread })
        case .editPatient: deed.value = isChosen() ? nil : "07"
        case .leave: deed.to = one(of: people)
        case .escalate: deed.value = "\(random.number(in: 1...9))"
        case .tag, .untag: deed.value = one(of: ["urgent", "a, b: [c]", "#1 \"x\" \\", "- é 🦷", "null", "yes", "'"])
        case .file: deed.value = one(of: Scenario.categoryKeys)
        case .hold, .releaseHold: deed.value = isChosen() ? nil : one(of: ["2026-17", "null"])
        case .priority: deed.value = one(of: Scenario.priorities)
        case .review, .consent: deed.value = one(of: ["on", "off"])
        case .due, .snooze: deed.value = SpanText.text(span())
        default: break
        }
    }

    // MARK: The rest

    private mutating func addChance() {
        if isChosen(3) {
            var workload = Workload()
            if isChosen() { (workload.messagesPerHour, workload.deedsPerHour) = (Int(random.number(in: 0...99)), 7) }
            if isChosen() { (workload.nightShare, workload.stalePages, workload.doubleClicks, workload.hours) = (1, 2, 4, 0...24) }
            scenario.workload = workload
        }
        if isChosen(3) {
            var swarm = Swarm()
            switch random.number(in: 0...2) {
            case 0: swarm.faults = [.pause, .loss]
            case 1: swarm.faults.removeAll { $0 == .loss || $0 == .halves }
            default: break
            }
            if isChosen() { (swarm.share, swarm.perHour, swarm.length, swarm.settleEvery) = (3, 4, 100...5_000, 4_000_001) }
            scenario.swarm = swarm
        }
        if isChosen(3) { scenario.invariants = [.convergence, .purge, .durability].filter { $0.notYet == nil }.reduce(into: []) { $0.insert($1) } }
        if isChosen(5) { scenario.invariants = Set(Invariant.allCases).subtracting([.boundedness]) }
    }

    private mutating func addExpectations() {
        var thread = Expectations.Thread()
        if isChosen() { thread.status = one(of: Scenario.statuses) }
        if isChosen() { thread.owner = one(of: people) }
        if isChosen() { thread.contested = isChosen() ? [] : [people[0], people[1]] }
        if isChosen() { thread.messages = 3 }
        if isChosen() { thread.needsReply = isChosen() }
        if isChosen() { thread.flags = Array(Scenario.flags.prefix(3)) }
        if isChosen() { thread.tags = ["a, b", "c"] }
        if isChosen() { (thread.priority, thread.category, thread.escalation) = ("high", "medication", 2) }
        if isChosen() { (thread.drafts, thread.office) = ([people[0]], offices[0]) }
        if isChosen() { scenario.expectations.threads = ["T0": thread, "T1": Expectations.Thread()] }
        var patient = Expectations.Patient()
        if isChosen() { (patient.isContested, patient.reminders) = (isChosen(), isChosen()) }
        if isChosen() { scenario.expectations.patients = [0: patient] }
        if isChosen() { scenario.expectations.rounds = Int(random.number(in: 1...9)) }
        if isChosen() { scenario.expectations.warnings = [present[0]: ["clock", "sync"]] }
        if isChosen() { scenario.expectations.notices = [present[1]: ["answered-twice"]] }
        if isChosen() { scenario.expectations.letGo = [present[1]: ["T0", "T2"]] }
        if isChosen() { scenario.expectations.violates = .durability }
    }
}
