import PartitionSimulator

/// The links between the nodes of a live run: a faulting proxy for each direction in which nodes connect.
///
/// Both nodes of a link connect to each other, so each direction of frames runs through two proxies, one way through each.
final class LiveNetwork {
    private struct Link: Hashable {
        let from: String
        let to: String
    }

    /// What is done to a pair of nodes now, by the number of the fault that does it.
    private struct Pair {
        var cuts: Set<Int> = []
        /// By the node whose frames do not arrive.
        var oneWay: [String: Set<Int>] = [:]
        var jams: Set<Int> = []
        var patches: [(fault: Int, patch: LinkPatch)] = []
        var halfOpen: Set<Int> = []
        var isCutNow = false
    }

    private let loop: ProxyLoop
    /// Of all links, but for what faults change.
    private var conditions = LinkConditions(delay: 0...0)
    private var proxies: [Link: FaultingProxy] = [:]
    private var pairs: [LivePair: Pair] = [:]

    /// Good links between nodes that listen on these ports. `canary` is what must never pass in the clear.
    init(ports: [(name: String, port: UInt16)], seed: UInt64, canary: [UInt8]) throws {
        loop = try ProxyLoop()
        for from in ports {
            for to in ports where from.name != to.name {
                proxies[Link(from: from.name, to: to.name)] = try FaultingProxy(
                    target: to.port, seed: seed, name: "\(from.name) \(to.name)", canary: canary, loop: loop)
                pairs[LivePair(from.name, to.name)] = Pair()
            }
        }
    }

    /// The endpoints at which a node reaches the others, by their names.
    func endpoints(of name: String) -> [String: String] {
        var endpoints: [String: String] = [:]
        for (link, proxy) in proxies where link.from == name { endpoints[link.to] = "tcp://127.0.0.1:\(proxy.port)" }
        return endpoints
    }

    /// Whether any link is cut, in one direction or both, or jammed.
    var isApart: Bool { pairs.values.contains { !$0.cuts.isEmpty || !$0.oneWay.isEmpty || !$0.jams.isEmpty } }

    /// Whether frames pass between two nodes in both directions.
    func links(_ one: String, _ other: String) -> Bool {
        guard let pair = pairs[LivePair(one, other)] else { return false }
        return pair.cuts.isEmpty && pair.oneWay.isEmpty && pair.jams.isEmpty
    }

    /// What all proxies did.
    var counts: ProxyCounts { proxies.values.reduce(into: ProxyCounts()) { $0 += $1.counts } }

    // MARK: Faults

    /// Gives all links other conditions, for good.
    func setConditions(_ conditions: LinkConditions) {
        self.conditions = conditions
        change(Array(pairs.keys)) { _ in }
    }

    func cut(_ links: [LivePair], by fault: Int) { change(links) { $0.cuts.insert(fault) } }

    func cutOneWay(from: String, to: String, by fault: Int) {
        change([LivePair(from, to)]) { $0.oneWay[from, default: []].insert(fault) }
    }

    func jam(_ links: [LivePair], by fault: Int) { change(links) { $0.jams.insert(fault) } }

    func patch(_ links: [LivePair], _ patch: LinkPatch, by fault: Int) { change(links) { $0.patches.append((fault, patch)) } }

    /// Closes `gone`'s end of the connections between the two, and leaves the other in its belief.
    func halfOpen(gone: String, believing: String, by fault: Int) {
        change([LivePair(gone, believing)]) { $0.halfOpen.insert(fault) }
        proxies[Link(from: gone, to: believing)]?.abandon(closing: .toDialer)
        proxies[Link(from: believing, to: gone)]?.abandon(closing: .toTarget)
    }

    /// Ends what a fault does.
    func end(_ fault: Int) {
        change(Array(pairs.keys)) { pair in
            pair.cuts.remove(fault)
            pair.jams.remove(fault)
            pair.patches.removeAll { $0.fault == fault }
            for name in pair.oneWay.keys { pair.oneWay[name]?.remove(fault) }
            pair.oneWay = pair.oneWay.filter { !$0.value.isEmpty }
        }
    }

    /// Mends links, whatever cut them. Conditions stay.
    func heal(_ links: [LivePair]) {
        change(links) { pair in
            pair.cuts = []
            pair.oneWay = [:]
        }
        for pair in links where pairs[pair]?.halfOpen.isEmpty == false {
            pairs[pair]?.halfOpen = []
            for link in directions(of: pair) { proxies[link]?.heal() }
        }
    }

    /// Ends every fault of every link.
    func healAll() {
        change(Array(pairs.keys)) { pair in
            pair.jams = []
            pair.patches = []
        }
        heal(pairs.keys.sorted())
    }

    /// Ends every proxy.
    func stop() {
        for proxy in proxies.values { proxy.stop() }
        loop.stop()
    }

    private func change(_ links: [LivePair], _ body: (inout Pair) -> Void) {
        for name in links {
            guard var pair = pairs[name] else { continue }
            body(&pair)
            apply(&pair, name)
            pairs[name] = pair
        }
    }

    private func apply(_ pair: inout Pair, _ name: LivePair) {
        var conditions = ProxyConditions(pair.patches.reduce(self.conditions) { $0.patched($1.patch) })
        conditions.isJammed = !pair.jams.isEmpty
        for link in directions(of: name) {
            guard let proxy = proxies[link] else { continue }
            for (direction, sender) in [(ProxyDirection.toTarget, link.from), (.toDialer, link.to)] {
                conditions.isSilent = pair.oneWay[sender] != nil
                proxy.set(conditions, direction)
            }
            if !pair.cuts.isEmpty && !pair.isCutNow { proxy.cut() }
            if pair.cuts.isEmpty && pair.isCutNow { proxy.heal() }
        }
        pair.isCutNow = !pair.cuts.isEmpty
    }

    private func directions(of pair: LivePair) -> [Link] {
        [Link(from: pair.one, to: pair.other), Link(from: pair.other, to: pair.one)]
    }
}
