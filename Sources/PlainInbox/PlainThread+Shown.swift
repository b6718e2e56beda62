import Causality
import InboxModel

extension PlainThread {
    /// Merged, then escalated, then ended, then the patient's turn; otherwise somebody has something to do.
    private func status(of shown: ShownThread) -> ThreadStatus {
        let isWaited = !shown.unanswered.isEmpty || !reopenings.isEmpty
        if shown.mergedInto != nil { return .merged }
        if shown.escalationLevel > 0 { return .escalated }
        if !isWaited && shown.resolution != nil { return .resolved }
        if !isWaited && shown.lastOutbound != nil { return .waitingOnPatient }
        if case .staff = shown.owner { return .owned }
        return .queued
    }

    private func flags(of shown: ShownThread) -> ThreadFlags {
        let isWaited = !shown.unanswered.isEmpty || !reopenings.isEmpty
        var flags: ThreadFlags = []
        if claimants.count > 1 { flags.insert(.contested) }
        if shown.answered.contains(where: \.isAnsweredTwice) { flags.insert(.answeredTwice) }
        if Set(categories.map(\.value.category)).count > 1 { flags.insert(.filedTwice) }
        if shown.resolution != nil && isWaited { flags.insert(.unseenByResolver) }
        if !shown.unanswered.isEmpty { flags.insert(.needsReply) }
        if !reopenings.isEmpty { flags.insert(.reopened) }
        if shown.needsReview { flags.insert(.clinicalReview) }
        if !offers.isEmpty { flags.insert(.handOffPending) }
        if !holds.isEmpty { flags.insert(.held) }
        if !purges.isEmpty { flags.insert(.purged) }
        return flags
    }

    /// All that is shown of the thread.
    public var shown: ShownThread {
        var shown = ShownThread()
        shown.clock = clock
        shown.opening = openings.earliest()?.value
        shown.openedAt = openings.earliest()?.stamp.timestamp
        shown.owner = claims.first?.value.owner
        shown.claimants = claimants
        shown.offeredTo = offers.earliest()?.value
        shown.category = category
        shown.office = office
        shown.subject = subject
        shown.language = language
        shown.priority = priority
        shown.needsReview = needsReview
        shown.escalationLevel = escalationLevel
        shown.due = due
        shown.snoozedUntil = snoozedUntil
        shown.mergedInto = mergedInto
        shown.unanswered = unanswered
        if !unanswered.isEmpty { shown.attention[.inbound] = unanswered }
        if !reopenings.isEmpty { shown.attention[.reopening] = reopenings }
        shown.resolution = resolution?.value
        shown.tags = tags
        shown.answered = answered
        shown.drafts = drafts
        shown.readMarks = readMarks
        shown.contentKeys = contentKeys
        shown.holds = holds
        shown.purges = Set(purges.map(\.dot)).sorted()
        shown.purgeNotes = purgeNotes
        shown.splits = splits
        shown.shares = shares
        shown.messageCount = UInt64(inbound.count + outbound.count)
        shown.lastInbound = inbound.map(\.stamp).max()
        shown.lastOutbound = outbound.map(\.stamp).max()
        shown.lastActivity = lastActivity
        shown.status = status(of: shown)
        shown.flags = flags(of: shown)
        return shown
    }
}
