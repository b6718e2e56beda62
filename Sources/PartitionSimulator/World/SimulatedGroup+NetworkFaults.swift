extension SimulatedGroup {
    // MARK: Faults that last

    /// Begins a fault: it ends by itself after `length`, or with `endFaults`. `begin` gets the fault's number.
    func beginFault(_ length: Int64?, _ begin: (Int) -> Void, end: @escaping (SimulatedGroup, Int) -> Void) {
        faultCount += 1
        let number = faultCount
        begin(number)
        faults[number] = { end($0, number) }
        if let length { schedule(after: length) { $0.endFault(number) } }
    }

    /// Whether a fault goes on.
    func goesOn(_ fault: Int) -> Bool { faults[fault] != nil }

    /// Ends a fault, if it still goes on.
    func endFault(_ number: Int) {
        guard let end = faults.removeValue(forKey: number) else { return }
        end(self)
    }

    /// Ends every fault, mends every link and wakes every node that hangs. Nodes that are down stay down.
    public func endFaults() {
        for number in faults.keys.sorted() { endFault(number) }
        for link in network.links {
            mend(link.pair, nil)
            link.lift(nil)
            releaseJam(link, of: nil)
        }
        for node in nodes {
            node.dies = nil
            node.disk?.endFaults()
            resume(node)
        }
    }

    // MARK: Links

    /// The links that a scope names, in their order.
    func links(_ scope: LinkScope) throws -> [SimulatedLink] {
        switch scope {
        case .all: return network.links
        case .of(let name):
            let index = try node(named: name).index
            return network.links.filter { $0.pair.low == index || $0.pair.high == index }
        case .between(let one, let other):
            guard let link = network[NodePair(try node(named: one).index, try node(named: other).index)] else { return [] }
            return [link]
        }
    }

    func cut(_ pairs: [NodePair], for length: Int64?) {
        beginFault(length, { number in for pair in pairs { cut(pair, by: number) } }) { group, number in
            for pair in pairs { group.mend(pair, number) }
        }
    }

    func cutOneWay(from: SimulatedNode, to: SimulatedNode, for length: Int64?) {
        let pair = NodePair(from.index, to.index)
        beginFault(length, { cut(pair, by: $0, from: from.index) }) { group, number in group.mend(pair, number) }
    }

    func patch(_ links: [SimulatedLink], _ patch: LinkPatch, for length: Int64?) {
        beginFault(length, { number in for link in links { link.apply(patch, of: number) } }) { _, number in
            for link in links { link.lift(number) }
        }
    }

    /// Holds frames back and lets them go all at once.
    func jam(_ links: [SimulatedLink], for length: Int64) {
        beginFault(length, { number in for link in links { link.jams.insert(number) } }) { group, number in
            for link in links { group.releaseJam(link, of: number) }
        }
    }

    private func releaseJam(_ link: SimulatedLink, of fault: Int?) {
        if let fault { link.jams.remove(fault) } else { link.jams.removeAll() }
        guard link.jams.isEmpty else { return }
        let held = link.held
        link.held = []
        for frame in held where !link.isCut(from: frame.from) { carry(frame, over: link) }
    }

    /// One end's connection is gone and the other end goes on believing in it, until the first one connects anew.
    func halfOpen(_ gone: SimulatedNode, _ believing: SimulatedNode) {
        guard let link = network[NodePair(gone.index, believing.index)], let session = link.session else { return }
        close(link, at: gone.index)
        schedule(after: 6 * noticeDelay) { group in
            guard link.session == session else { return }
            // The believer hears of the new connection only: to it, it takes the place of the old one.
            link.close()
            group.updateLink(link)
            _ = believing
        }
    }

    /// Links go down and up.
    func flap(_ links: [SimulatedLink], every interval: Int64, for length: Int64) {
        beginFault(length, { number in toggle(links, number, isDown: true, every: max(interval, 100)) }) { group, number in
            for link in links { group.mend(link.pair, number) }
        }
    }

    private func toggle(_ links: [SimulatedLink], _ fault: Int, isDown: Bool, every interval: Int64) {
        for link in links {
            if isDown { cut(link.pair, by: fault) } else { mend(link.pair, fault) }
        }
        schedule(after: interval) { group in
            if group.goesOn(fault) { group.toggle(links, fault, isDown: !isDown, every: interval) }
        }
    }

    /// One node after another is cut off in a random order, and comes back in another. (As FoundationDB's simulator does.)
    func swizzle(for length: Int64) {
        var random = SplitMix64(seed: seed, stream: "swizzle \(faultCount)")
        let members = nodes.filter(\.hasJoined)
        let leaving = shuffled(members, &random)
        let returning = shuffled(members, &random)
        let step = max(1, length / Int64(2 * max(1, members.count)))
        for (place, node) in leaving.enumerated() {
            let back = returning.firstIndex { $0.index == node.index } ?? 0
            let goesAt = Int64(place) * step
            let comesAt = length / 2 + Int64(back) * step
            schedule(after: goesAt) { group in
                let pairs = group.nodes.filter { $0.index != node.index }.map { NodePair($0.index, node.index) }
                group.cut(pairs, for: comesAt - goesAt)
            }
        }
    }

    private func shuffled(_ nodes: [SimulatedNode], _ random: inout SplitMix64) -> [SimulatedNode] {
        var left = nodes
        var order: [SimulatedNode] = []
        while !left.isEmpty { order.append(left.remove(at: Int(random.number(in: 0...Int64(left.count - 1))))) }
        return order
    }

    /// Carries again what was carried at least `age` ago. Returns how many frames.
    func replay(_ links: [SimulatedLink], age: Int64, count: Int, otherSession: Bool) -> Int {
        var replayed = 0
        for link in links {
            let old = link.carried.filter { item in
                item.at + age <= now && (!otherSession || item.frame.session != link.session) && item.frame.session != nil
            }
            for item in old.suffix(count) {
                var frame = item.frame
                // A frame of an earlier connection would not even decrypt. What is tested is that it does no harm where it would.
                frame.session = link.session
                network.counts.duplicated += 1
                carry(frame, over: link, as: .replayed)
                replayed += 1
            }
        }
        return replayed
    }
}
