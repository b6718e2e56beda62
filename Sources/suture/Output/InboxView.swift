import NodeService

/// A list of threads as a table.
struct InboxView {
    let answer: JSONValue
    let terminal: Terminal

    var text: String {
        let threads = answer.list("threads")
        if threads.isEmpty { return "\(heading)\nno threads\n" }
        var text = heading + "\n" + Self.table(threads, now: answer.moment("now") ?? 0).text(in: terminal)
        if let cursor = answer["cursor"]?.string {
            text += "there are more: add --cursor \(cursor)\n"
        }
        return text
    }

    private var heading: String {
        let counts = answer["counts"] ?? .null
        let names = [
            "open", "needs-reply", "mine", "queues", "unassigned", "review", "overdue", "contested", "conflicts", "waiting",
            "snoozed",
        ]
        let shown = names.filter { counts.number($0) > 0 || $0 == answer.text("list") }
            .map { "\(ThreadWords.plain($0)) \(counts.number($0))" }
        let title = Style.bold.applied(to: ThreadWords.plain(answer.text("list")), in: terminal)
        let lines = WrappedText.lines(shown.joined(separator: " · "), indent: "", in: terminal)
        return ([title] + lines).joined(separator: "\n")
    }

    /// Threads, one a row: also for the conflicts in the status.
    static func table(_ threads: [JSONValue], now: Int64) -> TextTable {
        var table = TextTable([
            .init("code", widthMin: 8, priority: 9),
            .init("patient", widthMin: 10, widthMax: 24, isFlexible: true, priority: 7),
            .init("subject", widthMin: 12, isFlexible: true, priority: 6),
            .init("owner", widthMin: 10, widthMax: 24, isFlexible: true, priority: 5),
            .init("status", widthMin: 6, priority: 4),
            .init("due", widthMin: 8, priority: 3),
            .init("flags", widthMin: 10, isFlexible: true, priority: 8),
        ])
        for thread in threads {
            let due = thread.moment("due")
            let isLate = due.map { $0 < now } ?? false
            let claimants = thread.texts("claimants")
            table.add([
                .init(thread.text("code"), .accent), .init(thread.text("patient")), .init(thread.text("subject")),
                .init(claimants.count > 1 ? claimants.joined(separator: " / ") : thread.text("owner")),
                .init(ThreadWords.plain(thread.text("status"))),
                .init(due.map { RelativeTime.of($0, now: now) } ?? "", isLate ? .danger : .plain),
                .init(ThreadWords.flags(of: thread), ThreadWords.isConflicted(thread) ? .warning : .plain),
            ])
        }
        return table
    }
}

/// The words of threads as people read them.
enum ThreadWords {
    /// `needs-reply` as `needs reply`.
    static func plain(_ word: String) -> String { word.split(separator: "-").joined(separator: " ") }

    /// What is to be said of a thread beside its status.
    static func flags(of thread: JSONValue) -> String {
        let priority = thread.text("priority")
        let pressing = priority == "urgent" || priority == "high" ? [priority + " priority"] : []
        return (pressing + thread.texts("flags").map(plain)).joined(separator: ", ")
    }

    static func isConflicted(_ thread: JSONValue) -> Bool {
        let conflicts: Set = ["contested", "answered-twice", "filed-twice", "unseen-by-resolver"]
        return thread.texts("flags").contains { conflicts.contains($0) }
    }
}
