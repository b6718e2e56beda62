/// What went wrong in a cryptographic operation. Never holds key material or plaintext.
public struct VaultError: Error, Hashable, Sendable {
    /// The kind of failure, to branch on. New kinds may be added, so keep a default case.
    public struct Code: Hashable, Sendable {
        let name: String

        /// Sealed bytes were altered, cut, or sealed with another key, nonce or associated data; or a password is
        /// wrong.
        public static let authenticationFailed = Code(name: "authentication failed")
        /// A byte string has not the length that the operation is defined for.
        public static let wrongLength = Code(name: "wrong length")
        /// A signature was not made by that key over that domain and digest.
        public static let badSignature = Code(name: "bad signature")
        /// The system gave no memory, or no protected memory.
        public static let outOfMemory = Code(name: "out of memory")
        /// A public key leads to the all-zero shared secret, so that anybody could open what is sealed to it.
        public static let weakKey = Code(name: "weak key")
        /// The stored form of a password hash does not parse, or asks for more than this program is willing to spend.
        public static let badPasswordHash = Code(name: "bad password hash")
        /// A cost of password hashing is outside the range that is allowed.
        public static let badCost = Code(name: "bad cost")
        /// A text form (Z85) does not parse.
        public static let badText = Code(name: "bad text")
    }

    /// The kind of failure.
    public let code: Code

    /// What was wrong, where, and what was expected; fit for a log or a terminal.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The error for `what` that has `found` bytes where `expected` were due.
    static func wrongLength(_ what: String, expected: Int, found: Int) -> VaultError {
        VaultError(.wrongLength, "\(what) must be \(expected) bytes, found \(found)")
    }
}

extension VaultError: CustomStringConvertible {
    /// `kind: message`.
    public var description: String { "\(code): \(message)" }
}

extension VaultError.Code: CustomStringConvertible {
    /// A few words in English.
    public var description: String { name }
}
