/// What went wrong in the shell around a node, where, and what to do about it. Never carries a secret or what a patient
/// or a colleague said.
public struct NodeServiceError: Error, Hashable, Sendable {
    /// The kind of failure. More may be added; treat an unknown one as ``inputOutput``.
    public struct Code: Hashable, Sendable {
        let name: String

        init(_ name: String) { self.name = name }

        /// The configuration cannot be read or holds mistakes; the message names each one.
        public static let configuration = Code("configuration")
        /// The data directory is missing, is no directory, or others may enter it.
        public static let dataDirectory = Code("data directory")
        /// The identity file is missing, damaged, of a newer version, or others may read it.
        public static let identity = Code("identity")
        /// An identity is there already and is never overwritten.
        public static let identityExists = Code("identity exists")
        /// The key that seals the data directory is missing, open to others, or kept otherwise than it was said.
        public static let atRest = Code("at rest")
        /// The passphrase is not the one that the data directory's key is wrapped under.
        public static let wrongPassphrase = Code("wrong passphrase")
        /// The data directory is sealed, and there is nobody to give the passphrase.
        public static let locked = Code("locked")
        /// Another process serves this data directory.
        public static let alreadyRunning = Code("already running")
        /// No process serves this data directory.
        public static let notRunning = Code("not running")
        /// The control socket cannot be made or used.
        public static let controlSocket = Code("control socket")
        /// The other side of the control socket did not keep to the protocol.
        public static let controlProtocol = Code("control protocol")
        /// A backup cannot be written, read or opened.
        public static let backup = Code("backup")
        /// No answer came in time.
        public static let timedOut = Code("timed out")
        /// The system refused an operation that should have worked.
        public static let inputOutput = Code("input/output")
    }

    /// The kind of failure.
    public let code: Code
    /// What was wrong and what to do, in a sentence. Several lines for a configuration with several mistakes.
    public let message: String
    /// The file, directory or setting that it concerns, where there is one.
    public let context: String?
    /// The system's error number, where there is one.
    public let errorNumber: Int32?

    /// An error of this module.
    public init(_ code: Code, _ message: String, context: String? = nil, errorNumber: Int32? = nil) {
        self.code = code
        self.message = message
        self.context = context
        self.errorNumber = errorNumber
    }
}

extension NodeServiceError: CustomStringConvertible {
    /// The message alone: it already names the place.
    public var description: String { message }
}
