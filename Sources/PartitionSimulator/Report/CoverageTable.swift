/// Which faults were injected in which phases, as tables of a page: one for every part of the catalogue.
struct CoverageTable {
    let coverage: Coverage

    /// How many pairs of a fault that can be injected today and a phase there are, and how many were reached.
    var pairs: (reached: Int, all: Int) {
        let ready = Fault.allCases.filter { $0.notYet == nil }
        let all = ready.count * Phase.allCases.count
        return (all - coverage.missing.count, all)
    }

    /// The counts in a sentence.
    var summary: String {
        let waiting = Fault.allCases.filter { $0.notYet != nil }.count
        let (reached, all) = pairs
        return "\(TimeText.count(reached)) of \(TimeText.count(all)) pairs of a fault and a phase were reached. "
            + "\(TimeText.count(waiting, "fault")) \(waiting == 1 ? "waits" : "wait") for what is not built yet."
    }

    /// Writes the tables.
    func write(into out: inout Markup) {
        var groups: [(name: String, faults: [Fault])] = []
        for fault in Fault.allCases {
            if groups.last?.name == fault.group {
                groups[groups.count - 1].faults.append(fault)
            } else {
                groups.append((fault.group, [fault]))
            }
        }
        out.element("div", ["class": "tables"]) { out in
            for group in groups { write(group.name, group.faults, into: &out) }
            writeUnknown(into: &out)
        }
        out.line()
    }

    private func write(_ name: String, _ faults: [Fault], into out: inout Markup) {
        let ready = faults.filter { $0.notYet == nil }
        let reached = ready.filter { coverage.count($0) > 0 }.count
        out.element("table") { out in
            out.element("caption") { out in
                out.append("\(name.prefix(1).uppercased())\(name.dropFirst()) ")
                out.element("small", "\(reached) of \(ready.count) faults reached")
            }
            writeHead(into: &out)
            out.element("tbody") { out in
                for fault in faults { writeRow(fault, into: &out) }
            }
        }
        out.line()
    }

    private func writeHead(into out: inout Markup) {
        out.element("thead") { out in
            out.element("tr") { out in
                out.element("th", ["scope": "col"], "fault")
                for phase in Phase.allCases {
                    let words = phase.rawValue.split(separator: "-").joined(separator: " ")
                    out.element("th", ["scope": "col", "class": "number"], words)
                }
            }
        }
    }

    private func writeRow(_ fault: Fault, into out: inout Markup) {
        out.element("tr") { out in
            out.element("th", ["scope": "row"], fault.rawValue)
            let columns = String(Phase.allCases.count)
            let isReached = coverage.count(fault) > 0
            if let wait = fault.notYet, !isReached {
                out.element("td", ["class": "wait number", "colspan": columns], "not yet: waits for \(wait)")
            } else if !isReached {
                out.element("td", ["class": "none number", "colspan": columns], "not reached")
            } else {
                for phase in Phase.allCases {
                    let count = coverage.count(fault, in: phase)
                    let words = count == 0 ? "none" : TimeText.count(count)
                    out.element("td", ["class": count == 0 ? "none number" : "number"], words)
                }
            }
        }
    }

    /// Faults of another version's catalogue, by name: counted, so shown.
    private func writeUnknown(into out: inout Markup) {
        let unknown = coverage.counts.keys.filter { Fault(rawValue: $0) == nil }.sorted()
        guard !unknown.isEmpty else { return }
        out.element("table") { out in
            out.element("caption", "Not in this version's catalogue")
            writeHead(into: &out)
            out.element("tbody") { out in
                for name in unknown {
                    out.element("tr") { out in
                        out.element("th", ["scope": "row"], Markup.shortened(name, to: 60))
                        for phase in Phase.allCases {
                            out.element("td", ["class": "number"], TimeText.count(coverage.counts[name]?[phase.rawValue] ?? 0))
                        }
                    }
                }
            }
        }
    }
}
