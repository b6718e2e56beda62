public import Causality
public import InboxModel

/// One thread's fields, each straight from its row in the table of field rules.
public struct PlainThread {
    struct Claim {
        let owner: Owner
        /// 2 for a supervisor's assignment, 1 for another act of a person, 0 for automation.
        let rank: Int
    }

    /// All changes to the thread.
    public let writes: [Write<ThreadChange>]
    /// The clock of the thread's page.
    public let clock: VersionVector

    var openings: [Live<ThreadOpening>] {
        writes.observed({ if case .opened(let opening) = $0 { opening } else { nil } }, removedBy: { _ in false })
    }

    // Owner: human action before automation; supervisor's assignment before claim or handoff; then the earliest time; then
    // the dot. The opening gives the thread to its queue, as automation does.
    var claims: [Live<Claim>] {
        let moves = writes.filter { if case .ownership(let step) = $0.change { step.act.movesOwnership } else { false } }
        let gives = writes.filter { if case .opened = $0.change { true } else { false } }
        let live = (gives + moves).filter { write in !moves.contains { $0.saw(write) } }
        let claims = live.compactMap { write -> Live<Claim>? in
            switch write.change {
            case .opened(let opening): Live(stamp: write.stamp, value: Claim(owner: .queue(opening.queue), rank: 0))
            case .ownership(let step):
                Live(stamp: write.stamp, value: Claim(owner: step.to, rank: rank(of: step, by: write.changeSet.actor)))
            default: nil
            }
        }
        return claims.sorted { left, right in
            if left.value.rank != right.value.rank { return left.value.rank > right.value.rank }
            return left.stamp < right.stamp
        }
    }

    private func rank(of step: OwnershipChange, by actor: Actor) -> Int {
        switch actor {
        case .automation, .system: 0
        case .staff, .patient: step.act == .assigned ? 2 : 1
        }
    }

    /// People's claims, each owner once, in the order of the rule.
    var claimants: [Owner] {
        claims.filter { $0.value.rank > 0 }.reduce(into: []) { owners, claim in
            if !owners.contains(claim.value.owner) { owners.append(claim.value.owner) }
        }
    }

    // Handoff: unaccepted until the recipient accepts; any move of ownership or refusal that saw the offer ends it.
    var offers: [Live<Owner>] {
        writes.live(
            { if case .ownership(let step) = $0, step.act == .offered { step.to } else { nil } },
            removedBy: { if case .ownership(let step) = $0 { step.act != .offered } else { false } })
    }

    // Category: the one with the higher urgency class, then the dot; flagged until settled.
    var categories: [Live<FiledCategory>] {
        let filings = writes.filter { if case .category = $0.change { true } else { false } }
        let starts = writes.filter { if case .opened = $0.change { true } else { false } }
        return (starts + filings).filter { write in !filings.contains { $0.saw(write) } }.compactMap { write in
            switch write.change {
            case .opened(let opening):
                Live(stamp: write.stamp, value: FiledCategory(opening.category, opening.urgency))
            case .category(let id, let urgency): Live(stamp: write.stamp, value: FiledCategory(id, urgency))
            default: nil
            }
        }
    }

    var category: FiledCategory? {
        let live = categories
        let class_ = live.map(\.value.urgency).max()
        return live.filter { $0.value.urgency == class_ }.max { $0.stamp.dot < $1.stamp.dot }?.value
    }

    var office: OfficeID? {
        writes.live { if case .moved(let office) = $0 { office } else { nil } }.latest()?.value
            ?? openings.earliest()?.value.office
    }

    var subject: ContentReference? {
        writes.compactMap { write -> Live<ContentReference>? in
            guard case .subject(let content) = write.change else { return nil }
            let isSuperseded = writes.contains { other in
                if case .subject = other.change { other.saw(write) } else { false }
            }
            return isSuperseded ? nil : Live(stamp: write.stamp, value: ContentReference(write.dot, content))
        }.latest()?.value
    }

    var language: String {
        writes.live { if case .language(let tag) = $0 { tag } else { nil } }.latest()?.value
            ?? openings.earliest()?.value.language ?? "en"
    }

    // Priority, urgency, clinical-review flag: the most urgent; lowering needs a change that saw the raise.
    var priority: Priority {
        writes.live { if case .priority(let value) = $0 { value } else { nil } }.map(\.value).max() ?? .normal
    }

    var needsReview: Bool {
        writes.live { if case .review(let flag) = $0 { flag } else { nil } }.contains { $0.value }
    }

    // Escalation: the highest level; cleared only by an acknowledgement that saw it. Ending the matter is one.
    var escalationLevel: UInt8 {
        writes.observed(
            { if case .escalated(let level) = $0 { level } else { nil } },
            removedBy: {
                switch $0 {
                case .escalationAcknowledged, .resolved: true
                default: false
                }
            }
        ).map(\.value).max() ?? 0
    }

    // Response due: the earliest.
    var due: Int64? {
        writes.live { if case .due(let time) = $0 { DueTime(time) } else { nil } }.compactMap(\.value.milliseconds).min()
    }

    // Snooze: the earliest wake-up; an inbound message wakes it. What wakes is a message that no page showed the person: one
    // that the context does not cover.
    var snoozedUntil: Int64? {
        let snoozes = writes.filter { if case .snoozed = $0.change { true } else { false } }
        let live = snoozes.filter { write in !snoozes.contains { $0.saw(write) } }
        let wakeUps = live.map { write -> Int64? in
            guard case .snoozed(let until) = write.change else { return nil }
            return inbound.allSatisfy { write.context.covers($0.dot) } ? until : nil
        }
        return wakeUps.contains(nil) ? nil : wakeUps.compactMap(\.self).min()
    }

    var mergedInto: ThreadID? {
        writes.live { if case .mergedInto(let thread) = $0 { MergeTarget(thread) } else { nil } }
            .compactMap(\.value.thread).min()
    }
}
