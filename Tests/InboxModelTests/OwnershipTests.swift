import Causality
import InboxModel
import Testing

@Suite("Ownership")
struct OwnershipTests {
    @Test("A thread is its queue's from the first moment")
    func opened() {
        let offices = Offices()
        #expect(offices.thread().owner == .queue(Cast.frontDesk))
        #expect(offices.thread().claimants.isEmpty)
        #expect(offices.thread().status == .queued)
        #expect(!offices.thread().flags.contains(.contested))
    }

    @Test("A claim takes the thread from its queue without contest")
    func claim() {
        var offices = Offices()
        offices.act(at: 1, by: Cast.dana, .claim(by: Cast.dana))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.dana))
        #expect(offices.thread().status == .owned)
        #expect(!offices.thread().flags.contains(.contested))
    }

    @Test("Two claims made while apart are contested, the earlier shown first at every office")
    func doubleClaim() {
        var offices = Offices()
        offices.act(at: 1, by: Cast.bo, .claim(by: Cast.bo))
        offices.act(at: 0, by: Cast.dana, .claim(by: Cast.dana))
        offices.heal()
        for office in 0...1 {
            #expect(offices.thread(at: office).owner == .staff(Cast.bo))
            #expect(offices.thread(at: office).claimants == [.staff(Cast.bo), .staff(Cast.dana)])
            #expect(offices.thread(at: office).flags.contains(.contested))
        }
    }

    @Test("A contest ends with a claim by somebody who saw both")
    func contestSettled() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .claim(by: Cast.dana))
        offices.act(at: 1, by: Cast.bo, .claim(by: Cast.bo))
        offices.heal()
        offices.act(at: 1, by: Cast.bo, .claim(by: Cast.bo))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.bo))
        #expect(!offices.thread().flags.contains(.contested))
    }

    @Test("A contest does not end with a change that saw only one of the claims")
    func contestNotSettledByOneSide() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .claim(by: Cast.dana))
        offices.act(at: 1, by: Cast.bo, .claim(by: Cast.bo))
        offices.act(at: 1, by: Cast.bo, .ownership(.released, to: .queue(Cast.clinical)))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.dana))
        #expect(offices.thread().flags.contains(.contested))
        #expect(offices.thread().claimants == [.staff(Cast.dana), .queue(Cast.clinical)])
    }

    @Test("One person who claims at two offices is not contested")
    func samePersonTwice() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .claim(by: Cast.dana))
        offices.act(at: 1, by: Cast.dana, .claim(by: Cast.dana))
        offices.heal()
        #expect(offices.thread().claimants == [.staff(Cast.dana)])
        #expect(!offices.thread().flags.contains(.contested))
    }

    @Test("A supervisor's assignment comes before a claim, even an earlier one")
    func assignmentFirst() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .claim(by: Cast.dana))
        offices.act(at: 1, by: Cast.supervisor, .assign(to: Cast.bo))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.bo))
        #expect(offices.thread().claimants == [.staff(Cast.bo), .staff(Cast.dana)])
        #expect(offices.thread().flags.contains(.contested))
    }

    @Test("A person's claim comes before automation's, even an earlier one, and is not contested by it")
    func peopleBeforeAutomation() {
        var offices = Offices()
        offices.act(
            at: 0, by: .automation("timeout"), .thread(0, .ownership(.escalated, to: .queue(Cast.clinical))))
        offices.act(at: 1, by: Cast.dana, .claim(by: Cast.dana))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.dana))
        #expect(!offices.thread().flags.contains(.contested))
    }

    @Test("An assignment that a rule makes counts as automation, not as a supervisor's")
    func automationCannotAssign() {
        var offices = Offices()
        offices.act(at: 0, by: .automation("cover"), .thread(0, .assign(to: Cast.bo)))
        offices.act(at: 1, by: Cast.dana, .claim(by: Cast.dana))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.dana))
    }

    @Test("Of two claims with one timestamp the smaller dot's is shown")
    func tie() {
        var offices = Offices(clockOffsets: [1000, 0])
        offices.act(at: 0, by: Cast.dana, .claim(by: Cast.dana))
        offices.act(at: 1, by: Cast.bo, .claim(by: Cast.bo))
        let stamps = (0...1).map { offices.thread(at: $0).effectiveClaim?.stamp }
        #expect(stamps[0]?.timestamp == stamps[1]?.timestamp)
        offices.heal()
        let isFirst = offices.lastDot(at: 0) < offices.lastDot(at: 1)
        #expect(offices.thread().owner == .staff(isFirst ? Cast.dana : Cast.bo))
    }

    @Test("A wrong wall clock does not overrule somebody who had seen the claim")
    func contextBeforeClock() {
        var offices = Offices(clockOffsets: [0, -86_400_000])
        offices.act(at: 0, by: Cast.dana, .claim(by: Cast.dana))
        offices.heal()
        offices.act(at: 1, by: Cast.bo, .claim(by: Cast.bo))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.bo))
        #expect(!offices.thread().flags.contains(.contested))
    }

    @Test("An offer leaves the sender accountable until it is accepted")
    func handOff() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .claim(by: Cast.dana))
        offices.act(at: 0, by: Cast.dana, .offer(to: Cast.bo))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.dana))
        #expect(offices.thread().offeredTo == .staff(Cast.bo))
        #expect(offices.thread().flags.contains(.handOffPending))
        offices.act(at: 1, by: Cast.bo, .ownership(.accepted, to: .staff(Cast.bo)))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.bo))
        #expect(offices.thread().offeredTo == nil)
        #expect(!offices.thread().flags.contains(.handOffPending))
    }

    @Test("An offer declined leaves the thread where it was")
    func declined() {
        var offices = Offices()
        offices.act(at: 0, by: Cast.dana, .claim(by: Cast.dana))
        offices.act(at: 0, by: Cast.dana, .offer(to: Cast.bo))
        offices.heal()
        offices.act(at: 1, by: Cast.bo, .ownership(.declined, to: .staff(Cast.bo)))
        offices.heal()
        #expect(offices.thread().owner == .staff(Cast.dana))
        #expect(offices.thread().offeredTo == nil)
    }

    @Test("Of two offers made while apart the first is shown, and a refusal that saw one keeps the other")
    func twoOffers() {
        var offices = Offices()
        offices.act(at: 1, by: Cast.supervisor, .offer(to: Cast.bo))
        offices.act(at: 0, by: Cast.supervisor, .offer(to: Cast.dana))
        offices.act(at: 0, by: Cast.dana, .ownership(.declined, to: .staff(Cast.dana)))
        offices.heal()
        #expect(offices.thread().offeredTo == .staff(Cast.bo))
    }

    @Test("One rule that opens one thread at two offices makes one thread, not contested")
    func openedTwiceByAutomation() {
        var simulation = Simulation(clocks: [.off(by: 5000), .off(by: 0)])
        for replica in 0...1 {
            simulation.act(
                on: replica, by: .automation("intake"), page: .fresh, at: 1_700_000_000_000,
                [.thread(0, .opened(Cast.opening))])
        }
        simulation.sync(from: 0, to: 1, at: 1_700_000_001_000)
        simulation.sync(from: 1, to: 0, at: 1_700_000_001_000)
        let inboxes = simulation.replicas.map { Inbox(applying: $0.arrived.map(\.set)) }
        #expect(inboxes[0].digest == inboxes[1].digest)
        let thread = inboxes[0].threads[Cast.threads[0]]
        #expect(thread?.owner == .queue(Cast.frontDesk))
        #expect(thread?.flags == [])
        #expect(thread?.openedAt == HybridTimestamp(milliseconds: 1_700_000_000_000))
    }
}
