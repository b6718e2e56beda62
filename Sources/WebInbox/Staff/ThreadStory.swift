import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// The conversation of a thread: messages, notes and what happened between them, with the days they belong to.
struct ThreadStory {
    let view: ThreadView
    // The same for every entry.
    private let mayCorrect: Bool
    private let maySplit: Bool

    init(view: ThreadView) {
        self.view = view
        mayCorrect = view.may(.correct) && view.showsTexts
        maySplit = view.item.status.isOpen && view.may(.merge)
    }

    /// Above so many characters a message is shown with a height of its own.
    private static let longText = 1500

    var items: [[String: Any]] {
        var items: [[String: Any]] = []
        var day: String?
        let plain: [String: Any] = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, false) })
        for entry in view.thread.entries {
            let at = entry.stamp.timestamp.milliseconds
            guard let item = item(entry) else { continue }
            let today = view.time.day(at)
            if today != day {
                items.append(plain.merging(["isDay": ["words": today]]) { _, new in new })
                day = today
            }
            items.append(plain.merging(item) { _, new in new })
        }
        return items
    }

    /// Nothing of an item may be found in what surrounds it.
    private static let names = [
        "isDay", "isEvent", "isInbound", "isOutbound", "isNote", "id", "note", "apart", "office", "via", "redacted", "corrected", "taken",
        "language", "isWaiting", "isNew", "isLong", "canCorrect", "versions", "origin", "elsewhere", "canSplit",
    ]

    private func item(_ entry: ThreadPageEntry) -> [String: Any]? {
        switch entry.kind {
        case .message(let id, let direction, let channel): message(entry, id, direction, channel)
        case .note(let id): note(entry, id)
        case .ownership(let act, _, let to):
            event(entry, ActWords.sentence(act, actor: entry.actor, to: view.name(to)), note: entry.text)
        case .resolved(let outcome, let told):
            event(entry, "\(entry.actor) resolved it: \(OutcomeWords.name(of: outcome)); \(ToldWords.words(told))", note: entry.text)
        case .reopened: event(entry, "\(entry.actor) reopened it", note: entry.text)
        case .changed(let words): event(entry, "\(entry.actor): \(words)", note: "")
        }
    }

    private func event(_ entry: ThreadPageEntry, _ words: String, note: String) -> [String: Any] {
        let at = entry.stamp.timestamp.milliseconds
        var event: [String: Any] = [
            "words": entry.office.isEmpty ? words : "\(words) at \(entry.office)", "time": view.time.clock(at), "iso": view.time.iso(at),
            "note": false, "apart": false,
        ]
        if !note.isEmpty { event["note"] = note }
        if entry.wasApart { event["apart"] = "done while apart" }
        return ["isEvent": event]
    }

    private func message(_ entry: ThreadPageEntry, _ id: MessageID, _ direction: Direction, _ channel: Channel) -> [String: Any] {
        var item = said(entry, id)
        item[direction == .inbound ? "isInbound" : "isOutbound"] = true
        item["via"] = ChannelWords.way(channel)
        if direction == .inbound {
            let elsewhere = view.state.continuations(of: id)
            item["isWaiting"] = elsewhere.isEmpty && view.state.unanswered.contains(entry.stamp.dot)
            item["elsewhere"] = (view.page.access.isFromOutside ? [] : elsewhere).map { ["code": code($0), "url": "/threads/\($0)"] }
            item["canSplit"] = elsewhere.isEmpty && maySplit && entry.redaction == nil
            if let origin = entry.origin {
                // What it says is the other thread's; a mistake is put right there.
                item["canCorrect"] = false
                item["origin"] = [
                    "code": code(origin.thread), "url": "/threads/\(origin.thread)",
                    "time": view.time.short(origin.stamp.timestamp.milliseconds), "iso": view.time.iso(origin.stamp.timestamp.milliseconds),
                ]
            }
            if entry.by.staff != nil, entry.origin != nil {
                item["author"] = view.item.patient
            } else if entry.by.staff != nil {
                item["author"] = view.item.patient
                item["taken"] = "taken down by \(entry.actor)"
            }
        } else {
            item["language"] = view.state.language
        }
        return item
    }

    /// The code of another thread, which may be one that the reader does not see.
    private func code(_ thread: ThreadID) -> String {
        (try? view.page.reader.item(of: thread))?.code ?? ShortCode.suffix(of: thread)
    }

    private func note(_ entry: ThreadPageEntry, _ id: MessageID) -> [String: Any] {
        var item = said(entry, id)
        item["isNote"] = true
        return item
    }

    private func said(_ entry: ThreadPageEntry, _ id: MessageID) -> [String: Any] {
        let at = entry.stamp.timestamp.milliseconds
        var item: [String: Any] = [
            "id": "\(id)", "author": entry.actor, "time": view.time.clock(at), "iso": view.time.iso(at), "text": entry.text,
            "isNew": !view.seen.covers(entry.stamp.dot) && entry.by != .staff(view.me),
            "isLong": entry.text.utf8.count > Self.longText,
            "canCorrect": entry.by.staff != nil && mayCorrect,
        ]
        if entry.by.staff != nil, !entry.office.isEmpty { item["office"] = entry.office }
        if entry.wasApart { item["apart"] = "written while apart" }
        if let redaction = entry.redaction {
            item["redacted"] = "redacted by \(redaction.actor), \(view.time.short(redaction.stamp.timestamp.milliseconds))"
            item["text"] = ""
        } else if !view.showsTexts {
            item["redacted"] = entry.text
            item["text"] = ""
        } else if let last = entry.versions.last {
            item["corrected"] = "corrected by \(last.actor), \(view.time.short(last.stamp.timestamp.milliseconds))"
            item["versions"] = entry.versions.dropLast().enumerated().map { index, version in
                [
                    "words": (index == 0 ? "as first written, " : "as corrected by \(version.actor), ")
                        + view.time.short(version.stamp.timestamp.milliseconds),
                    "text": version.text,
                ]
            }
        }
        return item
    }
}

/// Whether the patient knows how it ended, in words.
enum ToldWords {
    static func words(_ told: PatientTold) -> String {
        switch told {
        case .told: "the patient was told here"
        case .toldOtherwise: "the patient was told by phone or in person"
        case .notNeeded: "there was nothing to tell the patient"
        case .notReached: "the patient could not be reached"
        }
    }

    static func told(_ value: String) -> PatientTold? {
        switch value {
        case "told": .told
        case "told-otherwise": .toldOtherwise
        case "not-needed": .notNeeded
        case "not-reached": .notReached
        default: nil
        }
    }
}
