/// One place in the sources that breaks a rule of the architecture or of the style.
struct Breach: Equatable, CustomStringConvertible {
    /// Path below `Sources`.
    var path: String
    /// Line, counted from 1; 0 where the whole file is meant.
    var line: Int
    /// What is wrong and what the rule is.
    var reason: String

    var description: String {
        line == 0 ? "Sources/\(path): \(reason)" : "Sources/\(path):\(line): \(reason)"
    }
}
