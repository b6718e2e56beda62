import OfficeNode

/// Writes the plan of a run among real processes: events that go on are written out as steps.
struct LivePlanWriting {
    private(set) var steps: [LivePlan.Step] = []
    private(set) var impossible: [LivePlan.Impossible] = []
    private(set) var remarks: [String] = []
    private(set) var members: [Scenario.Participant]
    private(set) var smallDisks: Set<String> = []
    private let scenario: Scenario
    private let relays: [String]
    private var faults = 0

    init(_ scenario: Scenario) {
        relays = scenario.relays
        self.scenario = scenario.withoutRelays
        members = self.scenario.nodes
    }

    mutating func write() {
        if scenario.workload != nil { refuse(0, "a workload that is left to chance", Self.toDraw) }
        if scenario.swarm != nil { refuse(0, "a swarm of faults", Self.toDraw) }
        for lacking in scenario.notYet { refuse(lacking.line, lacking.what, "not built yet; it comes with \(lacking.waitsFor)") }
        for node in scenario.nodes where node.skew != 0 {
            refuse(0, "the skewed clock of \(node.name)", Self.sharedClock)
        }
        for node in scenario.nodes where node.refuseAfter != nil {
            refuse(0, "the days that \(node.name) may be away", "the simulator runs them; here they would take days")
        }
        for node in scenario.nodes where node.holds != nil {
            refuse(0, "how long \(node.name) holds what was said", "the simulator runs them; here they would take days")
        }
        for name in relays { refuse(0, "the relay \(name)", "the simulator runs relays; here everybody would be without it") }
        remark(on: scenario.conditions, line: 0)
        for event in scenario.events.sorted(by: { $0.at < $1.at }) { write(event) }
    }

    private static let toDraw = "it has to be written out as events before"
    private static let sharedClock = "real processes share this machine's clock"

    private mutating func refuse(_ line: Int, _ what: String, _ why: String) {
        impossible.append(LivePlan.Impossible(line: line, what: what, why: why))
    }

    private mutating func remark(_ line: Int, _ text: String) {
        let remark = line > 0 ? "line \(line): \(text)" : text
        if !remarks.contains(remark) { remarks.append(remark) }
    }

    private mutating func remark(on conditions: LinkConditions, line: Int) {
        if conditions.duplication > 0 || conditions.reordering > 0 {
            remark(line, "links: TCP hides repeated and overtaken packets, so no node sees them here")
        }
        if conditions.loss > 0 { remark(line, "links: loss shows as TCP shows it: as stalls, and as a reset now and then") }
    }

    private mutating func add(
        _ at: Int64, _ action: LiveAction, fault: Int? = nil, shows: [Fault] = [], _ event: ScenarioEvent
    ) {
        steps.append(LivePlan.Step(at: at, action: action, fault: fault, shows: shows, line: event.line))
    }

    /// What the event counts as in the coverage table.
    private static func shown(_ event: ScenarioEvent) -> [Fault] { [event.shows ?? event.action.fault].compactMap(\.self) }

    /// Adds a fault that begins with the event and ends after `length`, if it has one.
    private mutating func lasting(_ action: LiveAction, _ length: Int64?, _ event: ScenarioEvent) {
        faults += 1
        add(event.at, action, fault: faults, shows: Self.shown(event), event)
        if let length { add(event.at + length, .end, fault: faults, event) }
    }

    private mutating func write(_ event: ScenarioEvent) {
        switch event.action {
        case .partition, .shape, .cut, .isolate, .heal, .conditions, .jam, .halfOpen, .flap, .swizzle: writeNetwork(event)
        case .replay: refuse(event.line, "replayed frames", "CURVE seals every frame of a connection before it passes the line")
        case .kill(let name, let death, let point): writeKill(name, death, point, event)
        case .restart(let name): add(event.at, .start(name), event)
        case .restartLoop(let name, let times, let interval): writeRestarts(name, times, interval, event)
        case .pause(let name, let length): lasting(.pause(name), length, event)
        case .clock: refuse(event.line, "a clock that goes wrong", Self.sharedClock)
        case .disk(let name, let fault, let length):
            guard fault == .full else {
                return refuse(
                    event.line, "a disk with \(fault.rawValue)", "a real disk does not fail at will; only a full one can be had")
            }
            smallDisks.insert(name)
            lasting(.fillDisk(name), length, event)
        case .backup, .restore: refuse(event.line, "a restored backup", "the simulator does it")
        case .clone: refuse(event.line, "a cloned disk", "the simulator does it")
        case .join(let participant, let through):
            if participant.skew != 0 { refuse(event.line, "the skewed clock of \(participant.name)", Self.sharedClock) }
            add(event.at, .join(participant, through: through), shows: Self.shown(event), event)
            members.append(participant)
        case .administer: refuse(event.line, "a change of members or keys", "the simulator does it")
        case .attack, .lie: refuse(event.line, "an adversary with keys", "the simulator does it")
        case .deed(let deed): add(event.at, .deed(deed), shows: [event.shows].compactMap(\.self), event)
        case .settle: add(event.at, .settle, event)
        }
    }

    private mutating func writeKill(_ name: String, _ death: Death, _ point: KillPoint, _ event: ScenarioEvent) {
        guard death == .killed else {
            return refuse(event.line, "a power loss", "this machine keeps what its processes wrote; `kill` can be had")
        }
        if point != .now {
            remark(event.line, "a real process cannot be killed at its next \(point.rawValue): it is killed at once")
        }
        add(event.at, .kill(name), shows: Self.shown(event), event)
    }

    private mutating func writeRestarts(_ name: String, _ times: Int, _ interval: Int64, _ event: ScenarioEvent) {
        faults += 1
        for number in 0..<max(0, times) {
            let at = event.at + Int64(number) * interval
            add(at, .kill(name), fault: faults, shows: number == 0 ? Self.shown(event) : [], event)
            add(at + interval / 2, .start(name), fault: faults, event)
        }
    }

    // MARK: The network

    private mutating func writeNetwork(_ event: ScenarioEvent) {
        switch event.action {
        case .partition(let parts, let length):
            lasting(.cut(Self.between(parts)), length, event)
        case .shape(let shape, let length):
            let names = members.map(\.name)
            let cuts = shape.cuts(names.count).map { LivePair(names[$0.0], names[$0.1]) }
            lasting(.cut(cuts.sorted()), length, event)
        case .cut(let one, let other, let isOneWay, let length):
            let action: LiveAction = isOneWay ? .cutOneWay(from: one, to: other) : .cut([LivePair(one, other)])
            lasting(action, length, event)
        case .isolate(let name, let length): lasting(.cut(pairs(.of(name))), length, event)
        case .heal(let scope): add(event.at, .heal(pairs(scope)), event)
        case .conditions(let scope, let patch, let length):
            remark(on: LinkConditions(delay: 0...0).patched(patch), line: event.line)
            lasting(.patch(pairs(scope), patch), length, event)
        case .jam(let scope, let length): lasting(.jam(pairs(scope)), length, event)
        case .halfOpen(let gone, let believing): lasting(.halfOpen(gone: gone, believing: believing), nil, event)
        case .flap(let scope, let interval, let length): writeFlaps(pairs(scope), interval, length, event)
        case .swizzle(let length): writeSwizzle(length, event)
        default: break
        }
    }

    private mutating func writeFlaps(_ pairs: [LivePair], _ interval: Int64, _ length: Int64, _ event: ScenarioEvent) {
        faults += 1
        // However short the interval: more than this nobody tells apart.
        let step = max(interval, length / 100, 100)
        for (number, at) in stride(from: event.at, to: event.at + length, by: Int64.Stride(step)).enumerated() {
            let shows = number == 0 ? Self.shown(event) : []
            add(at, number.isMultiple(of: 2) ? .cut(pairs) : .mend, fault: faults, shows: shows, event)
        }
        add(event.at + length, .end, fault: faults, event)
    }

    /// One node after another is cut off in a random order, and comes back in another.
    private mutating func writeSwizzle(_ length: Int64, _ event: ScenarioEvent) {
        var random = SplitMix64(seed: scenario.seed, stream: "live swizzle \(faults)")
        let names = members.map(\.name)
        let leaving = Self.shuffled(names, &random)
        let returning = Self.shuffled(names, &random)
        let step = max(1, length / Int64(2 * max(1, names.count)))
        for (place, name) in leaving.enumerated() {
            faults += 1
            let back = length / 2 + Int64(returning.firstIndex(of: name) ?? 0) * step
            let shows = place == 0 ? Self.shown(event) : []
            add(event.at + Int64(place) * step, .cut(pairs(.of(name))), fault: faults, shows: shows, event)
            add(event.at + back, .end, fault: faults, event)
        }
    }

    private static func shuffled(_ names: [String], _ random: inout SplitMix64) -> [String] {
        var left = names
        var order: [String] = []
        while !left.isEmpty { order.append(left.remove(at: Int(random.number(in: 0...Int64(left.count - 1))))) }
        return order
    }

    /// The links that a scope names, among the nodes that there are by now.
    private func pairs(_ scope: LinkScope) -> [LivePair] {
        let names = members.map(\.name)
        var all: Set<LivePair> = []
        for one in names { for other in names where one != other { all.insert(LivePair(one, other)) } }
        switch scope {
        case .all: return all.sorted()
        case .of(let name): return all.filter { $0.one == name || $0.other == name }.sorted()
        case .between(let one, let other): return [LivePair(one, other)]
        }
    }

    /// The links between nodes of different parts.
    private static func between(_ parts: [[String]]) -> [LivePair] {
        var cuts: Set<LivePair> = []
        for (number, part) in parts.enumerated() {
            for other in parts[(number + 1)...].joined() {
                for name in part where name != other { cuts.insert(LivePair(name, other)) }
            }
        }
        return cuts.sorted()
    }
}
