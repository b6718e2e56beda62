import Causality
import InboxModel
import InboxWorkflow
import Testing

/// The collision guard over random histories, against what a plain look at the history finds.
@Suite struct ReplyGuardLawTests {
    @Test("Whoever sees everything may answer, and nothing unseen that matters goes unreported", arguments: 0..<200)
    func laws(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (conversation, pages) = Self.history(&random)
        let state = conversation.merged
        let story = "seed \(seed)\n" + conversation.steps.map(\.description).joined(separator: "\n")
        for staff in Cast.staff {
            #expect(ReplyGuard.collisions(shown: state.clock, now: state, replying: staff).isEmpty, "\(story)")
            for page in pages {
                let found = ReplyGuard.collisions(shown: page, now: state, replying: staff)
                let unseen = conversation.steps.filter { !page.covers($0.dot) }
                let mistakes = Self.mistakes(found, unseen, conversation, state, replying: staff)
                #expect(mistakes.isEmpty, "page \(page) found \(found): \(mistakes)\n\(story)")
            }
        }
    }

    @Test("The histories are rich enough for the law to say something")
    func coverage() {
        var kinds: [String: Int] = [:]
        for seed in 0..<200 {
            var random = SplitMix64(seed: UInt64(seed))
            let (conversation, pages) = Self.history(&random)
            for page in pages {
                for collision in ReplyGuard.collisions(shown: page, now: conversation.merged, replying: Cast.ana) {
                    kinds[String(String(describing: collision).prefix { $0 != "(" }), default: 0] += 1
                }
            }
        }
        for kind in ["messageArrived", "answeredBy", "ownershipMoved", "resolved", "merged"] {
            #expect(kinds[kind, default: 0] > 50, "\(kinds)")
        }
    }

    /// What the guard missed or made up.
    private static func mistakes(
        _ found: [Collision], _ unseen: [Conversation.Step], _ conversation: Conversation, _ state: ThreadState,
        replying staff: StaffID
    ) -> [String] {
        var mistakes: [String] = []
        func require(_ holds: Bool, _ what: String) { if !holds { mistakes.append(what) } }

        var arrived: [Dot] = []
        var answers: Set<Dot> = []
        for collision in found {
            if case .messageArrived(let dots) = collision { arrived += dots }
            if case .answeredBy(let dot) = collision { answers.insert(dot) }
        }
        let inbound = unseen.filter { $0.isMessage(.inbound) }.map(\.dot)
        require(arrived.isEmpty == inbound.isEmpty, "arrivals")
        require(arrived.allSatisfy(inbound.contains), "arrivals that were none")
        require(state.unanswered.filter(inbound.contains).allSatisfy(arrived.contains), "waiting arrivals")

        let outbound = unseen.filter { $0.isMessage(.outbound) }
        require(answers.isSubset(of: outbound.map(\.dot)), "answers that were none")
        for step in outbound where step.answersSomething || step.dot == state.lastOutbound?.dot {
            require(answers.contains(step.dot), "answer \(step.dot)")
        }

        var owners: Set<Owner> = []
        for step in unseen where conversation.isLiveClaim(step) {
            guard let owner = step.newOwner, !step.isOwnClaim(of: staff) else { continue }
            owners.insert(owner)
        }
        require(Set(found.compactMap(\.owner)) == owners, "owners")

        let endings = unseen.filter { step in state.resolutions.entries.contains { $0.stamp.dot == step.dot } }
        require(endings.allSatisfy { found.contains(.resolved($0.dot)) }, "resolutions")
        let merges = unseen.filter { step in
            state.merges.entries.contains { $0.stamp.dot == step.dot && $0.value.thread != nil }
        }
        require(merges.isEmpty == !found.contains { if case .merged = $0 { true } else { false } }, "merges")
        if inbound.isEmpty && outbound.isEmpty && owners.isEmpty && endings.isEmpty && merges.isEmpty {
            require(found.isEmpty, "something although nothing happened")
        }
        return mistakes
    }

    /// A random history over three replicas, and clocks of pages that were shown along the way.
    private static func history(_ random: inout SplitMix64) -> (Conversation, pages: [VersionVector]) {
        var conversation = Conversation(replicas: 3)
        conversation.add(.opened(Cast.opening), by: .system)
        conversation.receive()
        for replica in 1...2 { conversation.exchange(from: 0, to: replica) }
        let skews = (0..<3).map { _ in Int64.random(in: -50...50, using: &random) }
        var pages = [VersionVector()]
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            let replica = Int.random(in: 0..<3, using: &random)
            if random.once(in: 3) { conversation.exchange(from: Int.random(in: 0..<3, using: &random), to: replica) }
            if random.once(in: 2) { pages.append(conversation.state(at: replica).clock) }
            step(&conversation, at: replica, skew: skews[replica], stale: random.once(in: 4) ? pages.last : nil, &random)
        }
        return (conversation, pages)
    }

    private static func step(
        _ conversation: inout Conversation, at replica: Int, skew: Int64, stale: VersionVector?,
        _ random: inout SplitMix64
    ) {
        let staff = random.pick(Cast.staff)
        // A page shown at another replica may have seen what this one has not; only its own are stale pages here.
        let known = conversation.state(at: replica).clock
        let page = stale.flatMap { known.dominates($0) ? $0 : nil }
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: conversation.receive(at: replica, skew: skew)
        case 2, 3: conversation.reply(by: staff, at: replica, seen: page, skew: skew)
        case 4: conversation.move(.claimed, to: .staff(staff), by: staff, at: replica, skew: skew)
        case 5: conversation.move(.assigned, to: .staff(random.pick(Cast.staff)), by: staff, at: replica, skew: skew)
        case 6: conversation.move(.released, to: .queue(Cast.towsonClinical), by: staff, at: replica, skew: skew)
        case 7:
            let resolution = Resolution(outcome: "answered", told: .told)
            conversation.add(.resolved(resolution), by: .staff(staff), at: replica, seen: page, skew: skew)
        case 8:
            let target = random.once(in: 3) ? nil : Cast.otherThread
            conversation.add(.mergedInto(target), by: .staff(staff), at: replica, seen: page, skew: skew)
        default: conversation.add(.tagged("implant"), by: .staff(staff), at: replica, skew: skew)
        }
    }
}

extension Conversation {
    /// Whether `step` moved ownership and nobody who moved it later had seen that.
    fileprivate func isLiveClaim(_ step: Step) -> Bool {
        step.newOwner != nil
            && !steps.contains { $0.supersedesOwners && $0.dot != step.dot && $0.context.covers(step.dot) }
    }
}

extension Conversation.Step {
    fileprivate func isMessage(_ direction: Direction) -> Bool {
        if case .message(let posting) = change { posting.direction == direction } else { false }
    }

    fileprivate var answersSomething: Bool {
        if case .message(let posting) = change { !posting.answers.isEmpty } else { false }
    }

    fileprivate var newOwner: Owner? {
        switch change {
        case .opened(let opening): .queue(opening.queue)
        case .ownership(let step): step.to
        default: nil
        }
    }

    fileprivate var supersedesOwners: Bool {
        if case .ownership = change { true } else { false }
    }

    fileprivate func isOwnClaim(of staff: StaffID) -> Bool {
        guard case .ownership(let step) = change else { return false }
        return step.act == .claimed && step.to == .staff(staff)
    }
}

extension Collision {
    fileprivate var owner: Owner? {
        if case .ownershipMoved(let owner) = self { owner } else { nil }
    }
}
