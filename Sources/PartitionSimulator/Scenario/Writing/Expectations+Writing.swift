extension Expectations {
    /// The lines of a file that say what must come of it; none where nothing is expected but what is usual.
    var lines: [String] {
        var lines: [String] = []
        if rounds != Expectations().rounds { lines.append("  converged-within: \(rounds) \(rounds == 1 ? "round" : "rounds")") }
        if !threads.isEmpty {
            lines.append("  thread:")
            lines += threads.sorted { $0.key < $1.key }.map { "    \($0.key): \($0.value.text)" }
        }
        if !patients.isEmpty {
            lines.append("  patient:")
            lines += patients.sorted { $0.key < $1.key }.map { "    \($0.key): \($0.value.text)" }
        }
        for (key, codes) in [("warnings", warnings), ("notices", notices), ("let-go", letGo)] where !codes.isEmpty {
            lines.append("  \(key):")
            lines += codes.sorted { $0.key < $1.key }.map { "    \($0.key): \(FlowText.list($0.value))" }
        }
        if let violates { lines.append("  violates: \(violates.name)") }
        return lines.isEmpty ? [] : ["expect:"] + lines
    }
}

extension Expectations.Patient {
    fileprivate var text: String {
        var text = FlowText()
        if let isContested { text.add("contested", isContested ? "yes" : "no") }
        if let reminders { text.add("reminders", reminders ? "yes" : "no") }
        return text.text
    }
}

extension Expectations.Thread {
    /// The thread as a mapping of one line.
    fileprivate var text: String {
        func list(_ values: [String]) -> String { FlowText.list(values.map(FlowText.scalar)) }
        var text = FlowText()
        if let status { text.add("status", status) }
        if let owner { text.add("owner", owner) }
        if let contested { text.add("contested", list(contested)) }
        if let messages { text.add("messages", "\(messages)") }
        if let needsReply { text.add("needs-reply", needsReply ? "yes" : "no") }
        if let flags { text.add("flags", list(flags)) }
        if let tags { text.add("tags", list(tags)) }
        if let priority { text.add("priority", priority) }
        if let category { text.add("category", category) }
        if let escalation { text.add("escalation", "\(escalation)") }
        if let drafts { text.add("drafts", list(drafts)) }
        if let office { text.add("office", office) }
        return text.text
    }
}
