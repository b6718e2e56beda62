import Causality
import InboxModel
import InboxWorkflow
import OfficeNode

extension ThreadView {
    /// What the person must be told or settle; a part is absent where there is nothing to say.
    func panels(asOf: [[String: Any]]) -> [String: Any] {
        var model: [String: Any] = ["asOf": asOf]
        model["merged"] = merged() ?? false
        model["sharing"] = SharingView(state: state, page: page).panel(time) ?? false
        // How the practice shares the work among its people is its own affair.
        if page.access.isFromOutside { return model.merging(Self.none) { first, _ in first } }
        model["held"] =
            (showsTexts ? held : nil).map {
                ["changes": $0, "text": thread.drafts.first { $0.staff == me }?.text ?? ""] as [String: Any]
            } ?? false
        model["pending"] =
            pending.map { reply -> [String: Any] in
                [
                    "until": time.clock(reply.due) + ":" + (time.parts(reply.due).second < 10 ? "0" : "")
                        + "\(time.parts(reply.due).second)",
                    "iso": time.iso(reply.due), "seconds": Int(undoTime / 1000), "left": Int(max(0, reply.due - page.now) / 1000),
                    "text": reply.text,
                ]
            } ?? false
        model["escalation"] = escalation() ?? false
        model["offer"] = offer() ?? false
        model["contested"] = contested() ?? false
        model["unseen"] = unseen() ?? false
        model["answeredTwice"] = answeredTwice() ?? false
        model["filedTwice"] = filedTwice() ?? false
        model["glass"] = glass() ?? false
        model["withheld"] = withheld() ?? false
        model["letGo"] = letGo() ?? false
        return model
    }

    /// That an emergency opened the texts, where they would not be shown otherwise.
    private func glass() -> [String: Any]? {
        guard showsTexts, !may(.readTexts), let patient = state.opening?.patient, let until = page.session.openedRecords[patient] else {
            return nil
        }
        return ["until": time.clock(until), "reason": "as recorded"]
    }

    /// How much of what was said an office holds and this laptop does not.
    private func letGo() -> [String: Any]? {
        guard showsTexts, thread.missing > 0 else { return nil }
        return ["words": thread.missing == 1 ? "One text of this thread is" : "\(thread.missing) texts of this thread are"]
    }

    /// Why the texts are not shown, and how an emergency opens them.
    private func withheld() -> [String: Any]? {
        guard !showsTexts, case .refused(let refusal) = page.access.decision(.readTexts, on: state) else { return nil }
        var model: [String: Any] = ["words": refusal.message, "glassURL": false]
        if let patient = state.opening?.patient, page.access.decision(.breakGlass, office: state.office).isAllowed {
            model["glassURL"] = "/patients/\(patient)/break-glass"
        }
        return model
    }

    /// Nothing to tell or settle.
    private static var none: [String: Any] {
        let parts = [
            "held", "pending", "escalation", "offer", "contested", "unseen", "answeredTwice", "filedTwice", "glass", "withheld",
        ]
        return Dictionary(uniqueKeysWithValues: parts.map { ($0, false) })
    }

    private func merged() -> [String: Any]? {
        if page.access.isFromOutside { return nil }
        guard let target = state.mergedInto else { return nil }
        let code = (try? page.reader.item(of: target))?.code ?? "another thread"
        return ["code": code, "url": "/threads/\(target)", "canUndo": may(.merge)]
    }

    private func escalation() -> [String: Any]? {
        guard state.escalationLevel > 0, let raise = state.escalations.entries.max(by: { $0.value < $1.value }) else { return nil }
        let entry = thread.entries.first { $0.stamp == raise.stamp }
        let who = entry.map { "\($0.actor) escalated it" } ?? "Escalated"
        return [
            "words":
                "\(who) at \(time.short(raise.stamp.timestamp.milliseconds)), level \(state.escalationLevel). Nobody has taken it up yet.",
            "canAcknowledge": may(.acknowledgeEscalation),
        ]
    }

    private func offer() -> [String: Any]? {
        guard let offer = state.offers.earliest else { return nil }
        let entry = thread.entries.last { $0.stamp == offer.stamp }
        let isForMe = may(.accept)
        var model: [String: Any] = [
            "isForMe": isForMe,
            "words": "\(entry?.actor ?? "Somebody") \(isForMe ? "hands this to you" : "asked \(name(offer.value)) to take this")",
            "time": time.short(offer.stamp.timestamp.milliseconds), "iso": time.iso(offer.stamp.timestamp.milliseconds),
        ]
        if let note = entry?.text, !note.isEmpty { model["note"] = note }
        return model
    }

    private func contested() -> [String: Any]? {
        guard item.flags.contains(.contested) else { return nil }
        let effective = state.effectiveClaim
        let claims = state.owners.entries.filter { $0.value.rank > .automation }.sorted { $0.stamp < $1.stamp }
        let mayAssign = may(.assign)
        let offices = Set(claims.compactMap { claim in thread.entries.first { $0.stamp == claim.stamp }?.office }).sorted()
        return [
            "words": """
            Claimed \(offices.isEmpty ? "" : "at \(offices.joined(separator: " and at ")) ")while they could not see each other's \
                claim. Until \
            somebody settles it, \(name(effective?.value.owner)) counts; the time to answer goes on.
            """,
            "claims": claims.map { claim -> [String: Any] in
                let owner = claim.value.owner
                let entry = thread.entries.first { $0.stamp == claim.stamp }
                var model: [String: Any] = [
                    "name": name(owner), "act": ActWords.past(claim.value.act), "office": entry?.office ?? "an office",
                    "time": time.short(claim.stamp.timestamp.milliseconds), "iso": time.iso(claim.stamp.timestamp.milliseconds),
                    "counts": claim == effective, "note": entry?.text.isEmpty == false ? entry?.text ?? "" : false as Any,
                ]
                // “Dr.” alone would name nobody.
                let word = String(name(owner).prefix { $0 != " " })
                let first = word.hasSuffix(".") ? name(owner) : word
                if owner == .staff(me), may(.claim) {
                    model["settle"] = ["url": "\(url)/claim", "to": "", "first": "me"]
                } else if mayAssign {
                    let to = owner.staff.map { "staff:\($0)" } ?? owner.queue.map { "queue:\($0)" } ?? ""
                    model["settle"] = ["url": "\(url)/assign", "to": to, "first": first]
                } else {
                    model["settle"] = false
                }
                return model
            },
        ]
    }

    private func unseen() -> [String: Any]? {
        guard item.flags.contains(.unseenByResolver), let resolution = state.resolutions.latest else { return nil }
        let when = time.short(resolution.stamp.timestamp.milliseconds)
        let waiting = state.attention.filter { $0.kind == .inbound }.map { time.short($0.stamp.timestamp.milliseconds) }
        let what =
            waiting.isEmpty
            ? "without having seen that it was opened again" : "without having seen the message of \(waiting.joined(separator: " and "))"
        let who = page.directory.name(of: resolution.value.by, patient: item.patient)
        return ["words": "\(who) resolved this at \(when) \(what).", "canResolve": may(.resolve)]
    }

    private func answeredTwice() -> [String: Any]? {
        guard item.flags.contains(.answeredTwice) else { return nil }
        let dots = Set(state.answered.filter(\.isAnsweredTwice).flatMap(\.replies))
        let replies = thread.entries.filter { entry in
            if case .message = entry.kind { dots.contains(entry.stamp.dot) } else { false }
        }
        return [
            "words": "\(replies.count) replies went out to one message from people who could not see each other's.",
            "replies": replies.map { entry in
                [
                    "author": entry.actor, "time": time.short(entry.stamp.timestamp.milliseconds),
                    "iso": time.iso(entry.stamp.timestamp.milliseconds), "office": entry.office, "text": entry.text,
                ]
            },
            "canAcknowledge": may(.acknowledgeAnsweredTwice),
        ]
    }

    private func filedTwice() -> [String: Any]? {
        guard item.flags.contains(.filedTwice) else { return nil }
        return [
            "filings": state.categories.entries.sorted { $0.stamp < $1.stamp }.map { filing -> [String: Any] in
                let entry = thread.entries.first { $0.stamp == filing.stamp }
                let id = filing.value.category
                return [
                    "name": page.directory.name(of: id), "who": entry?.actor ?? "somebody", "office": entry?.office ?? "an office",
                    "time": time.short(filing.stamp.timestamp.milliseconds), "iso": time.iso(filing.stamp.timestamp.milliseconds),
                    "counts": state.category == filing.value, "value": may(.setCategory) ? "\(id)" : false as Any,
                ]
            }
        ]
    }
}

/// Ownership in words.
enum ActWords {
    /// `claimed` and the like, as a history says it.
    static func past(_ act: OwnershipAct) -> String {
        switch act {
        case .routed: "routed"
        case .claimed: "claimed"
        case .released: "released"
        case .offered: "offered"
        case .accepted: "accepted"
        case .declined: "declined"
        case .assigned: "assigned"
        case .escalated: "escalated"
        }
    }

    /// A whole sentence of a history.
    static func sentence(_ act: OwnershipAct, actor: String, to: String) -> String {
        switch act {
        case .routed: "Routed to \(to)"
        case .claimed: "\(actor) claimed it"
        case .released: "\(actor) released it to \(to)"
        case .offered: "\(actor) asked \(to) to take it"
        case .accepted: "\(actor) accepted it"
        case .declined: "\(actor) declined it"
        case .assigned: "\(actor) assigned it to \(to)"
        case .escalated: "\(actor) escalated it to \(to)"
        }
    }
}
