import Glibc

/// Shows on standard error how far long work is: a bar in a window, a line now and then elsewhere, nothing at all for work
/// that ends within a second. Standard output stays clean for the result.
struct ProgressBar: ~Copyable {
    private var meter: ProgressMeter
    private let start = ContinuousClock.now

    /// Begins to count the time.
    /// - Parameters:
    ///   - label: what is being done, in a word or two.
    ///   - total: how many there will be; `nil` if that is not known.
    ///   - terminal: what standard error can show.
    init(_ label: String, total: Int?, in terminal: Terminal = .error()) {
        meter = ProgressMeter(label, total: total, in: terminal)
    }

    /// Says that `count` are done. Cheap enough to be called for each one.
    mutating func update(_ count: Int) {
        if let text = meter.update(count, at: start.duration(to: .now)) { Self.write(text) }
    }

    /// Says that the work has ended with `count` done, and leaves the last line standing.
    mutating func finish(_ count: Int) {
        if let text = meter.finish(count, at: start.duration(to: .now)) { Self.write(text) }
    }

    /// What cannot be shown is no reason to stop the work, so the result is not looked at.
    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
