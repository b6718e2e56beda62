import OfficeNode
import ReplicaStore
import SyncEngine

/// An attack that was announced and whose frames come next.
struct Attack {
    let fault: Fault
    /// The number of the node that attacks.
    let from: Int
    /// The number of the node that is attacked.
    let to: Int
    /// Virtual milliseconds since 1970.
    let at: Int64
}

// What is made up is noticed. That nothing of it is merged is what authenticity says; that the node goes on is for `reading`,
// `checkAnswer` and convergence to find out.
extension InvariantChecker {
    /// Takes note of a frame that may belong to an announced attack.
    func note(_ attack: Attack, _ frame: SimulatedFrame, _ arrivals: [Int64], in group: SimulatedGroup) {
        guard group.now == attack.at else {
            self.attack = nil
            return
        }
        guard frame.from == attack.from, frame.to == attack.to, attack.fault.mustBeCounted,
            let arrival = arrivals.max()
        else { return }
        let (attacker, victim) = (group.nodes[attack.from], group.nodes[attack.to])
        let watch = watch(victim)
        // A run that its receiver holds already, or that leaves a gap, is put aside unread.
        guard victim.isResponsive, watch.badInputs.count < 256, !attack.fault.isRun || victim.holdsTheSame(as: attacker)
        else { return }
        // Of a peer that refused it or that it refused, a node hears nothing but greetings.
        let peer = victim.brain?.status.peers.first { $0.member == attacker.identity.member }
        if peer?.state == .refused { return }
        watch.badInputs.append(
            NodeWatch.BadInput(
                fault: attack.fault, life: victim.life, arrival: arrival, complaints: complaints(of: victim, watch)))
    }

    /// What was on its way when a line or a process ended may never have arrived.
    func forgetBadInput(at nodes: [Int?], _ now: Int64) {
        for node in nodes { if let node { watches[node]?.badInputs.removeAll { $0.arrival >= now } } }
    }

    /// What was made up is counted or warned of, once at least of all that came since the last settled moment.
    func checkBadInput(_ node: SimulatedNode, at now: Int64) {
        let watch = watch(node)
        let inputs = watch.badInputs.filter { $0.life == node.life && $0.arrival < now }
        watch.badInputs = []
        guard let first = inputs.first, complaints(of: node, watch) <= first.complaints else { return }
        let names = Set(inputs.map(\.fault.rawValue)).sorted().joined(separator: ", ")
        report(.badInput, at: now, node: node.name, "it was given bad input (\(names)) and neither warned of it nor counted it")
    }

    private func complaints(of node: SimulatedNode, _ watch: NodeWatch) -> Int {
        guard let status = node.brain?.status else { return watch.warnings }
        let former = Int(clamping: status.formerFaults)
        return watch.warnings + status.strangerFrames + former + status.peers.reduce(0) { $0 + Int(clamping: $1.faults) }
    }
}

extension Fault {
    /// Whether whoever receives it can tell at once that it is wrong. Of an old frame, an extreme clock or a run that leaves a gap
    /// nobody can.
    fileprivate var mustBeCounted: Bool {
        switch self {
        case .forgedSignature, .strippedSignature, .crossGroupReplay, .oversizedFrame, .deepNesting: true
        default: false
        }
    }

    /// Whether it is a run that must follow what its receiver holds to be read at all.
    fileprivate var isRun: Bool { self == .forgedSignature || self == .strippedSignature || self == .crossGroupReplay }
}
