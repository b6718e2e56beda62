import Glibc

/// Prints the demonstration's story, one line a thing that happened, each at once even into a pipe.
struct Narrator {
    let terminal: Terminal

    /// A heading.
    func chapter(_ title: String) { write("\n" + Style.bold.applied(to: title, in: terminal)) }

    /// One thing that happened.
    func say(_ line: String) { write("  " + line) }

    /// How it ended.
    func end(_ line: String) { write("\n" + Style.accent.applied(to: line, in: terminal)) }

    /// Puts what was printed so far onto the terminal.
    func flush() { fflush(nil) }

    private func write(_ line: String) {
        print(line)
        flush()
    }
}
