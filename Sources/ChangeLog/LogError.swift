import Causality

/// Why a change set, run or content was refused. Never holds what was said.
public struct LogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault.
    public enum Code: String, Hashable, Sendable {
        /// The bytes do not follow the format.
        case malformed
        /// A size beyond the limits of `LogLimits`.
        case tooLarge
        /// The signature does not match: altered, reordered, of another history, or signed by another key.
        case badSignature
        /// Sealed bytes do not open: altered, moved, or of another epoch.
        case cannotOpen
        /// A content key or epoch key that is not held.
        case missingKey
        /// The content was destroyed.
        case purged
        /// This node let the content go; others have it.
        case notHeld
        /// There is no content of that number.
        case noSuchContent
        /// Sealing failed: out of memory.
        case cannotSeal
    }

    /// What kind of fault.
    public let code: Code
    /// What was wrong, where, and what was expected.
    public let message: String

    /// An error from its parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// `code: message`.
    public var description: String { "\(code.rawValue): \(message)" }

    static func malformed(_ what: String, _ failure: ByteReader.Failure) -> LogError {
        LogError(.malformed, "\(what): \(failure.description)")
    }
}
