/// Prints the demonstration's story, one line a thing that happened.
struct Narrator {
    let terminal: Terminal

    /// A heading.
    func chapter(_ title: String) { print("\n" + Style.bold.applied(to: title, in: terminal)) }

    /// One thing that happened.
    func say(_ line: String) { print("  " + line) }

    /// How it ended.
    func end(_ line: String) { print("\n" + Style.accent.applied(to: line, in: terminal)) }
}
