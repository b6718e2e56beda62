/// Which links were cut when, and into which parts the group fell.
struct LinkCuts {
    /// A stretch of time in which the same links are cut.
    struct Stretch {
        var from: Int64
        var to: Int64
        /// Per node, the number of its part: nodes that no chain of open links joins are in different parts.
        let parts: [Int]
        /// How many parts there are.
        let partCount: Int
        /// Nodes at an end of a link that is cut.
        let touched: [Bool]
        /// In words, short: the parts, or the links.
        let summary: String
        /// In words, every link.
        let detail: String
    }

    /// The stretches with a cut, in the order of time.
    let stretches: [Stretch]

    /// What a record's cuts and heals amount to; what is still cut at `end` stays so.
    init(_ record: RunRecord, end: Int64) {
        let names = record.nodes.map { Markup.shortened($0.name, to: 24) }
        let changes = record.entries.filter { $0.kind == .cut || $0.kind == .healed }
        let ordered = changes.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        var stretches: [Stretch] = []
        var links = CutLinks(count: names.count)
        for (index, change) in ordered.enumerated() {
            links.apply(change)
            let next = index + 1 < ordered.count ? ordered[index + 1].at : max(end, change.at)
            guard next > change.at, links.isAnyCut else { continue }
            if let last = stretches.last, last.to == change.at, links.isUnchanged {
                stretches[stretches.count - 1].to = next
            } else {
                stretches.append(links.stretch(from: change.at, to: next, names: names))
            }
            links.remember()
        }
        self.stretches = stretches
    }
}

/// The state of all links at a moment.
private struct CutLinks {
    private let count: Int
    /// Row by row: whether frames from the row's node to the column's are cut off.
    private var isCut: [Bool]
    private var remembered: [Bool] = []

    init(count: Int) {
        self.count = count
        isCut = Array(repeating: false, count: count * count)
    }

    var isAnyCut: Bool { isCut.contains(true) }

    /// Whether the links are as they were when they were last remembered.
    var isUnchanged: Bool { isCut == remembered }

    mutating func remember() { remembered = isCut }

    /// Applies a cut or a heal: of one link, of all of a node where no other end is named, of all where no node is named.
    mutating func apply(_ change: TraceEntry) {
        let value = change.kind == .cut
        let isOneWay = value && change.text == "one-way"
        for from in 0..<count where change.node == nil || change.node == from {
            for to in 0..<count where to != from && (change.peer == nil || change.peer == to) {
                isCut[from * count + to] = value
                if !isOneWay { isCut[to * count + from] = value }
            }
        }
    }

    func stretch(from: Int64, to: Int64, names: [String]) -> LinkCuts.Stretch {
        let parts = parts()
        let partCount = (parts.max() ?? -1) + 1
        var touched = [Bool](repeating: false, count: count)
        var words: [String] = []
        var isClean = partCount > 1
        for one in 0..<count {
            for other in (one + 1)..<max(one + 1, count) {
                let (there, back) = (isCut[one * count + other], isCut[other * count + one])
                if (parts[one] != parts[other]) != (there && back) || there != back { isClean = false }
                guard there || back else { continue }
                touched[one] = true
                touched[other] = true
                switch (there, back) {
                case (true, true): words.append("\(names[one]) – \(names[other])")
                case (true, false): words.append("\(names[one]) → \(names[other])")
                default: words.append("\(names[other]) → \(names[one])")
                }
            }
        }
        return LinkCuts.Stretch(
            from: from, to: to, parts: parts, partCount: partCount, touched: touched,
            summary: isClean ? Self.summary(parts, partCount, names) : Self.shortened(words, to: 4, separator: ", "),
            detail: Self.shortened(words, to: 40, separator: ", "))
    }

    /// Numbers the parts in the order of their first nodes.
    private func parts() -> [Int] {
        var parts = [Int](repeating: -1, count: count)
        var next = 0
        for first in 0..<count where parts[first] < 0 {
            var reached = [first]
            parts[first] = next
            while let node = reached.popLast() {
                for other in 0..<count where parts[other] < 0 && other != node {
                    // A link that is open in one direction still joins: something passes.
                    if !isCut[node * count + other] || !isCut[other * count + node] {
                        parts[other] = next
                        reached.append(other)
                    }
                }
            }
            next += 1
        }
        return parts
    }

    private static func summary(_ parts: [Int], _ partCount: Int, _ names: [String]) -> String {
        let sides = (0..<partCount).map { part in
            shortened(parts.indices.filter { parts[$0] == part }.map { names[$0] }, to: 4, separator: ", ")
        }
        return shortened(sides, to: 5, separator: "  |  ")
    }

    private static func shortened(_ words: [String], to count: Int, separator: String) -> String {
        let shown = words.prefix(count).joined(separator: separator)
        return words.count > count ? "\(shown) and \(words.count - count) more" : shown
    }
}
