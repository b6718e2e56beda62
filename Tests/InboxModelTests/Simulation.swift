import Causality
import InboxModel
import PlainInbox

/// What a page showed, as far as commands send it back.
struct Page {
    var clock = VersionVector()
    /// The inbound messages shown as waiting.
    var unanswered: [Dot] = []
    /// All inbound messages shown.
    var inbound: [Dot] = []
}

/// A change set with what its author's replica had merged: the clock that gives causal delivery.
struct LoggedSet {
    let set: ChangeSet
    let seen: VersionVector
}

/// One simulated replica: its log in order of arrival, its clocks, the pages that stand open at it.
struct SimulatedReplica {
    let id: ReplicaID
    let wall: WallClock
    var clock = HybridClock()
    var applied = VersionVector()
    var arrived: [LoggedSet] = []
    var pages: [InboxEntity: Page] = [:]

    /// Takes in what it does not have: each change set once, as the log does.
    mutating func receive(_ logged: LoggedSet, now: Int64) {
        if applied.covers(logged.set.dot) { return }
        arrived.append(logged)
        applied.advance(to: logged.set.dot)
        clock.witness(logged.set.stamp.timestamp, now: now)
    }
}

/// Several replicas that act and exchange change sets. Pages come from the reference, so that what an author had seen does
/// not depend on the states under test.
struct Simulation {
    private(set) var replicas: [SimulatedReplica]
    /// All change sets in the order in which they were made.
    private(set) var log: [LoggedSet] = []

    init(clocks: [WallClock]) {
        replicas = clocks.enumerated().map { number, wall in
            // Ids that do not ascend with the numbers, so that ties do not always fall to the same replica.
            SimulatedReplica(id: ReplicaID(UInt64((number * 5 + 3) % 16) << 56 | UInt64(number)), wall: wall)
        }
    }

    init(replaying history: History) {
        self.init(clocks: history.clocks)
        for action in history.actions { perform(action) }
    }

    mutating func perform(_ action: Action) {
        switch action.kind {
        case .sync(let from, let to): sync(from: from, to: to, at: action.moment)
        case .look(let replica, let thread?): look(at: .thread(Cast.threads[thread]), on: replica)
        case .look(let replica, nil):
            let subjects = replicas[replica].arrived.flatMap(\.set.changes).compactMap { $0.subject?.entity }
            for entity in Set(subjects) {
                if case .thread = entity { continue }
                look(at: entity, on: replica)
            }
        case .act(let replica, let actor, let page, let steps):
            act(on: replica, by: actor, page: page, at: action.moment, steps)
        }
    }

    /// Gives `to` everything that `from` has and it has not, in the order in which `from` received it.
    mutating func sync(from: Int, to: Int, at moment: Int64) {
        let now = replicas[to].wall.reading(at: moment)
        for logged in replicas[from].arrived { replicas[to].receive(logged, now: now) }
    }

    /// Opens the page of `entity` and leaves it open.
    mutating func look(at entity: InboxEntity, on replica: Int) {
        replicas[replica].pages[entity] = page(of: entity, on: replica)
    }

    /// The page of `entity` as `replica` would show it now.
    func page(of entity: InboxEntity, on replica: Int) -> Page {
        let inbox = PlainInbox(replicas[replica].arrived.map(\.set))
        guard case .thread(let id) = entity else { return Page(clock: inbox.clock(of: entity)) }
        let thread = inbox.thread(id)
        let inbound = Set(thread.inbound.map(\.dot)).sorted()
        return Page(clock: thread.clock, unanswered: thread.unanswered, inbound: inbound)
    }

    /// One action of one person: its steps become one change set. Steps on threads that the replica does not know are left
    /// out, and so is opening one that it knows; an action of which nothing is left makes no change set.
    mutating func act(on replica: Int, by actor: Actor, page: PageChoice, at moment: Int64, _ steps: [Step]) {
        let id = replicas[replica].id
        let dot = Dot(id, replicas[replica].applied[id] + 1)
        var known = Set(PlainInbox(replicas[replica].arrived.map(\.set)).threadIDs)
        var changes: [Change] = []
        for step in steps {
            if case .thread(let number, .opened) = step {
                guard known.insert(Cast.threads[number]).inserted else { continue }
            } else if let number = step.thread, !known.contains(Cast.threads[number]) {
                continue
            }
            changes.append(change(step, place: changes.count, dot: dot, on: replica, page: page))
        }
        if changes.isEmpty { return }
        let timestamp = replicas[replica].clock.tick(now: replicas[replica].wall.reading(at: moment))
        let set = ChangeSet(
            stamp: Stamp(dot, timestamp), actor: actor, office: Cast.offices[replica % 2], changes: changes)
        let logged = LoggedSet(set: set, seen: replicas[replica].applied)
        log.append(logged)
        replicas[replica].receive(logged, now: timestamp.milliseconds)
    }

    private mutating func change(_ step: Step, place: Int, dot: Dot, on replica: Int, page choice: PageChoice) -> Change {
        guard let entity = step.entity else { return .unknown(UnknownChange(number: 9000)) }
        if choice == .fresh || (choice == .kept && replicas[replica].pages[entity] == nil) {
            look(at: entity, on: replica)
        }
        let page = choice == .blank ? Page() : replicas[replica].pages[entity] ?? Page()
        let message = MessageID(high: dot.replica.rawValue, low: dot.sequence << 8 | UInt64(place))
        switch step {
        case .thread(let number, let change): return .thread(Cast.threads[number], context: page.clock, change)
        case .inbound(let number, let channel):
            let posting = MessagePosting(id: message, direction: .inbound, channel: channel, content: UInt16(place))
            return .thread(Cast.threads[number], context: page.clock, .message(posting))
        case .reply(let number, let channel, let answersAll):
            let posting = MessagePosting(
                id: message, direction: .outbound, channel: channel, content: UInt16(place),
                answers: answersAll ? page.inbound : page.unanswered)
            return .thread(Cast.threads[number], context: page.clock, .message(posting))
        case .patient(let id, let change): return .patient(id, context: page.clock, change)
        case .directory(let document): return .directory(document, context: page.clock)
        case .unknown: return .unknown(UnknownChange(number: 9000))
        }
    }
}

extension Step {
    /// The thread's number, where the step is about one.
    var thread: Int? {
        switch self {
        case .thread(let number, _), .inbound(let number, _), .reply(let number, _, _): number
        case .patient, .directory, .unknown: nil
        }
    }

    /// What the step changes.
    var entity: InboxEntity? {
        switch self {
        case .thread(let number, _), .inbound(let number, _), .reply(let number, _, _): .thread(Cast.threads[number])
        case .patient(let id, _): .patient(id)
        case .directory(let document): Change.directory(document, context: VersionVector()).subject?.entity
        case .unknown: nil
        }
    }
}
