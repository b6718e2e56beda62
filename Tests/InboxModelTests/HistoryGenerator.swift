import Causality
import InboxModel

/// Draws histories: two to six replicas with odd clocks, partitions that come and go, people and rules that act on pages
/// which may be stale.
struct HistoryGenerator {
    private static let start: Int64 = 1_700_000_000_000
    private var random: SplitMix64
    private let seed: UInt64
    /// The kinds of thread change that this history is about. Few in most, so that they meet each other often.
    private var repertoire: [ThreadChange.Kind] = []

    init(seed: UInt64) {
        self.seed = seed
        random = SplitMix64(seed: seed)
        let kinds = ThreadChange.Kind.allCases.filter { $0 != .opened && $0 != .message }
        let count = random.once(in: 4) ? kinds.count : Int.random(in: 1...4, using: &random)
        repertoire = Array(kinds.shuffled(using: &random).prefix(count))
        // What people meet most often when they act apart, and what most other rules depend on.
        if random.once(in: 3) { repertoire.append(random.pick([.ownership, .resolved, .reopened])) }
        // Purges and holds only mean something to each other, and to what was said.
        // Splitting only means something to what came in.
        if random.once(in: 6) { repertoire += [.split, .continued] }
        if random.once(in: 6) { repertoire += [.shared, .unshared] }
        if random.once(in: 6) { repertoire += [.holdPlaced, .holdReleased, .purged, .correction] }
    }

    mutating func history() -> History {
        let count = Int.random(in: 2...6, using: &random)
        let clocks = (0..<count).map { _ in wallClock() }
        let threads = random.once(in: 3) ? Int.random(in: 2...3, using: &random) : 1
        var actions = random.once(in: 5) ? [] : opened(threads: threads, replicas: count)
        var moment = Self.start
        var sides = Array(repeating: 0, count: count)
        for _ in 0..<Int.random(in: 15...45, using: &random) {
            // Time often stands still, so that actions at different replicas get equal timestamps.
            if random.once(in: 2) { moment += Int64.random(in: 1...90_000, using: &random) }
            if random.once(in: 8) { sides = partition(count) }
            actions.append(Action(moment: moment, kind: kind(count, threads: threads, sides: sides)))
        }
        return History(seed: seed, clocks: clocks, actions: actions)
    }

    /// Every thread opened somewhere and known everywhere, so that most of what follows is about threads that all know.
    private mutating func opened(threads: Int, replicas: Int) -> [Action] {
        let origin = Int.random(in: 0..<replicas, using: &random)
        let steps = (0..<threads).map { Step.thread($0, .opened(opening())) }
        let openings = Action.Kind.act(replica: origin, actor: .staff(Cast.dana), page: .fresh, steps: steps)
        let syncs = (0..<replicas).filter { $0 != origin }.map { Action.Kind.sync(from: origin, to: $0) }
        return ([openings] + syncs).map { Action(moment: Self.start, kind: $0) }
    }

    private mutating func wallClock() -> WallClock {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .frozen(at: Self.start)
        case 1: .backward(from: Self.start)
        case 2: .off(by: Int64.random(in: -7_200_000...7_200_000, using: &random))
        default: .off(by: 0)
        }
    }

    /// Which side of the cut each replica is on; all on one where the partition heals.
    private mutating func partition(_ count: Int) -> [Int] {
        if random.once(in: 3) { return Array(repeating: 0, count: count) }
        return (0..<count).map { _ in Int.random(in: 0..<3, using: &random) }
    }

    private mutating func kind(_ count: Int, threads: Int, sides: [Int]) -> Action.Kind {
        let replica = Int.random(in: 0..<count, using: &random)
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<5:
            let reachable = (0..<count).filter { $0 != replica && sides[$0] == sides[replica] }
            if reachable.isEmpty { fallthrough }
            return .sync(from: random.pick(reachable), to: replica)
        case 5..<7:
            let thread = Int.random(in: 0...threads, using: &random)
            return .look(replica: replica, thread: thread == threads ? nil : thread)
        default:
            let actor = actor()
            let page: PageChoice = random.once(in: 3) ? .kept : random.once(in: 12) ? .blank : .fresh
            let steps = (0..<(random.once(in: 4) ? Int.random(in: 2...4, using: &random) : 1)).map { _ in
                step(thread: Int.random(in: 0..<threads, using: &random))
            }
            return .act(replica: replica, actor: actor, page: page, steps: steps)
        }
    }

    private mutating func actor() -> Actor {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: .system
        case 1: .automation("timeout")
        case 2, 3: .patient(Cast.maria)
        default: .staff(random.pick(Cast.staff))
        }
    }

    private mutating func step(thread: Int) -> Step {
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<2: .thread(thread, .opened(opening()))
        case 2..<7: .inbound(thread, random.pick(Channel.allCases))
        case 7..<12: .reply(thread, random.pick(Channel.allCases), answersAll: random.once(in: 4))
        case 12..<15: .patient(random.pick(Cast.patients), patientChange())
        case 15..<17: .directory(document())
        case 17: .unknown
        default: .thread(thread, threadChange())
        }
    }

    private mutating func opening() -> ThreadOpening {
        ThreadOpening(
            patient: Cast.maria, office: random.pick(Cast.offices), category: random.pick(Cast.categories),
            urgency: random.pick(UrgencyClass.allCases), queue: random.pick(Cast.queues),
            language: random.pick(["en", "es"]))
    }

    private mutating func threadChange() -> ThreadChange {
        let content = UInt16.random(in: 0...3, using: &random)
        switch random.pick(repertoire) {
        case .ownership: return .ownership(ownershipChange())
        case .resolved: return .resolved(Resolution(outcome: random.pick(["answered", "booked"]), told: .told))
        case .reopened: return .reopened(note: random.once(in: 2) ? content : nil)
        case .escalated: return .escalated(level: UInt8.random(in: 1...3, using: &random))
        case .escalationAcknowledged: return .escalationAcknowledged
        case .answeredTwiceAcknowledged: return .answeredTwiceAcknowledged
        case .holdPlaced: return .holdPlaced(LegalHold(token: random.pick(Self.labels), reason: random.pick(["letter", "audit"])))
        case .holdReleased: return .holdReleased(token: random.pick(Self.labels))
        case .purged: return .purged(PurgeOrder(reason: "retention ended", retentionClass: random.pick(["adult", "minor"])))
        case .purgeNoted:
            let purge = Dot(ReplicaID(UInt64.random(in: 1...3, using: &random)), UInt64.random(in: 1...3, using: &random))
            return .purgeNoted(random.pick(PurgeStep.allCases), of: purge)
        case .split: return .split(ThreadSplit(parts(), into: random.pick(Cast.threads)))
        case .continued:
            return .continued(ThreadContinuation(from: random.pick(Cast.threads), parts(), isWaiting: random.once(in: 2)))
        case .shared:
            let until = random.once(in: 4) ? Int64.max : Self.start + Int64.random(in: -9...9, using: &random)
            return .shared(random.pick(Cast.staff), until: until)
        case .unshared: return .unshared(random.pick(Cast.staff))
        case .subject: return .subject(content: content)
        case .note: return .note(MessageID(high: 9, low: UInt64.random(in: 1...9, using: &random)), content: content)
        case .correction: return .correction(of: MessageID(high: 9, low: 1), content: random.once(in: 2) ? nil : content)
        case .priority: return .priority(random.pick(Priority.allCases))
        case .review: return .review(random.once(in: 2))
        case .category: return .category(random.pick(Cast.categories), random.pick(UrgencyClass.allCases))
        case .due: return .due(random.once(in: 4) ? nil : Int64.random(in: 1...9, using: &random))
        case .snoozed: return .snoozed(until: random.once(in: 4) ? nil : Int64.random(in: 1...9, using: &random))
        case .tagged: return .tagged(random.pick(Self.labels))
        case .untagged: return .untagged(random.pick(Self.labels))
        case .read: return .read
        case .draft: return .draft(content: random.once(in: 3) ? nil : content)
        case .moved: return .moved(random.pick(Cast.offices))
        case .language: return .language(random.pick(["en", "es", "pt"]))
        case .mergedInto: return .mergedInto(random.once(in: 3) ? nil : random.pick(Cast.threads))
        case .contentKey: return .contentKey(tag: UInt32.random(in: 0...2, using: &random), content: content)
        case .opened, .message: return .read
        }
    }

    /// One to three messages, some of which change sets of the history brought.
    private mutating func parts() -> [ThreadSplit.Part] {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in
            let dot = Dot(ReplicaID(UInt64.random(in: 1...3, using: &random)), UInt64.random(in: 1...8, using: &random))
            return ThreadSplit.Part(MessageID(high: 9, low: UInt64.random(in: 1...9, using: &random)), in: dot)
        }
    }

    /// The last two look alike and are different bytes.
    static let labels = ["insurance", "x-ray", "caf\u{E9}", "cafe\u{301}"]

    private mutating func ownershipChange() -> OwnershipChange {
        let owner: Owner = random.once(in: 3) ? .queue(random.pick(Cast.queues)) : .staff(random.pick(Cast.staff))
        return OwnershipChange(act: random.pick(OwnershipAct.allCases), from: nil, to: owner)
    }

    private mutating func patientChange() -> PatientChange {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .details(PatientDetails(name: random.pick(["Maria", "María"]), phone: random.pick(["1", "2"])))
        case 1: .linked(random.pick(Cast.patients))
        case 2: .unlinked(random.pick(Cast.patients))
        default:
            .consent(
                Consent(
                    ConsentScope(random.pick([.sms, .email]), random.pick(ConsentPurpose.allCases)),
                    isGranted: random.once(in: 2)))
        }
    }

    private mutating func document() -> DirectoryDocument {
        let name = random.pick(["A", "B", "C"])
        switch Int.random(in: 0..<7, using: &random) {
        case 4:
            return .account(
                AccountID(of: Cast.dana), AccountProfile(staff: Cast.dana, passwordHash: name, secondFactor: [1], endedBefore: 7))
        case 5:
            return .token(
                TokenID(high: 1, low: 1), TokenProfile(name: name, staff: Cast.dana, hash: [2], scopes: .read, expires: 9))
        case 6:
            return .authority(
                AuthorityID(high: 1, low: 1),
                AuthorityProfile(certificate: Array(name.utf8), key: [3], generation: UInt32(random.once(in: 2) ? 1 : 2), begins: 5))
        case 0: return .office(Cast.towson, OfficeProfile(key: "TOW", name: name, timeZone: "America/New_York"))
        case 1:
            let role = random.pick(Role.allCases)
            return .staff(Cast.dana, StaffProfile(key: "dana", name: name, role: role, offices: Cast.offices))
        case 2:
            let office = random.once(in: 2) ? nil : Cast.towson
            return .queue(
                Cast.frontDesk, QueueProfile(key: "fd", name: name, office: office, members: Cast.staff, primary: Cast.dana))
        default:
            return .category(
                Cast.billing,
                CategoryProfile(
                    key: "bill", name: name, urgency: random.pick(UrgencyClass.allCases), needsReview: false,
                    responseMinutes: 60, destinations: [.init(office: Cast.towson, queue: Cast.frontDesk)]))
        }
    }
}
