public import Causality
public import InboxModel
public import OfficeNode
import ReplicaStore

/// Watches a simulation and checks that what must hold does, from outside the nodes.
///
/// What can be checked with a turn is checked after each; what only shows once nodes have talked is checked by `settled`. It
/// reads replicas but writes none, and drives nothing: a run goes the same way with and without it.
///
/// Ordering duties: add it to the group before the group is founded; call `settled` only while nothing is left to do in the
/// components given; call `finish` once, at the end.
///
/// Not checked here: escalation timers, which do not exist yet (`Invariant.notYet`); coverage, which is a matter of
/// many runs; that replicas are sealed on their disks, as of secrecy only what leaves a node is looked at.
public final class InvariantChecker: SimulationObserver {
    /// How many violations are kept.
    public static let violationsMax = 100

    /// Which invariants are checked.
    public let invariants: Set<Invariant>
    /// What did not hold, in the order in which it was noticed: the first hundred, each once.
    public private(set) var violations: [Violation] = []
    /// What could not be judged, and what was written off, in words. Bounded as above.
    public private(set) var remarks: [String] = []
    /// Everything that was written.
    public let ledger: Ledger

    /// The start of the story in virtual milliseconds since 1970.
    let start: Int64
    /// Looks for the canary; nil where there is none.
    let canary: ByteSearch?
    /// By the node's number.
    var watches: [Int: NodeWatch] = [:]
    var fold = ComponentFold()
    var traffic = QuietTraffic()
    /// What was ordered to be destroyed.
    var condemned: [ThreadID: CondemnedContents] = [:]
    /// The attack whose frames come next.
    var attack: Attack?
    /// Counts settled moments, so that dear checks take another node each time.
    var settledCount = 0
    /// How many change sets there were when shuffled logs were last merged.
    var lawsCount = 0
    private var seen: Set<String> = []

    /// A checker of a story that begins at `start`.
    ///
    /// - Parameters:
    ///   - invariants: Which to check.
    ///   - start: In virtual milliseconds since 1970.
    ///   - canary: A text that the run puts into everything that is said and into every patient's name; empty for none. It must
    ///     not occur in names of members, offices or staff.
    ///   - ledger: Where everything that is written is taken down.
    public init(
        invariants: Set<Invariant> = Set(Invariant.allCases), start: Int64, canary: String = "", ledger: Ledger = Ledger()
    ) {
        self.invariants = invariants
        self.start = start
        self.canary = canary.isEmpty ? nil : ByteSearch(Array(canary.utf8))
        self.ledger = ledger
    }

    /// What was acknowledged and is lost with a disk that lied or was put back. Ascending.
    public var writtenOff: [Dot] { ledger.writtenOff }

    // MARK: Reporting

    /// Takes down that `invariant` does not hold, unless it is not asked for or that was said already.
    func report(_ invariant: Invariant, at now: Int64, node: String? = nil, _ message: @autoclosure () -> String) {
        report(invariant, at: now, node: node, nil, message())
    }

    /// The same where it concerns a change set.
    func report(_ invariant: Invariant, at now: Int64, node: String? = nil, _ dot: Dot?, _ message: @autoclosure () -> String) {
        guard invariants.contains(invariant), violations.count < Self.violationsMax else { return }
        let violation = Violation(invariant, at: now - start, node: node, changeSet: dot?.description, message())
        let key = "\(invariant.rawValue) \(node ?? "") \(violation.changeSet ?? "") \(violation.message)"
        if seen.insert(key).inserted { violations.append(violation) }
    }

    /// Takes down what could not be judged.
    func remark(_ text: String) {
        if remarks.count < Self.violationsMax && !remarks.contains(text) { remarks.append(text) }
    }

    /// Runs a check that reads nodes' replicas. A replica that cannot be read is a breach itself, unless a disk is failing.
    func reading(_ nodes: SimulatedNode..., at now: Int64, _ check: () throws -> Void) {
        do {
            try SimulatedNode.undisturbed(nodes[...], check)
        } catch {
            let names = nodes.map(\.name).joined(separator: " or ")
            if nodes.contains(where: { mayFail($0, at: now) }) {
                remark("the replica of \(names) could not be read: its disk fails")
            } else {
                report(.logs, at: now, node: nodes.first?.name, "the replica of \(names) cannot be read: \(error)")
            }
        }
    }

    private func mayFail(_ node: SimulatedNode, at now: Int64) -> Bool {
        let watch = watch(node)
        return watch.diskFailsUntil >= now || !watch.diskExcuses.isEmpty || node.disk?.isDead == true
    }

    /// What is known of a node.
    func watch(_ node: SimulatedNode) -> NodeWatch {
        if let watch = watches[node.index] { return watch }
        let watch = NodeWatch(node: node.index, name: node.name, ledger: ledger)
        watches[node.index] = watch
        return watch
    }

    // MARK: What happens

    /// Looks at what the replica holds that the node begins with, and watches what it merges.
    public func started(_ node: SimulatedNode, in group: SimulatedGroup) {
        traffic.disturb()
        guard let brain = node.brain else { return }
        let watch = watch(node)
        brain.mergeObserver = watch
        watch.replica = brain.replica
        reading(node, at: group.now) { try begin(watch, node, at: group.now) }
    }

    /// Takes note of how it died: that tells what it may have lost.
    public func stopped(_ node: SimulatedNode, _ death: Death, in group: SimulatedGroup) {
        traffic.disturb()
        watch(node).lastDeath = death
    }

    /// Checks what the turn did and what it asks for.
    public func turned(_ node: SimulatedNode, _ directives: [Directive], in group: SimulatedGroup) {
        check(TurnOutcome(directives), of: node, diedBefore: false, at: group.now)
    }

    /// Checks what the turn did; nothing of what it asked for counts as answered.
    public func died(_ node: SimulatedNode, before directives: [Directive], in group: SimulatedGroup) {
        check(TurnOutcome(directives), of: node, diedBefore: true, at: group.now)
    }

    /// Checks that the node answered.
    public func submitted(
        _ command: Command, _ actor: Actor, at node: SimulatedNode, _ result: Result<CommandOutcome, CommandRefusal>?,
        in group: SimulatedGroup
    ) {
        traffic.disturb()
        checkAnswer(command, at: node, result, now: group.now)
        if case .success = result { noteOrder(command, at: node, now: group.now) }
    }

    /// Takes down one branch of a fork as made by somebody.
    public func crafted(_ head: LogHead, by attacker: SimulatedNode, in group: SimulatedGroup) {
        ledger.expect(head, by: attacker.index)
    }

    /// Looks for plaintext, and counts traffic in quiet times.
    public func sent(_ frame: SimulatedFrame, _ fate: TraceEntry.Fate, arrivals: [Int64], in group: SimulatedGroup) {
        if let attack, fate == .delivered { note(attack, frame, arrivals, in: group) }
        if fate == .delivered { traffic.count(frame) } else { traffic.disturb() }
        if fate == .damaged || fate == .replayed {
            for end in [frame.from, frame.to] { watches[end]?.rates.excuse(at: group.now) }
            // No real transport delivers either: a relay seems to say what it never said, or what it said long ago.
            watches[frame.from]?.isSuspect = true
        }
        if let canary, canary.isFound(in: frame.bytes) {
            report(.secrecy, at: group.now, node: group.nodes[frame.from].name, "the canary stands in a frame that it sent")
        }
    }

    /// Takes note of faults, which excuse some things and call for others.
    public func happened(_ entry: TraceEntry, in group: SimulatedGroup) {
        switch entry.kind {
        case .frame, .merged, .notice, .warning, .remark, .violation: return
        case .fault: note(entry, in: group)
        case .cut, .disconnected, .stopped, .paused: forgetBadInput(at: [entry.node, entry.peer], group.now)
        default: break
        }
        traffic.disturb()
    }
}
