import CZeroMQ

/// What went wrong in the transport, where, and what to do about it. Never carries a secret key or a frame.
public struct TransportError: Error, Hashable, Sendable {
    /// The kinds of failure. More may be added; treat an unknown one as ``library``.
    public struct Code: Hashable, Sendable {
        let name: String

        /// A value in ``TransportConfiguration`` is out of range or two of them disagree.
        public static let invalidConfiguration = Code(name: "invalid configuration")
        /// An endpoint is not of the form `tcp://host:port`.
        public static let invalidEndpoint = Code(name: "invalid endpoint")
        /// Another socket already listens on the endpoint.
        public static let addressInUse = Code(name: "address in use")
        /// The machine has no such address, or may not listen there.
        public static let addressUnavailable = Code(name: "address unavailable")
        /// The start-up check could not prove that strangers are refused and members admitted.
        public static let authenticationUnproven = Code(name: "authentication unproven")
        /// The transport was stopped before the call.
        public static let stopped = Code(name: "stopped")
        /// libzmq or the system refused an operation that should have worked.
        public static let library = Code(name: "library")
    }

    /// What kind of failure.
    public let code: Code
    /// What was wrong and what to do, in a sentence.
    public let message: String
    /// The endpoint or setting that it concerns, where there is one.
    public let context: String?
    /// The system's or libzmq's error number, where there is one.
    public let errorNumber: Int32?

    init(_ code: Code, _ message: String, context: String? = nil, errorNumber: Int32? = nil) {
        self.code = code
        self.message = message
        self.context = context
        self.errorNumber = errorNumber
    }

    /// The failure that libzmq has just reported to this thread.
    static func last(_ operation: String, context: String? = nil) -> TransportError {
        let number = zmq_errno()
        return TransportError(
            .library, "\(operation) failed: \(String(cString: zmq_strerror(number)))", context: context,
            errorNumber: number)
    }
}

extension TransportError: CustomStringConvertible {
    public var description: String {
        let place = context.map { " (\($0))" } ?? ""
        return "\(code.name)\(place): \(message)"
    }
}
