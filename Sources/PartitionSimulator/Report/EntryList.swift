internal import Foundation

/// The entries of a record as a page lists them: all of a small one; of a large one the more important kinds first.
struct EntryList {
    /// The columns as the page's script reads them. Names are its keys.
    private struct Columns: Encodable {
        let start: Int64
        let nodes: [String]
        let kinds: [String]
        var at: [Int64] = []
        var kind: [Int] = []
        var node: [Int] = []
        var peer: [Int] = []
        /// The entry whose mark stands for this one; -1 where none is drawn.
        var mark: [Int] = []
        var text: [String] = []
    }

    /// More entries than this are not listed.
    static let entriesMax = 20_000
    private static let firstRows = 40

    private let layout: DiagramLayout
    /// Places of the entries that are listed, ascending.
    let listed: [Int]

    init(_ layout: DiagramLayout) {
        self.layout = layout
        let entries = layout.record.entries
        guard entries.count > Self.entriesMax else {
            listed = Array(entries.indices)
            return
        }
        var classes = [[Int]](repeating: [], count: 4)
        for (index, entry) in entries.enumerated() {
            switch entry.kind {
            case .frame: classes[FrameSelection.carries(entry.frame) || entry.fate != .delivered ? 2 : 3].append(index)
            case .merged, .connected, .disconnected: classes[1].append(index)
            default: classes[0].append(index)
            }
        }
        listed = Thinning(classes, budget: Self.entriesMax).chosen
    }

    /// What is listed, in words.
    var summary: String {
        let all = layout.record.entries.count
        guard listed.count < all else {
            return "\(TimeText.count(all, "entry", "entries")), in the order in which they happened."
        }
        return "\(TimeText.count(listed.count)) of \(TimeText.count(all)) entries, those first that say more about the run; "
            + "trace.jsonl holds all."
    }

    /// Writes the filters, the first rows, and the data for the rest.
    func write(into out: inout Markup) throws {
        writeFilters(into: &out)
        out.element("div", ["class": "events", "tabindex": "0", "role": "region", "aria-label": "Entries"]) { out in
            out.element("table") { out in
                out.element("thead") { out in
                    out.element("tr") { out in
                        for name in ["time and offset", "node", "kind", "what"] { out.element("th", ["scope": "col"], name) }
                    }
                }
                out.element("tbody") { out in
                    for index in listed.prefix(Self.firstRows) { writeRow(index, into: &out) }
                }
            }
        }
        out.element("p", ["class": "more"]) { out in
            out.element("button", ["type": "button", "hidden": "hidden"], "Show 200 more")
        }
        out.element("noscript") { out in
            out.element("p", "Without scripts the first \(Self.firstRows) entries are listed; trace.jsonl holds all.")
        }
        let json = try self.json()
        out.element("script", ["type": "application/json", "id": "entries-data"]) { $0.append(trusted: json) }
        out.line()
    }

    private func writeFilters(into out: inout Markup) {
        out.element("div", ["class": "filters", "hidden": "hidden"]) { out in
            let nodes = layout.record.nodes.enumerated().map { ("\($0.offset)", Markup.shortened($0.element.name, to: 40)) }
            let kinds = TraceEntry.Kind.allCases.enumerated().map { ("\($0.offset)", $0.element.rawValue) }
            let choices = [("filter-node", "node", "all nodes", nodes), ("filter-kind", "kind", "all kinds", kinds)]
            for (id, name, all, options) in choices {
                out.element("label") { out in
                    out.append(name)
                    out.element("select", ["id": id]) { out in
                        out.element("option", ["value": ""], all)
                        for (value, words) in options { out.element("option", ["value": value], words) }
                    }
                }
            }
            out.element("label") { out in
                out.append("containing")
                out.empty("input", ["id": "filter-text", "type": "search", "autocomplete": "off"])
            }
            out.element("span", ["id": "entries-count", "class": "soft", "role": "status"], "")
        }
    }

    private func writeRow(_ index: Int, into out: inout Markup) {
        let entry = layout.record.entries[index]
        let start = layout.record.start
        out.element("tr") { out in
            out.element("td", "\(TimeText.clock(start &+ entry.at))  \(TimeText.offset(entry.at))")
            out.element("td", entry.node.map { layout.words.name($0) } ?? "")
            out.element("td", entry.kind.rawValue)
            out.element("td", layout.words.sentence(entry))
        }
    }

    private func json() throws -> String {
        let kinds = TraceEntry.Kind.allCases
        var columns = Columns(
            start: layout.record.start, nodes: layout.record.nodes.indices.map { Markup.plain(layout.words.name($0)) },
            kinds: kinds.map(\.rawValue))
        let numbers = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($0.element, $0.offset) })
        var marks: [Int: Int] = [:]
        for index in layout.frames.drawn { marks[index] = index }
        for mark in layout.marks {
            for index in mark.entries { marks[index] = mark.entries[0] }
        }
        let nodes = layout.record.nodes.indices
        for index in listed {
            let entry = layout.record.entries[index]
            columns.at.append(entry.at)
            columns.kind.append(numbers[entry.kind] ?? 0)
            columns.node.append(entry.node.map { nodes.contains($0) ? $0 : -1 } ?? -1)
            columns.peer.append(entry.peer ?? -1)
            columns.mark.append(marks[index] ?? -1)
            columns.text.append(Markup.plain(layout.words.sentence(entry)))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Within a script no tag may begin, whatever stands in a text; and what means something to XML would keep its tools out.
        return String(decoding: try encoder.encode(columns), as: UTF8.self)
            .replacing("<", with: #"\u003c"#).replacing(">", with: #"\u003e"#).replacing("&", with: #"\u0026"#)
    }
}
