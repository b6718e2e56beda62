import Causality
import InboxModel
import PlainInbox
import Testing

/// A few offices that act apart and then hear of each other: the stage of the example tests. Office 0 is Towson, office 1
/// Bel Air. It begins with one thread, opened at Towson with a message from Maria, that every office knows.
struct Offices {
    private(set) var simulation: Simulation
    private var moment: Int64 = 1_700_000_000_000
    private let count: Int

    /// - Parameter clockOffsets: By how many milliseconds each office's wall clock is ahead.
    init(clockOffsets: [Int64] = [0, 0]) {
        count = clockOffsets.count
        simulation = Simulation(clocks: clockOffsets.map(WallClock.off))
        act(at: 0, by: .patient(Cast.maria), .thread(0, .opened(Cast.opening)), .inbound(0, .portal))
        heal()
    }

    /// One action at an office, a second after the last one anywhere, on a page opened just now unless said otherwise.
    mutating func act(at office: Int, by actor: Actor, page: PageChoice = .fresh, _ steps: Step...) {
        moment += 1000
        simulation.act(on: office, by: actor, page: page, at: moment, steps)
    }

    /// One change to the thread by one person.
    mutating func act(at office: Int, by staff: StaffID, page: PageChoice = .fresh, _ change: ThreadChange) {
        act(at: office, by: .staff(staff), page: page, .thread(0, change))
    }

    /// Opens the thread's page, to be acted on later with `page: .kept`.
    mutating func look(at office: Int) { simulation.look(at: .thread(Cast.threads[0]), on: office) }

    /// Maria writes.
    mutating func patientWrites(at office: Int) { act(at: office, by: .patient(Cast.maria), .inbound(0, .portal)) }

    /// Somebody replies to what the page shows waiting.
    mutating func reply(at office: Int, by staff: StaffID, page: PageChoice = .fresh) {
        act(at: office, by: .staff(staff), page: page, .reply(0, .portal, answersAll: false))
    }

    /// Lets every office hear of everything, each in another order, and checks that all then hold the same bytes.
    mutating func heal(sourceLocation: SourceLocation = #_sourceLocation) {
        for to in 0..<count {
            for from in (0..<count).reversed() where from != to { simulation.sync(from: from, to: to, at: moment) }
        }
        for to in 0..<count { simulation.sync(from: count - 1, to: to, at: moment) }
        let digests = (0..<count).map { inbox(at: $0).digest }
        #expect(digests.allSatisfy { $0 == digests[0] }, "the offices differ", sourceLocation: sourceLocation)
    }

    /// Lets one office hear of everything that another has.
    mutating func sync(from: Int, to: Int) { simulation.sync(from: from, to: to, at: moment) }

    func inbox(at office: Int) -> Inbox { Inbox(applying: simulation.replicas[office].arrived.map(\.set)) }

    /// The thread as an office shows it.
    func thread(at office: Int = 0) -> ThreadState {
        inbox(at: office).threads[Cast.threads[0]] ?? ThreadState(id: Cast.threads[0])
    }

    /// A patient's record as an office shows it.
    func patient(_ id: PatientID = Cast.maria, at office: Int = 0) -> PatientState {
        inbox(at: office).patients[id] ?? PatientState(id: id)
    }

    /// The replica that an office writes.
    func replica(at office: Int) -> ReplicaID { simulation.replicas[office].id }

    /// The last change set that an office made.
    func lastDot(at office: Int) -> Dot {
        let id = simulation.replicas[office].id
        return Dot(id, simulation.replicas[office].applied[id])
    }
}

extension ThreadChange {
    static func claim(by staff: StaffID) -> ThreadChange { ownership(.claimed, to: .staff(staff)) }
    static func assign(to staff: StaffID) -> ThreadChange { ownership(.assigned, to: .staff(staff)) }
    static func offer(to staff: StaffID) -> ThreadChange { ownership(.offered, to: .staff(staff)) }
    static func ownership(_ act: OwnershipAct, to owner: Owner) -> ThreadChange {
        .ownership(OwnershipChange(act: act, from: nil, to: owner))
    }
    static let resolve = ThreadChange.resolved(Resolution(outcome: "answered", told: .told))
}
