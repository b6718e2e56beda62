import NodeService

/// A thread with its history, as text. What is a message, a note or a step in ownership shows without colour too.
struct ThreadView {
    let thread: JSONValue
    let now: Int64
    let terminal: Terminal

    var text: String {
        let blocks = [header, contested, warnings, history, drafts].filter { !$0.isEmpty }
        return blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    private var code: String { thread.text("code") }

    // MARK: Header

    private var header: [String] {
        let title = "\(code)  \(PrintableText.oneLine(thread.text("subject")))"
        var lines = [Style.bold.applied(to: title, in: terminal)]
        lines.append(field("patient", thread.text("patient")))
        let language = "answer in \(thread.text("language"))"
        lines.append(field("about", "\(thread.text("category")), \(thread.text("office")), \(language)"))
        let offered = thread["offeredTo"]?.string.map { ", offered to \($0)" } ?? ""
        lines.append(field("owner", thread.text("owner") + offered))
        let flags = ThreadWords.flags(of: thread)
        lines.append(field("status", ThreadWords.plain(thread.text("status")) + (flags.isEmpty ? "" : ", " + flags)))
        if let due = thread.moment("due") {
            let style = due < now ? Style.danger : .plain
            lines.append(field("due", "\(RelativeTime.of(due, now: now)) (\(RelativeTime.minute(of: due)))", style))
        }
        if let until = thread.moment("snoozedUntil") {
            lines.append(field("snoozed", "until \(RelativeTime.minute(of: until))"))
        }
        if thread.number("escalation") > 0 {
            lines.append(field("escalated", "to level \(thread.number("escalation")), not acknowledged", .danger))
        }
        let tags = thread.texts("tags")
        if !tags.isEmpty { lines.append(field("tags", tags.joined(separator: ", "))) }
        for share in thread.list("sharedWith") {
            guard let until = share.moment("until") else { continue }
            let over = until <= now ? " (over)" : ""
            lines.append(field("shared", "with \(share.text("name")) until \(RelativeTime.minute(of: until))\(over)"))
        }
        if let target = thread["mergedInto"]?.string { lines.append(field("goes on in", target)) }
        return lines
    }

    private func field(_ name: String, _ value: String, _ style: Style = .plain) -> String {
        let blanks = String(repeating: " ", count: max(1, 11 - name.count))
        return Style.dim.applied(to: name, in: terminal) + blanks
            + style.applied(to: PrintableText.oneLine(value), in: terminal)
    }

    // MARK: What waits to be settled

    private var contested: [String] {
        guard thread.texts("flags").contains("contested") else { return [] }
        let claims = thread.list("claims")
        let title = "CONTESTED: \(thread.texts("claimants").count) own this thread, because they took it while apart"
        var lines = [Style.warning.applied(to: title, in: terminal)]
        for claim in claims {
            let place = claim.text("office").isEmpty ? "" : " in \(claim.text("office"))"
            let when = claim.moment("at").map { ", \(RelativeTime.minute(of: $0))" } ?? ""
            let counts = claim.flag("counts") ? "; counts until it is settled" : ""
            let who = claim.text("by").isEmpty || claim.text("by") == claim.text("owner") ? "" : " by \(claim.text("by"))"
            lines.append(
                "  " + PrintableText.oneLine("\(claim.text("owner")): \(claim.text("act"))\(who)\(place)\(when)\(counts)"))
        }
        lines.append("  settle it: suture thread claim \(code) --as ONE-OF-THEM")
        lines.append("         or: suture thread assign \(code) --to STAFF --as SUPERVISOR")
        return lines
    }

    private var warnings: [String] {
        let flags = thread.texts("flags")
        var lines: [String] = []
        for purge in thread.list("purges") {
            let when = purge.moment("at").map { ", \(RelativeTime.minute(of: $0))" } ?? ""
            lines.append(PrintableText.oneLine("PURGED by \(purge.text("by"))\(when): \(purge.text("reason")) (\(purge.text("class")))"))
            lines.append("  how far every member is: suture purge show \(code)")
        }
        for hold in thread.list("holds") {
            lines.append(PrintableText.oneLine("HELD by \(hold.text("token")): \(hold.text("reason")); nothing of it is destroyed"))
        }
        if flags.contains("answered-twice") {
            lines.append("ANSWERED TWICE: two replies went out to one message; read both, then")
            lines.append("  suture thread settle \(code) --as STAFF")
        }
        if flags.contains("filed-twice") {
            let filed = PrintableText.oneLine(thread.texts("filedAs").joined(separator: " and "))
            lines.append("FILED TWICE, as \(filed): suture thread settle \(code) --category KEY --as STAFF")
        }
        if flags.contains("unseen-by-resolver") {
            lines.append("NOT SEEN WHEN IT WAS RESOLVED: a message came in that the resolver had not seen;")
            lines.append("  answer it, or resolve the thread again")
        }
        return lines.map { Style.warning.applied(to: $0, in: terminal) }
    }

    // MARK: History

    private var history: [String] {
        [Style.bold.applied(to: "History", in: terminal)] + thread.list("history").flatMap(entry)
    }

    private func entry(_ entry: JSONValue) -> [String] {
        let when = entry.moment("at").map { RelativeTime.minute(of: $0) } ?? ""
        let mark = entry.flag("apart") ? Style.warning.applied(to: "  [while apart]", in: terminal) : ""
        let corrected = entry.flag("corrected") ? "  [corrected]" : ""
        let headline = PrintableText.oneLine(headline(entry)) + corrected
        let line = "\(Style.dim.applied(to: when, in: terminal))  \(style(entry).applied(to: headline, in: terminal))\(mark)"
        let said = entry.text("text")
        if said.isEmpty { return [line] }
        // The edge of a note differs from that of a message, so that neither is taken for the other in black and white.
        let indent = entry.text("kind") == "note" ? "    : " : "    | "
        return [line] + WrappedText.lines(said, indent: indent, in: terminal)
    }

    private func headline(_ entry: JSONValue) -> String {
        let who = entry.text("by")
        let place = entry.text("office").isEmpty ? "" : ", \(entry.text("office"))"
        switch entry.text("kind") {
        case "message" where entry.text("direction") == "inbound":
            let entered = who == thread.text("patient") ? "" : ", entered by \(who)"
            return "<- MESSAGE from \(thread.text("patient")) by \(entry.text("channel"))\(entered)\(place)"
        case "message": return "-> REPLY to the patient by \(entry.text("channel")), \(who)\(place)"
        case "note": return "## NOTE for staff only, \(who)\(place)"
        case "ownership": return "** \(ownership(entry)), \(who)\(place)"
        case "resolved":
            return "** resolved: \(entry.text("outcome")), patient \(ThreadWords.plain(entry.text("told"))), \(who)\(place)"
        case "reopened": return "** opened again, \(who)\(place)"
        default: return "** \(entry.text("change")), \(who)\(place)"
        }
    }

    private func ownership(_ entry: JSONValue) -> String {
        let to = entry.text("to")
        let from = entry["from"]?.string.map { " (from \($0))" } ?? ""
        switch entry.text("act") {
        case "claimed", "accepted": return "\(entry.text("act"))\(from)"
        case "declined": return "declined, stays with the owner"
        default: return "\(entry.text("act")) to \(to)\(from)"
        }
    }

    private func style(_ entry: JSONValue) -> Style {
        switch entry.text("kind") {
        case "message": .bold
        case "note": .accent
        default: .plain
        }
    }

    private var drafts: [String] {
        let drafts = thread.list("drafts")
        if drafts.isEmpty { return [] }
        return [Style.bold.applied(to: "Unfinished replies", in: terminal)]
            + drafts.flatMap { draft in
                [PrintableText.oneLine(draft.text("staff"))]
                    + WrappedText.lines(draft.text("text"), indent: "    ~ ", in: terminal)
            }
    }
}
