/// A table that fits the window: columns as wide as their content, and cut with `…` where the window is narrower. Nothing
/// is wrapped, so one row stays one line. Without a window nothing is cut.
struct TextTable {
    /// One column.
    struct Column {
        enum Alignment: Sendable {
            case leading
            /// For numbers.
            case trailing
        }

        let title: String
        let alignment: Alignment
        /// Columns of the screen that it keeps while others still can give.
        let widthMin: Int
        /// Columns of the screen that it takes at most in a window.
        let widthMax: Int
        /// Whether it gives way before the columns that are not flexible.
        let isFlexible: Bool
        /// Where not even the least widths fit, columns are left out, those of the lowest priority first.
        let priority: Int

        init(
            _ title: String, alignment: Alignment = .leading, widthMin: Int = 4, widthMax: Int = .max,
            isFlexible: Bool = false, priority: Int = 0
        ) {
            self.title = title
            self.alignment = alignment
            self.widthMin = max(1, widthMin)
            self.widthMax = max(self.widthMin, widthMax)
            self.isFlexible = isFlexible
            self.priority = priority
        }

        /// A column of numbers: at the right edge, and only cut when there is no other way.
        static func number(_ title: String, priority: Int = 0) -> Column {
            Column(title, alignment: .trailing, priority: priority)
        }
    }

    /// One cell: a text, made safe to print, and its style.
    struct Cell: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        let text: String
        let style: Style

        init(_ text: String, _ style: Style = .plain) {
            self.text = PrintableText.oneLine(text)
            self.style = style
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    let columns: [Column]
    private(set) var rows: [[Cell]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row. Cells that are missing are empty, cells beyond the last column are not shown.
    mutating func add(_ cells: [Cell]) {
        rows.append(columns.indices.map { $0 < cells.count ? cells[$0] : Cell("") })
    }

    /// The header and the rows as lines of `terminal`, none wider than its window.
    func lines(in terminal: Terminal) -> [String] {
        guard !columns.isEmpty else { return [] }
        let widths = widths(in: terminal.width)
        let header = columns.map { Cell($0.title, .bold) }
        return ([header] + rows).map { line($0, widths: widths, in: terminal) }
    }

    /// The lines as one text, which ends with a line end.
    func text(in terminal: Terminal) -> String {
        lines(in: terminal).map { $0 + "\n" }.joined()
    }

    private static let gap = "  "

    private func line(_ cells: [Cell], widths: [Int?], in terminal: Terminal) -> String {
        let shown = columns.indices.filter { widths[$0] != nil }
        var line = ""
        for index in shown {
            let width = widths[index] ?? 0
            let text = DisplayWidth.truncated(cells[index].text, to: width)
            let blanks = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
            let styled = cells[index].style.applied(to: text, in: terminal)
            if index != shown.first { line += Self.gap }
            switch columns[index].alignment {
            case .leading: line += index == shown.last ? styled : styled + blanks
            case .trailing: line += blanks + styled
            }
        }
        // Empty cells at the end leave blanks that only show when somebody copies the line.
        while line.last == " " { line.removeLast() }
        return line
    }

    // MARK: - Widths

    /// The width of each column; `nil` for one that is left out.
    private func widths(in window: Int?) -> [Int?] {
        let natural = columns.indices.map { index in
            rows.reduce(DisplayWidth.of(columns[index].title)) { max($0, DisplayWidth.of($1[index].text)) }
        }
        guard let window else { return natural }
        var widths: [Int?] = columns.indices.map { min(natural[$0], columns[$0].widthMax) }
        shrink(&widths, to: window) { columns[$0].isFlexible }
        shrink(&widths, to: window) { _ in true }
        while excess(of: widths, over: window) > 0 {
            let shown = columns.indices.filter { widths[$0] != nil }
            guard shown.count > 1 else {
                // One column is left, and the window is narrower than its least width.
                for index in shown { widths[index] = window }
                break
            }
            // The last of those with the lowest priority.
            let least = shown.reversed().min { columns[$0].priority < columns[$1].priority }
            if let least { widths[least] = nil }
        }
        return restore(widths, natural: natural, window: window)
    }

    private func excess(of widths: [Int?], over window: Int) -> Int {
        let shown = widths.compactMap(\.self)
        return shown.reduce(0, +) + Self.gap.count * max(0, shown.count - 1) - window
    }

    /// Takes from the widest of the chosen columns, one step at a time, so that they end up alike rather than one of them
    /// at nothing.
    private func shrink(_ widths: inout [Int?], to window: Int, _ mayGive: (Int) -> Bool) {
        var excess = excess(of: widths, over: window)
        let givers = columns.indices.filter(mayGive)
        while excess > 0 {
            let able = givers.filter { widths[$0] ?? 0 > columns[$0].widthMin }
            guard let widest = able.max(by: { widths[$0] ?? 0 < widths[$1] ?? 0 }) else { return }
            widths[widest]? -= 1
            excess -= 1
        }
    }

    /// Gives what a left-out column freed back to the others, in the order of their priority.
    private func restore(_ widths: [Int?], natural: [Int], window: Int) -> [Int?] {
        var widths = widths
        var room = -excess(of: widths, over: window)
        let order = columns.indices.sorted { (columns[$0].priority, $1) > (columns[$1].priority, $0) }
        for index in order where room > 0 {
            guard let width = widths[index] else { continue }
            let wanted = min(natural[index], columns[index].widthMax) - width
            let given = min(max(0, wanted), room)
            widths[index] = width + given
            room -= given
        }
        return widths
    }
}
