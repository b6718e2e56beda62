import Testing

@testable import suture

@Suite("Terminal")
struct TerminalTests {
    private static func window(_ width: Int, styles: Bool = false) -> Terminal {
        Terminal(rewritesLines: true, width: width, hasStyles: styles)
    }

    // MARK: - What a terminal can

    @Test(
        "colours and rewriting follow the window, its kind, NO_COLOR and --no-color",
        arguments: [
            (["TERM": "xterm-256color"], false, true, true), (["TERM": "xterm", "NO_COLOR": "1"], false, true, false),
            (["TERM": "xterm", "NO_COLOR": ""], false, true, true), (["TERM": "xterm"], true, true, false),
            (["TERM": "dumb"], false, false, false), ([:], false, false, false), (["TERM": ""], false, false, false),
        ] as [([String: String], Bool, Bool, Bool)])
    func abilities(environment: [String: String], noColor: Bool, rewrites: Bool, styles: Bool) {
        let found = Terminal(isWindow: true, columns: 100, noColor: noColor) { environment[$0] }
        #expect(found == Terminal(rewritesLines: rewrites, width: 100, hasStyles: styles))
    }

    @Test("what is no window has no limit and no colours, whatever the variables say")
    func piped() {
        let found = Terminal(isWindow: false, columns: 100, noColor: false) { ["TERM": "xterm", "COLUMNS": "20"][$0] }
        #expect(found == .plain)
    }

    @Test(
        "the width is the window's, else what COLUMNS says, else 80",
        arguments: [(120, "60", 120), (nil, "60", 60), (nil, "wide", 80), (nil, "-3", 80), (nil, nil, 80), (0, "70", 70)]
            as [(Int?, String?, Int)])
    func width(columns: Int?, variable: String?, expected: Int) {
        let found = Terminal(isWindow: true, columns: columns, noColor: false) {
            ["TERM": "xterm", "COLUMNS": variable][$0] ?? nil
        }
        #expect(found.width == expected)
    }

    @Test("styles are written where the terminal has them and nowhere else")
    func styles() {
        #expect(Style.danger.applied(to: "late", in: Self.window(80, styles: true)) == "\u{1B}[1;31mlate\u{1B}[0m")
        #expect(Style.danger.applied(to: "late", in: Self.window(80)) == "late")
        #expect(Style.plain.applied(to: "late", in: Self.window(80, styles: true)) == "late")
        #expect(Style.bold.applied(to: "", in: Self.window(80, styles: true)) == "")
        let all = [Style.bold, .dim, .accent, .warning, .danger].map { $0.applied(to: "x", in: Self.window(80, styles: true)) }
        #expect(Set(all).count == 5)
    }

    // MARK: - Width of text

    @Test(
        "width is counted in columns",
        arguments: [
            ("", 0), ("abc", 3), ("José", 4), ("Jose\u{301}", 4), ("日本", 4), ("ｗ", 2), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2),
            ("😀", 2), ("👩‍👩‍👧", 2), ("👍🏽", 2), ("🇺🇸", 2), ("❤️", 2), ("❤", 1), ("…", 1), ("█", 1), ("¿Qué?", 5), ("a\u{200B}b", 2), ("שלום", 4),
            ("1️⃣", 2),
        ])
    func displayWidth(text: String, expected: Int) {
        #expect(DisplayWidth.of(text) == expected)
    }

    @Test(
        "text is cut at a character, with … in the last column",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("Jose\u{301} M", 5, "Jose\u{301}…"), ("👩‍👩‍👧👩‍👩‍👧", 3, "👩‍👩‍👧…"),
        ])
    func truncation(text: String, width: Int, expected: String) {
        let found = DisplayWidth.truncated(text, to: width)
        #expect(found == expected)
        #expect(DisplayWidth.of(found) <= width)
    }

    @Test("text of others cannot play with the terminal")
    func printable() {
        let text = "a\u{1B}[31mb\tc\r\nd\ne\u{9B}2J\u{202E}f\u{7F}\u{2028}é👩‍👩‍👧"
        #expect(PrintableText.oneLine(text) == "a?[31mb c d e?2Jf? é👩‍👩‍👧")
        #expect(PrintableText.lines(text) == "a?[31mb c\nd\ne?2Jf?\né👩‍👩‍👧")
        #expect(PrintableText.oneLine("plain") == "plain")
    }

    // MARK: - Tables

    private static func inbox() -> TextTable {
        var table = TextTable([
            .init("THREAD", widthMin: 6, priority: 3), .init("PATIENT", widthMin: 5, isFlexible: true, priority: 2),
            .init("SUBJECT", widthMin: 8, isFlexible: true, priority: 2), .number("MSGS", priority: 1),
            .init("OWNER", priority: 0),
        ])
        table.add(["TOW-4F", "José Álvarez", "swelling has reached the neck", "3", "queue post-op"])
        table.add(["BEL-7K", "山田", "arrival time", "12", ""])
        return table
    }

    @Test("piped, nothing is cut, numbers stand at the right edge and no blanks trail")
    func pipedTable() {
        #expect(
            Self.inbox().text(in: .plain) == """
                THREAD  PATIENT       SUBJECT                        MSGS  OWNER
                TOW-4F  José Álvarez  swelling has reached the neck     3  queue post-op
                BEL-7K  山田          arrival time                     12

                """)
    }

    @Test("in a narrower window the flexible columns give way first")
    func narrowTable() {
        #expect(
            Self.inbox().text(in: Self.window(60)) == """
                THREAD  PATIENT       SUBJECT            MSGS  OWNER
                TOW-4F  José Álvarez  swelling has rea…     3  queue post-op
                BEL-7K  山田          arrival time         12

                """)
    }

    @Test("where even the least widths do not fit, the least important columns are left out")
    func tinyTable() {
        let lines = Self.inbox().lines(in: Self.window(24))
        #expect(lines[0].hasPrefix("THREAD"))
        #expect(!lines[0].contains("OWNER"))
        #expect(!lines[0].contains("MSGS"))
        #expect(lines[1].contains("…"))
    }

    @Test("no line is wider than the window, at any width, and every row is one line", arguments: 1...90)
    func fits(width: Int) {
        let table = Self.inbox()
        let lines = table.lines(in: Self.window(width))
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= width }, "\(lines)")
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
        #expect(lines[1].isEmpty == false)
    }

    @Test("a column keeps to its greatest width in a window and not in a pipe")
    func widthMax() {
        var table = TextTable([.init("A", widthMax: 6), .init("B")])
        table.add(["abcdefghij", "x"])
        #expect(table.lines(in: Self.window(80))[1] == "abcde…  x")
        #expect(table.lines(in: .plain)[1] == "abcdefghij  x")
    }

    @Test("room that a left-out column frees goes to the others")
    func restoring() {
        var table = TextTable([
            .init("A", widthMin: 4, isFlexible: true, priority: 1), .init("B", widthMin: 20, priority: 0),
        ])
        table.add([.init(String(repeating: "a", count: 15)), .init(String(repeating: "b", count: 20))])
        #expect(table.lines(in: Self.window(20)) == ["A", String(repeating: "a", count: 15)])
    }

    @Test("styles do not move the columns, and cells cannot break the line")
    func styledTable() {
        var table = TextTable([.init("STATE"), .number("N")])
        table.add([.init("late\n\u{1B}[2J", .danger), "7"])
        table.add([.init("fine")])
        let plain = table.lines(in: Self.window(80))
        #expect(plain[1] == "late ?[2J  7")
        #expect(plain[2] == "fine")
        let styled = table.lines(in: Self.window(80, styles: true))
        #expect(styled[1] == "\u{1B}[1;31mlate ?[2J\u{1B}[0m  7")
        #expect(styled[0].contains("\u{1B}[1m"))
    }

    @Test("a table without columns or rows is no trouble")
    func emptyTable() {
        #expect(TextTable([]).text(in: .plain) == "")
        #expect(TextTable([.init("A"), .init("B")]).text(in: .plain) == "A  B\n")
        var table = TextTable([.init("A")])
        table.add(["x", "beyond"])
        #expect(table.lines(in: .plain) == ["A", "x"])
    }

    // MARK: - Figures and time

    @Test(
        "numbers are grouped by three",
        arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"), (.min, "-9,223,372,036,854,775,808")])
    func grouped(number: Int, expected: String) {
        #expect(Figures.grouped(number) == expected)
    }

    @Test(
        "bytes stand in the unit that fits",
        arguments: [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (20 << 20, "20 MiB"), (5 << 40, "5.0 TiB")])
    func bytes(count: Int, expected: String) {
        #expect(Figures.bytes(count) == expected)
    }

    @Test(
        "decimals are rounded",
        arguments: [(1.25, 1, "1.3"), (0.999, 2, "1.00"), (-0.04, 1, "0.0"), (-2.5, 0, "-3"), (3.05, 2, "3.05"), (.infinity, 1, "inf")])
    func decimals(number: Double, places: Int, expected: String) {
        #expect(Figures.decimal(number, places: places) == expected)
    }

    @Test(
        "a span of time has two units at most",
        arguments: [
            (0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (4_249, "4.2 s"), (9_949, "9.9 s"), (9_951, "10 s"), (59_400, "59 s"),
            (59_600, "1 min 00 s"), (125_000, "2 min 05 s"), (3_600_000, "1 h 00 min"), (11_520_000, "3 h 12 min"),
            (187_200_000, "2 d 4 h"), (-5, "0 ms"),
        ])
    func spans(milliseconds: Int, expected: String) {
        #expect(DurationText.of(.milliseconds(milliseconds)) == expected)
    }

    /// 2026-03-06 17:40:09 UTC, a Friday evening.
    private static let now: Int64 = 1_772_818_809_000

    @Test(
        "a moment is told by its distance from now",
        arguments: [
            (0, "just now"), (-9_999, "just now"), (9_999, "just now"), (-10_000, "10 s ago"), (-59_999, "59 s ago"),
            (-60_000, "1 min ago"), (-180_000, "3 min ago"), (7_200_000, "in 2 h"), (-86_400_000, "1 day ago"),
            (-5 * 86_400_000, "5 days ago"), (3 * 86_400_000, "in 3 days"), (-30 * 86_400_000, "2026-02-04"),
        ] as [(Int64, String)])
    func relative(offset: Int64, expected: String) {
        #expect(RelativeTime.of(Self.now + offset, now: Self.now, zone: .utc) == expected)
    }

    @Test("a moment beyond all bounds is told without a trap", arguments: [Int64.min, Int64.max])
    func extremes(moment: Int64) {
        #expect(RelativeTime.of(moment, now: Self.now, zone: .utc).count == 10)
        #expect(RelativeTime.second(of: moment, zone: .fixed(minutes: -300)).count == 26)
    }

    @Test("clock time names its offset")
    func clock() {
        #expect(RelativeTime.second(of: Self.now, zone: .utc) == "2026-03-06 17:40:09 UTC")
        #expect(RelativeTime.minute(of: Self.now, zone: .fixed(minutes: -300)) == "2026-03-06 12:40 -05:00")
        #expect(RelativeTime.minute(of: Self.now, zone: .fixed(minutes: 345)) == "2026-03-06 23:25 +05:45")
        #expect(RelativeTime.second(of: -1, zone: .utc) == "1969-12-31 23:59:59 UTC")
        #expect(RelativeTime.date(of: Self.now, zone: .fixed(minutes: 420)) == "2026-03-07")
        let local = RelativeTime.minute(of: Self.now, zone: .local)
        #expect(local.count == "2026-03-06 12:40 -05:00".count)
    }

    // MARK: - Progress

    /// A meter by reference, so that expectations may call what changes it.
    private final class Progress {
        private var meter: ProgressMeter

        init(_ label: String, total: Int?, in terminal: Terminal = TerminalTests.window(100)) {
            meter = ProgressMeter(label, total: total, in: terminal)
        }

        func update(_ count: Int, at elapsed: Duration) -> String? { meter.update(count, at: elapsed) }
        func finish(_ count: Int, at elapsed: Duration) -> String? { meter.finish(count, at: elapsed) }
    }

    @Test("work that ends within a second shows nothing")
    func quickWork() {
        for terminal in [Self.window(80), .plain] {
            let progress = Progress("catching up", total: 100, in: terminal)
            #expect(progress.update(50, at: .milliseconds(500)) == nil)
            #expect(progress.finish(100, at: .milliseconds(999)) == nil)
        }
    }

    @Test("in a window one line is rewritten ten times a second, with bar, rate and time left")
    func windowProgress() throws {
        let progress = Progress("catching up", total: 100_000)
        #expect(progress.update(10_000, at: .milliseconds(500)) == nil)
        let first = try #require(progress.update(20_000, at: .seconds(1)))
        #expect(first.hasPrefix("\rcatching up  ["))
        #expect(first.contains("20%  20,000/100,000  20,000/s  4.0 s left"))
        #expect(first.hasSuffix("\u{1B}[K"))
        #expect(!first.contains("\n"))
        #expect(progress.update(21_000, at: .milliseconds(1050)) == nil)
        #expect(progress.update(22_000, at: .milliseconds(1100)) != nil)
        let last = try #require(progress.finish(100_000, at: .seconds(5)))
        #expect(last.contains("100%  100,000/100,000  20,000/s  in 5.0 s"))
        #expect(last.hasSuffix("\n"))
        #expect(!last.contains("░"))
        #expect(progress.finish(100_000, at: .seconds(6)) == nil)
        #expect(progress.update(100_000, at: .seconds(60)) == nil)
    }

    @Test("elsewhere a line is written every five seconds and one at the end")
    func pipedProgress() {
        let progress = Progress("catching up", total: 60, in: .plain)
        let lines = (1..<120).compactMap { progress.update($0 / 2, at: .milliseconds($0 * 100)) }
        #expect(
            lines == ["catching up   41%  25/60  5/s  7.0 s left\n", "catching up   83%  50/60  5/s  2.0 s left\n"])
        #expect(progress.finish(60, at: .seconds(12)) == "catching up  100%  60/60  5/s  in 12 s\n")
    }

    @Test("the line never fills the window, whatever its width", arguments: 1...120)
    func progressFits(width: Int) throws {
        let text = try #require(
            Progress("catching up", total: 1_000_000, in: Self.window(width)).update(123_456, at: .seconds(3)))
        let line = text.dropFirst().dropLast(3)
        #expect(DisplayWidth.of(line) <= max(0, width - 1))
    }

    @Test("100% is for the end, an unknown total has no percentage, and standing still no time left")
    func progressLimits() throws {
        let nearly = try #require(Progress("x", total: 1000).update(999, at: .seconds(2)))
        #expect(nearly.contains("99%"))
        #expect(Progress("x", total: nil).update(500, at: .seconds(2)) == "\rx  500  250/s\u{1B}[K")
        let still = try #require(Progress("x", total: 10).update(0, at: .seconds(2)))
        #expect(!still.contains("left"))
        let empty = try #require(Progress("x", total: 0).finish(0, at: .seconds(2)))
        #expect(empty.contains("100%"))
    }

    @Test("the rate is that of the last seconds")
    func recentRate() throws {
        let progress = Progress("x", total: nil)
        for second in 1...10 { _ = progress.update(second * 1000, at: .seconds(second)) }
        for second in 11...20 { _ = progress.update(10_000 + (second - 10) * 10, at: .seconds(second)) }
        let text = try #require(progress.update(10_110, at: .seconds(21)))
        #expect(text.contains("  10/s"))
    }
}
