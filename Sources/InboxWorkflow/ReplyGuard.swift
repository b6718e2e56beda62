public import Causality
public import InboxModel

/// The collision guard: holds a reply that was written without knowledge of what has happened since its page was shown.
///
/// What counts is what the page had not shown, whoever did it: a reply sent twice by a double click, or from a second
/// window, is held too. The one exception is ownership that the replying person took themselves by claiming or accepting:
/// it changes nothing about their answer. Notes, labels, drafts, reading and the like never hold a reply.
///
/// What was done and undone unseen is not reported: a resolution that a later message ended is over. A message that came
/// in and was dealt with is reported all the same, because the answer may repeat or contradict what was done.
///
/// One limit comes from what `ThreadState` keeps. An unseen message to the patient that answered nothing, sent while apart
/// and dated before the thread's last one to the patient, is not found.
public enum ReplyGuard {
    /// What happened to the thread since its page was shown that matters to somebody about to answer.
    ///
    /// - Parameters:
    ///   - context: The thread's clock as the page showed it.
    ///   - state: The thread now.
    ///   - staff: Who is about to answer.
    /// - Returns: Arrived messages, messages to the patient, ownership (the effective owner first), resolutions, merges, splits,
    ///   each group ascending by dot. Empty means that the reply may go out.
    public static func collisions(
        shown context: VersionVector, now state: ThreadState, replying staff: StaffID
    ) -> [Collision] {
        if context.dominates(state.clock) { return [] }
        var collisions: [Collision] = []
        let arrived = unseenInbound(context, state)
        if !arrived.isEmpty { collisions.append(.messageArrived(arrived)) }
        collisions += unseenOutbound(context, state).map(Collision.answeredBy)
        collisions += unseenOwners(context, state, replying: staff).map { .ownershipMoved(to: $0) }
        collisions += state.resolutions.entries.map(\.stamp.dot).filter { !context.covers($0) }.map(Collision.resolved)
        collisions += unseenMerges(context, state).map(Collision.merged)
        collisions += Set(state.splits.map(\.stamp.dot)).filter { !context.covers($0) }.sorted().map(Collision.split)
        return collisions
    }

    /// Inbound messages that the page had not shown: those that wait, those that were answered, and of those that were
    /// resolved unanswered the last of each replica.
    private static func unseenInbound(_ context: VersionVector, _ state: ThreadState) -> [Dot] {
        var dots = Set(state.unanswered)
        // An answer may name a message of a thread that was merged into this one; this thread's clock says nothing of it.
        dots.formUnion(state.answered.map(\.message).filter(state.inboundClock.covers))
        dots.formUnion(state.inboundClock.entries.map { Dot($0.replica, $0.sequence) })
        return dots.filter { !context.covers($0) }.sorted()
    }

    /// Messages to the patient that the page had not shown: every answer to a message, and the last one of any kind.
    private static func unseenOutbound(_ context: VersionVector, _ state: ThreadState) -> [Dot] {
        var dots = Set(state.answered.flatMap(\.replies))
        if let last = state.lastOutbound { dots.insert(last.dot) }
        return dots.filter { !context.covers($0) }.sorted()
    }

    private static func unseenOwners(
        _ context: VersionVector, _ state: ThreadState, replying staff: StaffID
    ) -> [Owner] {
        let effective = state.effectiveClaim
        let claims = [effective].compactMap { $0 } + state.owners.entries.filter { $0 != effective }
        var owners: [Owner] = []
        for claim in claims where !context.covers(claim.stamp.dot) {
            let isOwnDoing = claim.value.act == .claimed || claim.value.act == .accepted
            if isOwnDoing && claim.value.owner == .staff(staff) { continue }
            if !owners.contains(claim.value.owner) { owners.append(claim.value.owner) }
        }
        return owners
    }

    private static func unseenMerges(_ context: VersionVector, _ state: ThreadState) -> [ThreadID] {
        var threads: [ThreadID] = []
        for entry in state.merges.entries where !context.covers(entry.stamp.dot) {
            if let thread = entry.value.thread, !threads.contains(thread) { threads.append(thread) }
        }
        return threads
    }
}
