import Causality
import InboxModel

/// A thread's history over several replicas that each know a part of it.
///
/// Change sets are kept in the order they were made, which is a causal order: applying the known ones in it is legal on
/// every replica.
struct Conversation {
    /// One change set of the history.
    struct Step: CustomStringConvertible {
        let changeSet: ChangeSet
        let change: ThreadChange
        let context: VersionVector

        var dot: Dot { changeSet.dot }
        var description: String { "\(dot) \(changeSet.actor) saw \(context): \(change)" }
    }

    private(set) var steps: [Step] = []
    /// Which steps each replica knows.
    private var known: [Set<Int>]
    private var counts: [UInt64]
    private var messages: UInt64 = 0

    init(replicas: Int = 1) {
        known = Array(repeating: [], count: replicas)
        counts = Array(repeating: 0, count: replicas)
    }

    /// The thread as `replica` knows it.
    func state(at replica: Int = 0) -> ThreadState { state { known[replica].contains($0) } }

    /// The thread as somebody knows it who knows everything.
    var merged: ThreadState { state { _ in true } }

    /// Does something at `replica`, from a page that showed `context`; nil for one that shows what the replica knows.
    @discardableResult
    mutating func add(
        _ change: ThreadChange, by actor: Actor, at replica: Int = 0, seen context: VersionVector? = nil, skew: Int64 = 0
    ) -> Dot {
        counts[replica] += 1
        let dot = Dot(ReplicaID(UInt64(replica + 1)), counts[replica])
        // A hybrid clock: beyond everything the replica knows, whatever its wall clock shows.
        let latest = known[replica].map { steps[$0].changeSet.stamp.timestamp }.max() ?? .zero
        let wall = HybridTimestamp(milliseconds: 1_000_000 + Int64(steps.count) + skew)
        let stamp = Stamp(dot, max(latest.successor, wall))
        let context = context ?? state(at: replica).clock
        let set = ChangeSet(
            stamp: stamp, actor: actor, office: Cast.towson, changes: [.thread(Cast.thread, context: context, change)])
        known[replica].insert(steps.count)
        steps.append(Step(changeSet: set, change: change, context: context))
        return dot
    }

    /// A message from the patient arrives at `replica`.
    @discardableResult
    mutating func receive(at replica: Int = 0, skew: Int64 = 0) -> Dot {
        add(.message(posting(.inbound, answers: [])), by: .patient(Cast.maria), at: replica, skew: skew)
    }

    /// `staff` answers what waits on their page.
    @discardableResult
    mutating func reply(
        by staff: StaffID, at replica: Int = 0, seen context: VersionVector? = nil, skew: Int64 = 0
    ) -> Dot {
        let waiting = state(at: replica).unanswered.filter { context?.covers($0) ?? true }
        return add(.message(posting(.outbound, answers: waiting)), by: .staff(staff), at: replica, seen: context, skew: skew)
    }

    /// `staff` moves ownership.
    @discardableResult
    mutating func move(
        _ act: OwnershipAct, to owner: Owner, by staff: StaffID, at replica: Int = 0, skew: Int64 = 0
    ) -> Dot {
        add(.ownership(OwnershipChange(act: act, from: nil, to: owner)), by: .staff(staff), at: replica, skew: skew)
    }

    /// `replica` learns all that `other` knows.
    mutating func exchange(from other: Int, to replica: Int) { known[replica].formUnion(known[other]) }

    private mutating func posting(_ direction: Direction, answers: [Dot]) -> MessagePosting {
        messages += 1
        return MessagePosting(
            id: MessageID(high: 6, low: messages), direction: direction, channel: .portal, content: 0, answers: answers)
    }

    private func state(where isKnown: (Int) -> Bool) -> ThreadState {
        var state = ThreadState(id: Cast.thread)
        for (index, step) in steps.enumerated() where isKnown(index) {
            state.apply(step.change, context: step.context, of: step.changeSet)
        }
        return state
    }
}
