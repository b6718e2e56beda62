/// Why a template cannot be used.
public struct TemplateFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which template.
    public let template: String
    /// The line in it, from 1.
    public let line: Int
    /// What is wrong there and what to do.
    public let message: String

    /// The fault as one sentence.
    public var description: String { "The template “\(template)”, line \(line): \(message)" }
}
