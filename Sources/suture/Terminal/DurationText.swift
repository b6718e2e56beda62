/// Spans of time as people read them.
enum DurationText {
    /// Two units at most: `850 ms`, `4.2 s`, `2 min 05 s`, `3 h 12 min`, `2 d 4 h`.
    static func of(_ duration: Duration) -> String {
        let milliseconds = max(0, duration / .milliseconds(1))
        // The limits lie where the rounded text would reach the next unit.
        if milliseconds < 999.5 { return "\(Figures.decimal(milliseconds, places: 0)) ms" }
        if milliseconds < 9_950 { return "\(Figures.decimal(milliseconds / 1000, places: 1)) s" }
        guard milliseconds < 1e15 else { return "for ever" }
        let seconds = Int((milliseconds / 1000).rounded())
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(padded(seconds % 60)) s" }
        let minutes = seconds / 60
        if minutes < 24 * 60 { return "\(minutes / 60) h \(padded(minutes % 60)) min" }
        return "\(minutes / 1440) d \(minutes % 1440 / 60) h"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
