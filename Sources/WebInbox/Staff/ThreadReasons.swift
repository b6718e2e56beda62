import Causality
import InboxModel
import OfficeNode

/// Why a thread is in the state it is in, in sentences that each name what made it so.
struct ThreadReasons {
    let view: ThreadView

    var sentences: [String] {
        let state = view.state
        var sentences: [String] = []
        let waiting = state.attention.filter { $0.kind == .inbound }
        switch waiting.count {
        case 0: break
        case 1: sentences.append("A message of \(when(waiting[0].stamp)) waits for an answer.")
        default: sentences.append("\(waiting.count) messages since \(when(waiting[0].stamp)) wait for an answer.")
        }
        if let reopening = state.attention.first(where: { $0.kind == .reopening }) {
            sentences.append("It was opened again at \(when(reopening.stamp)).")
        }
        sentences += ownership
        if waiting.isEmpty, state.resolution == nil, let last = state.lastOutbound {
            sentences.append("The last message went to the patient at \(when(last)).")
        }
        if let resolution = state.resolutions.latest, state.attention.isEmpty {
            let who = view.page.directory.name(of: resolution.value.by, patient: view.item.patient)
            sentences.append("\(who) resolved it at \(when(resolution.stamp)): \(OutcomeWords.name(of: resolution.value.outcome)).")
        }
        if state.needsReview { sentences.append("It is flagged for clinical review: clinical staff answer it.") }
        if state.escalationLevel > 0 {
            sentences.append("It was escalated to level \(state.escalationLevel), and nobody has said that they look after it.")
        }
        if let due = state.due, view.item.status.isOpen { sentences.append(self.due(due)) }
        if let until = state.snoozedUntil, until > view.page.now {
            sentences.append("It is snoozed until \(view.time.short(until)); a message from the patient wakes it.")
        }
        for hold in view.thread.holds {
            sentences.append("Nothing of it may be destroyed since \(when(hold.stamp)): \(hold.hold.reason).")
        }
        for purge in view.thread.purges {
            let rest = purge.waitingFor.isEmpty ? "" : " Still to acknowledge: \(purge.waitingFor.joined(separator: ", "))."
            sentences.append(
                "\(purge.by) had what was said destroyed at \(when(purge.stamp)): \(purge.order.reason).\(rest)")
        }
        if state.mergedInto != nil { sentences.append("It goes on in another thread.") }
        return sentences
    }

    private var ownership: [String] {
        guard let claim = view.state.effectiveClaim else { return [] }
        let entry = view.thread.entries.last { entry in
            if case .ownership = entry.kind { entry.stamp == claim.stamp } else { false }
        }
        let name = view.name(claim.value.owner)
        let office = entry.map { $0.office.isEmpty ? "" : " at \($0.office)" } ?? ""
        switch claim.value.act {
        case .routed:
            let category = view.page.directory.name(of: view.state.category?.category)
            return ["Messages about “\(category)” go to \(name); nobody has claimed it since \(when(claim.stamp))."]
        case .claimed: return ["\(name) claimed it at \(when(claim.stamp))\(office)."]
        case .accepted: return ["\(name) accepted the hand-off at \(when(claim.stamp))\(office)."]
        case .assigned: return ["\(entry?.actor ?? "A supervisor") assigned it to \(name) at \(when(claim.stamp))."]
        case .released:
            return ["\(entry?.actor ?? "Its owner") released it to \(name) at \(when(claim.stamp)); nobody has claimed it since."]
        case .escalated: return ["It went to \(name) at \(when(claim.stamp)), up the ladder."]
        case .offered, .declined: return []
        }
    }

    private func due(_ due: Int64) -> String {
        due >= view.page.now
            ? "A reply is due by \(view.time.short(due))." : "The reply was due at \(view.time.short(due))."
    }

    private func when(_ stamp: Stamp) -> String { view.time.short(stamp.timestamp.milliseconds) }
}
