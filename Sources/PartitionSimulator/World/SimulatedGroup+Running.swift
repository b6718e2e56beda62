import Causality
import OfficeNode
import ReplicaStore

extension SimulatedGroup {
    /// Lets time pass until `time`, in milliseconds since 1970.
    public func run(until time: Int64) {
        while let next = queue.nextTime, next <= time { step() }
        now = max(now, time)
    }

    /// Lets this many milliseconds pass.
    public func run(for milliseconds: Int64) { run(until: now + milliseconds) }

    /// Lets time pass until `condition` holds; false if it does not within `limit` milliseconds.
    @discardableResult
    public func run(limit: Int64, until condition: () -> Bool) -> Bool {
        let end = now + limit
        while true {
            if condition() { return true }
            guard let next = queue.nextTime, next <= end else { break }
            step()
        }
        now = max(now, end)
        return condition()
    }

    /// Lets time pass until nothing is left to do; false if that does not come within `limit` milliseconds.
    @discardableResult
    public func runUntilQuiet(limit: Int64 = 300_000) -> Bool { run(limit: limit) { isQuiet } }

    /// Whether nothing is left to do: no frame is on its way, no node has work, every link that can be up is, and nodes that are
    /// connected hold and show the same change sets.
    public var isQuiet: Bool {
        guard queue.framesUnderWay == 0 else { return false }
        let running = nodes.filter(\.isRunning)
        guard running.allSatisfy({ $0.inbox.isEmpty && !$0.hasWork }) else { return false }
        return network.links.allSatisfy { link in
            if isPending(link) { return false }
            guard !link.isCut && link.session != nil else { return true }
            return nodes[link.pair.low].holdsTheSame(as: nodes[link.pair.high])
        }
    }

    /// What the group is doing at the moment, for telling apart when faults come.
    public var phase: Phase {
        let members = nodes.filter(\.hasJoined)
        guard members.allSatisfy(\.isResponsive), network.links.allSatisfy({ !$0.isCut && $0.jams.isEmpty && !isPending($0) }) else {
            return .apart
        }
        guard let first = members.first else { return .together }
        return members.allSatisfy { !$0.hasWork && $0.holdsTheSame(as: first) } ? .together : .catchingUp
    }

    /// Lets `work` happen after this many milliseconds.
    func schedule(after milliseconds: Int64, _ work: @escaping (SimulatedGroup) -> Void) {
        queue.add(.work(work), at: now + milliseconds)
    }

    /// A node's clock ticks: it takes a turn where that can do something.
    private func tick(_ node: SimulatedNode) {
        guard !node.isPaused, let brain = node.brain else { return }
        // Whoever is to die in its next turn gets one.
        let isLeftOut = node.inbox.isEmpty && node.dies == nil && brain.isIdle(now: node.clock.reading(at: now))
        if !isLeftOut { give(.tick, to: node) }
    }

    private func step() {
        guard let (time, event) = queue.next() else { return }
        now = max(now, time)
        switch event {
        case .arrival(let frame): arrive(frame)
        case .turn(let index, let life):
            if nodes[index].life == life { takeTurn(of: nodes[index]) }
        case .tick(let index, let life):
            guard nodes[index].life == life else { return }
            tick(nodes[index])
            queue.add(event, at: now + tickInterval)
        case .connect(let pair): connect(pair)
        case .notice(let pair, let cuts): notice(pair, cuts: cuts)
        case .work(let work): work(self)
        }
    }
}

extension SimulatedNode {
    /// Whether change sets wait to be merged or indexed.
    var hasWork: Bool {
        // A relay keeps what it cannot merge.
        store.progress.contains { kind != .relay && $0.merged < $0.received.sequence || $0.indexed < $0.merged }
            || brain?.isPurging == true || brain?.isFetching == true
    }

    /// Whether both hold the same change sets, as far as their logs' heads tell.
    func holdsTheSame(as other: SimulatedNode) -> Bool {
        store.progress.map(\.received) == other.store.progress.map(\.received)
    }
}
