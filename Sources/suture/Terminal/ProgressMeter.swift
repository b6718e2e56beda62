/// What a progress bar writes and when, without clock and without output: time goes in, text comes out.
///
/// Work that ends within a second shows nothing. Where lines can be rewritten there is one line, renewed ten times a
/// second; elsewhere a line every five seconds.
struct ProgressMeter {
    private let label: String
    private let total: Int?
    private let terminal: Terminal
    private var lastShown: Duration?
    private var isFinished = false
    /// What was reached when, over the last five seconds: the rate follows from it.
    private var samples: [(time: Duration, count: Int)] = [(.zero, 0)]

    /// - Parameter total: how many there will be; `nil` if that is not known.
    init(_ label: String, total: Int?, in terminal: Terminal) {
        self.label = PrintableText.oneLine(label)
        self.total = total
        self.terminal = terminal
    }

    private var interval: Duration { terminal.rewritesLines ? .milliseconds(100) : .seconds(5) }

    /// What to write now that `count` are done, `elapsed` after the start; `nil` for nothing.
    mutating func update(_ count: Int, at elapsed: Duration) -> String? {
        guard !isFinished else { return nil }
        record(count, at: elapsed)
        let due = lastShown.map { $0 + interval } ?? (terminal.rewritesLines ? .seconds(1) : interval)
        guard elapsed >= due else { return nil }
        lastShown = elapsed
        return shown(line(count, rate: recentRate, ended: nil))
    }

    /// What to write at the end: a last line with the time it took, if there was one before or it took over a second.
    mutating func finish(_ count: Int, at elapsed: Duration) -> String? {
        guard !isFinished else { return nil }
        isFinished = true
        guard lastShown != nil || elapsed >= .seconds(1) else { return nil }
        let seconds = elapsed / .seconds(1)
        let text = line(count, rate: seconds > 0 ? Double(count) / seconds : nil, ended: elapsed)
        return terminal.rewritesLines ? shown(text) + "\n" : shown(text)
    }

    private func shown(_ line: String) -> String {
        // To the line's start, the text, and away with what a longer line left.
        terminal.rewritesLines ? "\r\(line)\u{1B}[K" : line + "\n"
    }

    private mutating func record(_ count: Int, at elapsed: Duration) {
        // Calls may come by the thousand; ten samples a second are enough.
        if samples.count > 1, let last = samples.last, elapsed - last.time < .milliseconds(100) {
            samples[samples.count - 1].count = count
        } else {
            samples.append((elapsed, count))
        }
        while samples.count > 2, elapsed - samples[1].time >= .seconds(5) { samples.removeFirst() }
    }

    /// How many a second, of late; `nil` while that cannot be said.
    private var recentRate: Double? {
        guard let first = samples.first, let last = samples.last else { return nil }
        let seconds = (last.time - first.time) / .seconds(1)
        return seconds > 0 && last.count >= first.count ? Double(last.count - first.count) / seconds : nil
    }

    // MARK: - The line

    private func line(_ count: Int, rate: Double?, ended: Duration?) -> String {
        var parts: [String] = []
        if let total {
            parts.append(percent(count, of: total))
            parts.append("\(Figures.grouped(count))/\(Figures.grouped(total))")
        } else {
            parts.append(Figures.grouped(count))
        }
        if let rate { parts.append("\(Figures.grouped(Int(min(rate, 1e15).rounded())))/s") }
        if let ended {
            parts.append("in \(DurationText.of(ended))")
        } else if let total, let rate, rate > 0, count < total {
            parts.append("\(DurationText.of(.seconds(min(Double(total - count) / rate, 1e9)))) left")
        }
        return fitted(parts, fraction: total.map { $0 > 0 ? Double(count) / Double($0) : 1 })
    }

    private func percent(_ count: Int, of total: Int) -> String {
        guard total > 0 else { return "100%" }
        // 100% is for the end alone.
        let percent = count >= total ? 100 : min(99, Int(Double(count) / Double(total) * 100))
        return String(repeating: " ", count: percent < 10 ? 2 : percent < 100 ? 1 : 0) + "\(percent)%"
    }

    /// The bar where there is room for it, and of the other parts as many as fit. The last column stays free: some
    /// terminals would begin a new line.
    private func fitted(_ parts: [String], fraction: Double?) -> String {
        var parts = parts
        guard terminal.rewritesLines, let width = terminal.width.map({ $0 - 1 }) else {
            return ([label] + parts).joined(separator: "  ")
        }
        func text() -> String { ([label] + parts).joined(separator: "  ") }
        let room = width - DisplayWidth.of(text()) - 4
        if let fraction, room >= 10 {
            parts.insert(bar(fraction, width: min(room, 40)), at: 0)
            return text()
        }
        while DisplayWidth.of(text()) > width, parts.count > 1 { parts.removeLast() }
        return DisplayWidth.truncated(text(), to: width)
    }

    private func bar(_ fraction: Double, width: Int) -> String {
        let inner = width - 2
        let full = Int((Double(inner) * min(max(fraction, 0), 1)).rounded(.down))
        return "[" + String(repeating: "█", count: full) + String(repeating: "░", count: inner - full) + "]"
    }
}
