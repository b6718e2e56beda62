import Causality
import InboxModel

/// What a few offices did while links between them came and went: change sets with the contexts that their authors' pages showed.
struct RandomHistory {
    /// One change set, and what its author's node had merged before it.
    struct Authored {
        let set: ChangeSet
        let seen: VersionVector
    }

    let seed: UInt64
    /// In the order of authoring, which is one causally valid order.
    private(set) var authored: [Authored] = []
    private(set) var threads: [ThreadID] = []
    let replicas: [ReplicaID]
    let offices: [OfficeID]
    let staff: [StaffID]
    let queues: [QueueID]
    let categories: [CategoryID]
    let patients: [PatientID]

    static let start: Int64 = 1_700_000_000_000

    private var random: SeededGenerator
    private var seen: [VersionVector]
    private var touches: [ThreadID: [Dot]] = [:]
    private var openers: [ThreadID: Dot] = [:]

    init(seed: UInt64, replicas count: Int = 3, sets: Int = 200) {
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        func ids<Entity>(_ count: Int) -> [EntityID<Entity>] {
            (0..<count).map { _ in EntityID(milliseconds: 1, entropy: (random.next(), random.next())) }
        }
        offices = ids(2)
        staff = ids(4)
        queues = ids(3)
        categories = ids(3)
        patients = ids(5)
        replicas = (0..<count).map { _ in ReplicaID(random.next()) }
        self.random = random
        seen = Array(repeating: VersionVector(), count: count)
        for step in 0..<sets { author(step) }
    }

    private mutating func author(_ step: Int) {
        let node = pick(replicas.indices)
        if pick(0..<6) == 0 { seen[node].join(seen[pick(replicas.indices)]) }
        let dot = Dot(replicas[node], seen[node][replicas[node]] + 1)
        let time = HybridTimestamp(milliseconds: Self.start + Int64(step / 4) * 4000)
        let actor: Actor = pick(0..<8) == 0 ? .automation("rule") : .staff(any(staff))
        var changes: [Change] = []
        for _ in 0..<(pick(0..<5) == 0 ? 3 : 1) { changes.append(change(by: node, of: dot)) }
        let set = ChangeSet(stamp: Stamp(dot, time), actor: actor, office: any(offices), changes: changes)
        authored.append(Authored(set: set, seen: seen[node]))
        seen[node].advance(to: dot)
    }

    private mutating func change(by node: Int, of dot: Dot) -> Change {
        let known = threads.filter { id in openers[id].map { seen[node].covers($0) || $0 == dot } ?? false }
        let kind = pick(0..<20)
        if known.isEmpty || kind < 2 { return open(of: dot) }
        if kind == 3 { return patientChange(node) }
        if kind == 4 { return documentChange(node) }
        if kind == 5 && pick(0..<4) == 0 { return .unknown(UnknownChange(number: 99)) }
        let thread = any(known)
        let context = VersionVector((touches[thread] ?? []).filter { seen[node].covers($0) }.map { .init($0.replica, $0.sequence) })
        touches[thread, default: []].append(dot)
        return .thread(thread, context: context, threadChange(of: dot, context: context))
    }

    private mutating func open(of dot: Dot) -> Change {
        let id = ThreadID(milliseconds: Self.start + Int64(threads.count), entropy: (random.next(), random.next()))
        threads.append(id)
        openers[id] = dot
        touches[id, default: []].append(dot)
        let opening = ThreadOpening(
            patient: any(patients), office: any(offices), category: any(categories), urgency: any(UrgencyClass.allCases),
            queue: any(queues), language: "en")
        return .thread(id, context: VersionVector(), .opened(opening))
    }

    private mutating func threadChange(of dot: Dot, context: VersionVector) -> ThreadChange {
        let message = MessageID(high: dot.sequence, low: dot.replica.rawValue)
        switch pick(0..<26) {
        case 0...4:
            return .message(MessagePosting(id: message, direction: .inbound, channel: .sms, content: 0))
        case 5...7:
            let answers = context.entries.map { Dot($0.replica, $0.sequence) }.sorted()
            return .message(MessagePosting(id: message, direction: .outbound, channel: .portal, content: 0, answers: answers))
        case 8: return .note(message, content: 0)
        case 9...11: return .ownership(OwnershipChange(act: .claimed, from: nil, to: .staff(any(staff))))
        case 12: return .ownership(OwnershipChange(act: .released, from: nil, to: .queue(any(queues))))
        case 13: return .ownership(OwnershipChange(act: .offered, from: nil, to: .staff(any(staff))))
        case 14: return .resolved(Resolution(outcome: "answered", told: .told))
        case 15: return .reopened(note: nil)
        case 16: return .priority(any(Priority.allCases))
        case 17: return .review(pick(0..<2) == 0)
        case 18: return .due(pick(0..<4) == 0 ? nil : Self.start + Int64(pick(0..<400_000)))
        case 19: return .snoozed(until: pick(0..<4) == 0 ? nil : Self.start + Int64(pick(0..<400_000)))
        case 20: return .category(any(categories), any(UrgencyClass.allCases))
        case 21: return .tagged(["insurance", "x-ray"][pick(0..<2)])
        case 22: return pick(0..<2) == 0 ? .read : .draft(content: 0)
        case 23: return .purged(PurgeOrder(reason: "retention ended", retentionClass: "adult"))
        case 24:
            return pick(0..<2) == 0 ? .holdPlaced(LegalHold(token: "17", reason: "letter")) : .holdReleased(token: "17")
        default:
            switch pick(0..<6) {
            case 0: return .mergedInto(any(threads))
            case 1:
                let parts = context.entries.map { ThreadSplit.Part(message, in: Dot($0.replica, $0.sequence)) }
                return .split(ThreadSplit(parts, into: any(threads)))
            case 2: return .shared(any(staff), until: Self.start + Int64(pick(0..<400_000)))
            case 3: return .unshared(any(staff))
            default: return .escalated(level: UInt8(pick(1..<3)))
            }
        }
    }

    private mutating func patientChange(_ node: Int) -> Change {
        let name = ["Ana Núñez", "Bo Li", "Chloë Smith"][pick(0..<3)]
        return .patient(any(patients), context: seen[node], .details(PatientDetails(name: name, born: "1990-01-02")))
    }

    private mutating func documentChange(_ node: Int) -> Change {
        let id = any(offices)
        let key = id == offices[0] ? "towson" : "belair"
        let profile = OfficeProfile(key: key, name: "Office \(pick(0..<9))", timeZone: "America/New_York")
        return .directory(.office(id, profile), context: seen[node])
    }

    /// The change sets in another causally valid order, decided by `seed`.
    func shuffled(seed: UInt64) -> [ChangeSet] {
        var random = SeededGenerator(seed: seed)
        var logs: [[Authored]] = replicas.map { replica in authored.filter { $0.set.dot.replica == replica } }
        var merged = VersionVector()
        var result: [ChangeSet] = []
        while result.count < authored.count {
            let ready = logs.indices.filter { index in logs[index].first.map { merged.dominates($0.seen) } ?? false }
            let next = logs[ready.randomElement(using: &random) ?? 0].removeFirst()
            merged.advance(to: next.set.dot)
            result.append(next.set)
        }
        return result
    }

    private mutating func pick(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func any<Element>(_ elements: [Element]) -> Element { elements[pick(elements.indices)] }
}
