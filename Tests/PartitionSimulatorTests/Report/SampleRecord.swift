@testable import PartitionSimulator

/// Records for the tests of pictures and pages: drawn from a seed, so that a failure can be looked at again.
struct SampleRecord {
    private var state: UInt64
    private(set) var record: RunRecord

    /// A record of random entries, of all kinds and with all optional parts.
    init(seed: UInt64, nodes: Int = 4, entries: Int = 120, step: Int64 = 4_000) {
        state = seed
        record = RunRecord(
            name: "sample-\(seed)", seed: seed, duration: 3_600_000, start: 1_772_438_400_000,
            nodes: (0..<nodes).map { RunRecord.Participant(name: "node\($0)", kind: $0 % 3 == 2 ? "laptop" : "office") })
        var at: Int64 = 0
        for index in 0..<entries {
            // Many in one millisecond, some after a quiet stretch.
            at += number(3) == 0 ? 0 : number(40) == 0 ? step * 30 : Int64(number(Int(step)))
            add(at, index)
        }
        record.duration = max(record.duration, at + 1_000)
        for at in stride(from: 0, to: record.duration, by: Int(record.duration / 30)) {
            let missing: [Int?] = (0..<nodes).map { _ in number(6) == 0 ? nil : number(5) }
            record.samples.append(.init(at: at, digests: 1 + number(nodes), missing: missing))
        }
    }

    private mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    private mutating func number(_ below: Int) -> Int { Int(next() % UInt64(below)) }

    private mutating func add(_ at: Int64, _ index: Int) {
        let kinds = TraceEntry.Kind.allCases.filter { $0 != .violation }
        let kind: TraceEntry.Kind = number(2) == 0 ? .frame : kinds[number(kinds.count)]
        let node = number(record.nodes.count)
        var entry = TraceEntry(at: at, kind: kind, node: node)
        let other = (node + 1 + number(max(1, record.nodes.count - 1))) % record.nodes.count
        switch kind {
        case .frame:
            entry.peer = other
            entry.frame = ["HELLO", "CLOCK", "WANT", "RUN"][number(4)]
            entry.bytes = 100 + number(5_000)
            let fates: [TraceEntry.Fate] = [.delivered, .delivered, .delivered, .lost, .blocked, .damaged, .replayed]
            let fate = fates[number(fates.count)]
            entry.fate = fate
            if fate != .lost, fate != .blocked {
                // Some take no time at all, some arrive twice.
                entry.arrivals = (0...number(2)).map { _ in at + Int64(number(4) == 0 ? 0 : number(900)) }
            }
        case .deed:
            entry.text = "claim"
            entry.thread = "T\(number(5))"
            if number(4) == 0 { entry.refusal = "not-owner" } else { entry.changeSet = "a\(node):\(index)" }
        case .merged:
            entry.text = "2"
            entry.changeSets = ["a\(other):1", "a\(other):2"]
        case .cut, .healed, .connected, .disconnected:
            entry.peer = other
            if kind == .cut, number(3) == 0 { entry.text = "one-way" }
        case .fault:
            entry.text = "clock-jump"
            if number(2) == 0 { entry.until = at + 20_000 }
            if number(3) == 0 { entry.peer = other }
        default:
            entry.text = "text \(index)"
        }
        record.entries.append(entry)
    }
}

extension RunRecord {
    /// Names and texts that would do harm if they were not escaped.
    static var hostile: RunRecord {
        let texts = [
            "<script>alert('x')</script>", "\"><svg onload=\"x()\">", "a & b &amp; c", "line\nline\r\n\tend", "]]>", "</title></style>",
            "\u{0}\u{1}\u{8}\u{1B}[31m",
            "\u{202E}gpj.exe", "--><!--", String(repeating: "long ", count: 4_000), "日本語 🦷 é", "\u{FFFE}",
        ]
        var record = RunRecord(
            name: texts[0] + texts[1], seed: .max, duration: 60_000, start: 0,
            nodes: texts.map { Participant(name: $0, kind: $0) })
        for (index, text) in texts.enumerated() {
            for (place, kind) in TraceEntry.Kind.allCases.enumerated() {
                var entry = TraceEntry(at: Int64(index * 1_000 + place * 10), kind: kind, node: index, text: text)
                if [.frame, .cut, .healed, .connected, .disconnected].contains(kind) { entry.peer = (index + 1) % texts.count }
                if kind == .frame { entry.arrivals = [entry.at + 30] }
                entry.frame = text
                entry.thread = text
                entry.changeSet = text
                entry.changeSets = [text, text]
                entry.refusal = index % 2 == 0 ? text : nil
                record.entries.append(entry)
            }
        }
        record.samples = [Sample(at: 5, digests: 2, missing: texts.map { _ in 1 })]
        return record
    }
}

extension RunSummary {
    /// A summary whose every text is hostile.
    static var hostile: RunSummary {
        let text = "<script>alert('x')</script> & \"quotes\"\n\u{202E}"
        var summary = RunSummary(name: text, seed: 1)
        summary.verdict = .violated
        summary.violations = [
            Violation(.durability, at: 4_000, node: RunRecord.hostile.nodes[0].name, changeSet: text, text),
            Violation(nil, at: 5_000, node: nil, changeSet: nil, text), Violation(.logs, at: 5_000, node: "nobody", text),
        ]
        summary.undecided = text
        summary.trace = text
        summary.refused = [text: 3]
        summary.build = text
        summary.reproduction = text
        return summary
    }
}
