extension TraceEntry.Kind {
    /// What one is called.
    var noun: String {
        switch self {
        case .merged: "merge"
        case .stopped: "stop"
        case .started: "start"
        case .paused: "pause"
        case .resumed: "resumption"
        case .healed: "heal"
        case .connected: "connection"
        case .disconnected: "disconnection"
        default: rawValue
        }
    }

    /// What several are called.
    var nouns: String { "\(noun)s" }
}

/// What an entry says to people: whole sentences for hovering and lists, and a few words for the label of a mark.
struct EntryWords {
    private static let sentenceMax = 400
    private static let labelMax = 26

    private let nodes: [String]
    private let start: Int64

    /// Words for the entries of that record.
    init(_ record: RunRecord) {
        nodes = record.nodes.map { Markup.shortened($0.name, to: 60) }
        start = record.start
    }

    /// The node's name; a number where the record names no such node.
    func name(_ node: Int?) -> String {
        guard let node else { return "the group" }
        return nodes.indices.contains(node) ? nodes[node] : "node \(node)"
    }

    /// When, of day and since the start.
    func time(_ at: Int64) -> String {
        "\(TimeText.clock(start &+ at)) (\(TimeText.offset(at)))"
    }

    /// When, where and what, in lines of their own: for hovering.
    func title(_ entry: TraceEntry) -> String {
        "\(name(entry.node)) · \(time(entry.at))\n\(sentence(entry))"
    }

    /// What happened, without when.
    func sentence(_ entry: TraceEntry) -> String {
        Markup.shortened(fullSentence(entry), to: Self.sentenceMax)
    }

    /// A few words for beside the mark; nil for what is shown by its mark alone.
    func label(_ entry: TraceEntry) -> String? {
        let text: String? =
            switch entry.kind {
            case .deed: [entry.text, entry.thread].compactMap(\.self).joined(separator: " ")
            case .stopped: entry.text ?? "stopped"
            case .started: "started"
            case .paused: "paused"
            case .resumed: "goes on"
            case .fault, .notice, .warning, .remark: entry.text
            case .frame, .merged, .cut, .healed, .connected, .disconnected, .violation: nil
            }
        guard let text, !text.isEmpty else { return nil }
        // Short enough to stand beside its mark, and on one line.
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard entry.refusal != nil else { return Markup.shortened(line, to: Self.labelMax) }
        return Markup.shortened(line, to: Self.labelMax - 8) + " refused"
    }

    private func fullSentence(_ entry: TraceEntry) -> String {
        let text = entry.text ?? ""
        switch entry.kind {
        case .frame: return frame(entry)
        case .deed: return deed(entry)
        case .merged: return merged(entry)
        case .cut: return text == "one-way" ? "frames to \(name(entry.peer)) cut off (one-way)" : link(entry, "cut", text)
        case .healed: return link(entry, "mended", text)
        case .connected: return link(entry, "connected", text)
        case .disconnected: return link(entry, "disconnected", text)
        case .stopped: return joined("stopped", text)
        case .started: return joined("started again on what its replica holds", text)
        case .paused: return joined("hangs: its process does nothing", text)
        case .resumed: return joined("goes on", text)
        case .fault: return fault(entry)
        case .notice: return joined("told people", text)
        case .warning: return joined("warned operators", text)
        case .violation: return joined("violation", text)
        case .remark: return text.isEmpty ? "remark" : text
        }
    }

    private func frame(_ entry: TraceEntry) -> String {
        let size = entry.bytes.map { " of \(TimeText.count($0, "byte"))" } ?? ""
        let what = "\(entry.frame ?? "frame")\(size) from \(name(entry.node)) to \(name(entry.peer))"
        let delays = (entry.arrivals ?? []).map { TimeText.length($0 - entry.at) }
        let arrival = delays.isEmpty ? "" : " after \(TimeText.list(delays))"
        let sets = entry.changeSets.map { "; change sets \($0.joined(separator: ", "))" } ?? ""
        switch entry.fate {
        case .delivered where delays.count > 1: return "\(what): arrived \(delays.count) times\(arrival)\(sets)"
        case .delivered, nil: return "\(what): arrived\(arrival)\(sets)"
        case .lost: return "\(what): lost on the way\(sets)"
        case .blocked: return "\(what): not carried, the link was cut, jammed or not connected\(sets)"
        case .damaged: return "\(what): damaged on the way\(delays.isEmpty ? "" : ", arrived\(arrival)")\(sets)"
        case .replayed:
            let came = delays.isEmpty ? "" : ", arrived\(arrival)"
            return "\(what): an earlier frame sent again by the network\(came)\(sets)"
        }
    }

    private func deed(_ entry: TraceEntry) -> String {
        var words = entry.text ?? "deed"
        if let thread = entry.thread { words += ", thread \(thread)" }
        if let refusal = entry.refusal { return "\(words): refused (\(refusal))" }
        if let changeSet = entry.changeSet { words += ", made change set \(changeSet)" }
        return words
    }

    private func merged(_ entry: TraceEntry) -> String {
        let text = entry.text ?? ""
        let count = Int(text).map { TimeText.count($0, "change set") } ?? (text.isEmpty ? "change sets" : text)
        guard let sets = entry.changeSets, !sets.isEmpty else { return "merged \(count)" }
        return "merged \(count): \(sets.joined(separator: ", "))"
    }

    private func link(_ entry: TraceEntry, _ what: String, _ text: String) -> String {
        joined(entry.peer == nil ? "its links \(what)" : "link to \(name(entry.peer)) \(what)", text)
    }

    private func fault(_ entry: TraceEntry) -> String {
        var words = "fault: \(entry.text ?? "unnamed")"
        if let peer = entry.peer { words += ", on the link to \(name(peer))" }
        if let until = entry.until { words += ", for \(TimeText.length(until - entry.at))" }
        return words
    }

    private func joined(_ words: String, _ text: String) -> String {
        text.isEmpty ? words : "\(words): \(text)"
    }
}
