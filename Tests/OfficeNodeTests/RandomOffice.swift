import Causality
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore

/// Random work by random people on random nodes, under cuts, heals, kills and restarts, all drawn from one seed; and a ledger,
/// kept outside the nodes, of everything that was acknowledged.
final class RandomOffice {
    let clinic: Clinic
    let conditions: LinkConditions
    /// Change sets that a node said are durable.
    private(set) var acknowledged: [Dot] = []
    /// Texts that a node said are durable, by thread.
    private(set) var texts: [ThreadID: [String]] = [:]
    /// What was done, for the report of a failure.
    private(set) var history: [String] = []

    private var random: SplitMix64
    private var threads: [ThreadID] = []
    /// Clocks that pages showed earlier, by thread: for actions from stale pages.
    private var shown: [ThreadID: VersionVector] = [:]
    private var count = 0

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        let isBad = seed % 3 == 0
        conditions = isBad ? .bad : .good
        clinic = try Clinic(seed: seed, laptop: seed % 2 == 0)
        if seed % 5 == 0 { try clinic.group.join("annapolis", invitedBy: clinic.towson) }
        clinic.group.setConditions(conditions)
    }

    var nodes: [SimulatedNode] { clinic.group.nodes }

    /// Does `steps` random things, with time passing between them.
    func work(_ steps: Int) throws {
        for _ in 0..<steps {
            switch random.number(in: 0...99) {
            case 0..<6: cut()
            case 6..<11: heal()
            case 11..<15: kill()
            case 15..<22: try restart()
            case 22..<34: try open()
            default: try act()
            }
            // Often nothing has arrived anywhere before the next person acts.
            clinic.group.run(for: random.happens(40) ? 0 : Int64(random.number(in: 0...3_000)))
        }
    }

    /// Ends all faults and waits until nothing is left to do; false where that does not come.
    func settle() throws -> Bool {
        for node in nodes where !node.isRunning { try clinic.group.restart(node) }
        clinic.group.healAll()
        return clinic.group.runUntilQuiet(limit: 1_800_000)
    }

    // MARK: Faults

    private func cut() {
        let (one, other) = (pick(nodes), pick(nodes))
        guard one.index != other.index else { return }
        history.append("cut \(one.name) \(other.name)")
        clinic.group.cut(one, other)
    }

    private func heal() {
        history.append("heal all")
        clinic.group.healAll()
    }

    private func kill() {
        let node = pick(nodes)
        guard node.isRunning, nodes.count(where: \.isRunning) > 1 else { return }
        history.append("kill \(node.name)")
        if random.happens(50) { clinic.group.crash(node) } else { clinic.group.crashAfterNextCommit(node) }
    }

    private func restart() throws {
        guard let node = nodes.first(where: { !$0.isRunning }) else { return }
        history.append("restart \(node.name)")
        try clinic.group.restart(node)
    }

    // MARK: Work

    private func open() throws {
        let office = pick(clinic.practice.offices)
        let category = random.happens(50) ? clinic.practice.scheduling : clinic.practice.medication
        let text = nextText()
        let draft = ThreadDraft(
            patient: pick(clinic.practice.patients), office: office.id, category: category, subject: "Subject \(text)",
            text: text)
        guard let outcome = try submit(.openThread(draft), as: .system), let thread = outcome.thread else { return }
        threads.append(thread)
        texts[thread, default: []].append(text)
    }

    private func act() throws {
        guard !threads.isEmpty else { return }
        let thread = pick(threads)
        let text = nextText()
        let (command, actor, says) = draw(thread, text)
        let context = random.happens(30) ? shown[thread] : nil
        guard let outcome = try submit(.thread(thread, shown: context, command), as: actor) else { return }
        if random.happens(40) { shown[thread] = outcome.clock }
        if says { texts[thread, default: []].append(text) }
    }

    /// A random command, who gives it, and whether `text` is then part of the thread's history.
    private func draw(_ thread: ThreadID, _ text: String) -> (ThreadCommand, Actor, Bool) {
        let practice = clinic.practice
        let actor = Actor.staff(pick(practice.people + [practice.onCall, practice.administrator]))
        let owner: Owner = random.happens(50) ? .staff(pick(practice.people)) : .queue(pick(practice.offices).queue)
        switch random.number(in: 0...21) {
        case 0...3: return (.patientMessage(.portal, text: text), .system, true)
        case 4...7: return (.reply(.sms, text: text, override: random.happens(50)), actor, true)
        case 8: return (.note(text: text), actor, true)
        case 9...11: return (.claim, actor, false)
        case 12: return (.release(to: nil), actor, false)
        case 13: return (.offer(to: owner, note: ""), actor, false)
        case 14: return (random.happens(50) ? .accept : .decline(note: ""), actor, false)
        case 15: return (.assign(to: owner, note: ""), actor, false)
        case 16: return (.resolve(outcome: "done", told: .told, note: ""), actor, false)
        case 17: return (random.happens(50) ? .reopen(note: "") : .escalate(level: 1, note: ""), actor, false)
        case 18: return (random.happens(50) ? .tag("a") : .untag("a"), actor, false)
        case 19: return (random.happens(50) ? .setPriority(.urgent) : .setCategory(practice.medication), actor, false)
        case 20: return (random.happens(50) ? .markRead : .saveDraft(text: random.happens(50) ? "draft" : nil), actor, false)
        default: return (random.happens(50) ? .move(pick(practice.offices).id) : .acknowledgeAnsweredTwice, actor, false)
        }
    }

    /// Gives a command to a random node that runs; nil where it was refused or the node died over it.
    private func submit(_ command: Command, as actor: Actor) throws -> CommandOutcome? {
        let running = nodes.filter(\.isRunning)
        guard !running.isEmpty else { return nil }
        let node = pick(running)
        do {
            let result = try clinic.group.submit(command, at: node, by: actor)
            history.append("\(node.name): \(command.name) \(result.isSuccess ? "" : "refused")")
            guard case .success(let outcome) = result else { return nil }
            if let dot = outcome.dot { acknowledged.append(dot) }
            return outcome
        } catch let error as SimulationError where error.code == .nodeDown {
            history.append("\(node.name) died over \(command.name)")
            return nil
        }
    }

    private func nextText() -> String {
        count += 1
        return "text-\(count)."
    }

    private func pick<Element>(_ elements: [Element]) -> Element { elements[random.number(in: 0...elements.count - 1)] }
}

extension Command {
    fileprivate var name: String { String(String(describing: self).prefix(90)) }
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}

/// The tests' own stream of random numbers.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x2545_F491_4F6C_DD1D &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    mutating func happens(_ percent: Int) -> Bool { number(in: 0...99) < percent }
}
