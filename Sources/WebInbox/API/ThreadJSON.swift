import Causality
import InboxModel
import OfficeNode

/// Threads as programs get them.
enum ThreadJSON {
    static func line(_ item: ThreadListItem, _ page: PageRequest) -> JSONText { .object(members(item, page)) }

    private static func members(_ item: ThreadListItem, _ page: PageRequest) -> [(String, JSONText)] {
        let time = PageTime(for: page)
        let flags: [(ThreadFlags, String)] = [
            (.contested, "contested"), (.answeredTwice, "answeredTwice"), (.filedTwice, "filedTwice"),
            (.unseenByResolver, "unseenByResolver"),
            (.needsReply, "needsReply"), (.clinicalReview, "clinicalReview"), (.handOffPending, "handOffPending"), (.reopened, "reopened"),
        ]
        return [
            ("id", .text("\(item.id)")), ("code", .text(item.code)), ("subject", .text(item.subject)),
            ("patient", .object([("id", .optional(item.state.opening.map { "\($0.patient)" })), ("name", .text(item.patient))])),
            ("office", .text(item.office)), ("category", .text(item.category)), ("owner", owner(item.state.owner, page)),
            ("claimants", .list(item.state.claimants.map { owner($0, page) })), ("status", .text("\(item.status)")),
            ("flags", .list(flags.filter { item.flags.contains($0.0) }.map { .text($0.1) })), ("priority", .text("\(item.priority)")),
            ("due", .optional(item.due.map { time.iso($0) })), ("lastActivity", .optional(item.lastActivity.map { time.iso($0) })),
            ("messages", .number(Int64(item.messageCount))), ("tags", .list(item.state.tags.map { .text($0.tag) })),
            ("shown", .text(item.state.clock.pageText)),
        ]
    }

    static func page(_ thread: ThreadPage, _ page: PageRequest) -> JSONText {
        let time = PageTime(for: page)
        return .object(
            members(thread.item, page) + [
                // Other threads are none of the business of somebody from outside, and neither is who else reads this one.
                ("splits", .list(page.access.isFromOutside ? [] : thread.state.splits.map { split($0, time) })),
                ("sharedWith", .list(SharingView(state: thread.state, page: page).shown.map { share($0, page, time) })),
                // Whether “text” is a note in the place of what was said, because the token's owner may not read it.
                ("withheld", .flag(!page.access.mayReadTexts(of: thread.state))),
                // How many texts are notes in the place of what only offices hold: “fetch” gets it.
                ("missing", .number(Int64(thread.missing))),
                ("entries", .list(thread.entries.map { entry($0, page, time) })),
                (
                    "drafts",
                    .list(
                        thread.drafts.map {
                            .object([("staff", .text("\($0.staff)")), ("name", .text($0.name)), ("text", .text($0.text))])
                        })
                ),
            ])
    }

    private static func entry(_ entry: ThreadPageEntry, _ page: PageRequest, _ time: PageTime) -> JSONText {
        var members: [(String, JSONText)] = [
            ("changeSet", .text("\(entry.stamp.dot)")), ("time", .text(time.iso(entry.stamp.timestamp.milliseconds))),
            ("actor", .text(entry.actor)),
            ("office", .text(entry.office)), ("apart", .flag(entry.wasApart)), ("corrected", .flag(entry.isCorrected)),
        ]
        if let origin = entry.origin {
            members.append(
                (
                    "from",
                    .object([
                        ("thread", .text("\(origin.thread)")), ("time", .text(time.iso(origin.stamp.timestamp.milliseconds))),
                    ])
                ))
        }
        switch entry.kind {
        case .message(let id, let direction, let channel):
            members += [
                ("kind", .text("message")), ("id", .text("\(id)")), ("direction", .text("\(direction)")),
                ("channel", .text(ChannelWords.value(of: channel))), ("text", .text(entry.text)),
            ]
        case .note(let id): members += [("kind", .text("note")), ("id", .text("\(id)")), ("text", .text(entry.text))]
        case .ownership(let act, let from, let to):
            members += [
                ("kind", .text("ownership")), ("act", .text("\(act)")), ("from", owner(from, page)), ("to", owner(to, page)),
                ("note", .text(entry.text)),
            ]
        case .resolved(let outcome, let told):
            members += [("kind", .text("resolved")), ("outcome", .text(outcome)), ("told", .text("\(told)")), ("note", .text(entry.text))]
        case .reopened: members += [("kind", .text("reopened")), ("note", .text(entry.text))]
        case .changed(let words): members += [("kind", .text("changed")), ("words", .text(words))]
        }
        return .object(members)
    }

    private static func split(_ mark: SplitMark, _ time: PageTime) -> JSONText {
        .object([
            ("into", .text("\(mark.split.into)")), ("messages", .list(mark.split.parts.map { .text("\($0.message)") })),
            ("time", .text(time.iso(mark.stamp.timestamp.milliseconds))),
        ])
    }

    private static func share(_ share: SharedAccount, _ page: PageRequest, _ time: PageTime) -> JSONText {
        .object([
            ("staff", .text("\(share.staff)")), ("name", .text(page.directory.name(of: share.staff))),
            ("until", .text(time.iso(share.until))),
        ])
    }

    private static func owner(_ owner: Owner?, _ page: PageRequest) -> JSONText {
        switch owner {
        case .staff(let id): .object([("staff", .text("\(id)")), ("name", .text(page.directory.name(of: id)))])
        case .queue(let id): .object([("queue", .text("\(id)")), ("name", .text(page.directory.name(of: id)))])
        case nil: .null
        }
    }

    static let example: JSONText = .object([
        ("id", .text("01jd…")), ("code", .text("TOW-4F7K")), ("subject", .text("Swelling after extraction")),
        ("owner", .object([("staff", .text("01ja…")), ("name", .text("Ana Whitfield"))])), ("status", .text("owned")),
        ("flags", .list([.text("needsReply")])), ("shown", .text("…")),
    ])
}
