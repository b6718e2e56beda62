import Glibc

/// What the place that text goes to can show: a person's window, or a pipe to another program.
struct Terminal: Hashable, Sendable {
    /// Whether a line that was written can be written over.
    var rewritesLines: Bool
    /// Columns of the window; `nil` where there is no window and so no limit.
    var width: Int?
    /// Whether colours and weights may be used.
    var hasStyles: Bool

    /// A place of these abilities.
    init(rewritesLines: Bool, width: Int?, hasStyles: Bool) {
        self.rewritesLines = rewritesLines
        self.width = width
        self.hasStyles = hasStyles
    }

    /// No window, no limit, no colours: what a program reads, and what every test can compare.
    static let plain = Terminal(rewritesLines: false, width: nil, hasStyles: false)

    /// Standard output as it is now.
    /// - Parameter noColor: whether `--no-color` was given.
    static func output(noColor: Bool = false) -> Terminal {
        Terminal(of: STDOUT_FILENO, noColor: noColor, environment: variable)
    }

    /// Standard error as it is now.
    /// - Parameter noColor: whether `--no-color` was given.
    static func error(noColor: Bool = false) -> Terminal {
        Terminal(of: STDERR_FILENO, noColor: noColor, environment: variable)
    }

    /// What stands behind a descriptor, given the variables that have a say in it.
    init(of descriptor: Int32, noColor: Bool, environment: (String) -> String?) {
        self.init(
            isWindow: isatty(descriptor) == 1, columns: Self.columns(of: descriptor), noColor: noColor,
            environment: environment)
    }

    /// The rules alone. `NO_COLOR` counts if it is not empty, as its authors ask; a window whose kind is not known, or
    /// known to be `dumb`, gets plain lines.
    init(isWindow: Bool, columns: Int?, noColor: Bool, environment: (String) -> String?) {
        guard isWindow else {
            self = .plain
            return
        }
        let kind = environment("TERM") ?? ""
        let isCapable = !kind.isEmpty && kind != "dumb"
        let refusesColour = noColor || !(environment("NO_COLOR") ?? "").isEmpty
        let stated = environment("COLUMNS").flatMap { Int($0) }
        width = [columns, stated].compactMap(\.self).first { $0 > 0 } ?? 80
        rewritesLines = isCapable
        hasStyles = isCapable && !refusesColour
    }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
