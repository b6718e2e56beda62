import OfficeNode

extension Scenario {
    /// The scenario as a file: an event a line, nothing said that is usual anyway. Reading it gives the scenario again, but for lines;
    /// the name is the file's, and what is not built yet (`notYet`) is left out.
    public var yaml: String {
        var lines = ["seed: \(seed)"]
        if start != Self.startDefault { lines.append("start: \(SpanText.moment(start))") }
        lines.append("duration: \(SpanText.text(duration))")
        if patients != Scenario(duration: 0, nodes: []).patients { lines.append("patients: \(patients)") }
        let storage = usualStorage
        if storage != .memory { lines.append("storage: \(storage.rawValue)") }
        lines.append("nodes: \(FlowText.list(nodes.map { $0.text(usual: storage) }))")
        let links = LinkPatch(from: .good, to: conditions)
        if links != LinkPatch() { lines.append("links: \(links.text())") }
        if !events.isEmpty {
            lines.append("events:")
            lines += events.map { "  - \($0.text(usual: storage))" }
        }
        if let workload { lines.append("workload: \(workload.text)") }
        if let swarm { lines.append("swarm: \(swarm.text)") }
        lines += expectations.lines
        if let invariants = invariantsText { lines.append("invariants: \(invariants)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Where most replicas lie.
    private var usualStorage: Storage {
        let all = nodes + events.compactMap { if case .join(let node, _) = $0.action { node } else { nil } }
        return 2 * all.count { $0.storage == .disk } > all.count ? .disk : .memory
    }

    private var invariantsText: String? {
        let left = Invariant.allCases.filter { !invariants.contains($0) }
        if left.isEmpty { return nil }
        if left.count < invariants.count { return "{except: \(FlowText.list(left.map(\.name)))}" }
        return FlowText.list(invariants.sorted().map(\.name))
    }
}

extension Scenario.Participant {
    /// The node in a list of nodes.
    func text(usual: Scenario.Storage) -> String {
        var text = FlowText()
        text.add("name", name)
        if kind != .office { text.add("kind", kind.name) }
        if storage != usual { text.add("storage", storage.rawValue) }
        if skew != 0 { text.add("clock", SpanText.signedText(skew)) }
        if let refuseAfter { text.add("refuse-after", SpanText.text(refuseAfter)) }
        if let holds { text.add("holds", SpanText.text(holds)) }
        let isUsual = storage == usual && skew == 0 && refuseAfter == nil && holds == nil
        return kind == .office && isUsual ? name : text.text
    }
}

extension LinkPatch {
    /// What changes `one` to `other`.
    init(from one: LinkConditions, to other: LinkConditions) {
        self.init()
        if one.delay != other.delay { delay = other.delay }
        if one.loss != other.loss { loss = other.loss }
        if one.burst != other.burst { burst = other.burst }
        if one.duplication != other.duplication { duplication = other.duplication }
        if one.reordering != other.reordering { reordering = other.reordering }
        if one.corruption != other.corruption { corruption = other.corruption }
        if one.truncation != other.truncation { truncation = other.truncation }
        if one.bandwidth != other.bandwidth { bandwidth = other.bandwidth }
    }

    /// The patch as a mapping, for the links of `scope`.
    func text(_ scope: LinkScope = .all) -> String {
        var text = FlowText()
        switch scope {
        case .all: break
        case .of(let name): text.add("of", name)
        case .between(let one, let other): text.add("between", FlowText.list([one, other]))
        }
        if let delay { text.add("delay", SpanText.text(delay)) }
        if let loss { text.add("loss", AmountText.text(perMillion: loss)) }
        if let burst { text.add("burst", "\(burst)") }
        if let duplication { text.add("duplicate", AmountText.text(perMillion: duplication)) }
        if let reordering { text.add("reorder", AmountText.text(perMillion: reordering)) }
        if let corruption { text.add("corrupt", AmountText.text(perMillion: corruption)) }
        if let truncation { text.add("truncate", AmountText.text(perMillion: truncation)) }
        if let bandwidth { text.add("bandwidth", AmountText.text(bytesPerSecond: bandwidth)) }
        return text.text
    }
}

extension LinkScope {
    /// The scope as an event names it.
    var text: String {
        switch self {
        case .all: "all"
        case .of(let name): name
        case .between(let one, let other): FlowText.list([one, other])
        }
    }
}

extension Workload {
    /// The workload as a file says it.
    var text: String {
        let usual = Workload()
        var text = FlowText()
        if messagesPerHour != usual.messagesPerHour { text.add("messages-per-hour", "\(messagesPerHour)") }
        if deedsPerHour != usual.deedsPerHour { text.add("deeds-per-hour", "\(deedsPerHour)") }
        if nightShare != usual.nightShare { text.add("night-share", "\(nightShare)%") }
        if stalePages != usual.stalePages { text.add("stale-pages", "\(stalePages)%") }
        if doubleClicks != usual.doubleClicks { text.add("double-clicks", "\(doubleClicks)%") }
        if hours != usual.hours { text.add("hours", "\(hours.lowerBound)-\(hours.upperBound)") }
        return text.isEmpty ? "usual" : text.text
    }
}

extension Swarm {
    /// The swarm as a file says it.
    var text: String {
        let usual = Swarm()
        var text = FlowText()
        if faults != usual.faults {
            let left = usual.faults.filter { !faults.contains($0) }
            let names = faults.map(\.rawValue)
            // What is left out says it in order, and without repeats, only where the rest is in the usual order.
            let isRest = usual.faults.filter { faults.contains($0) } == faults && left.count < faults.count
            text.add("faults", isRest ? "{except: \(FlowText.list(left.map(\.rawValue)))}" : FlowText.list(names))
        }
        if share != usual.share { text.add("share", "\(share)%") }
        if perHour != usual.perHour { text.add("per-hour", "\(perHour)") }
        if length != usual.length { text.add("length", SpanText.text(length)) }
        if settleEvery != usual.settleEvery { text.add("settle-every", SpanText.text(settleEvery)) }
        return text.isEmpty ? "usual" : text.text
    }
}
