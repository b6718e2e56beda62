import CZeroMQ

extension Socket {
    /// Options whose value is a C `int`.
    struct NumberOption {
        let rawValue: Int32
        let name: String

        static let curveServer = NumberOption(rawValue: ZMQ_CURVE_SERVER, name: "ZMQ_CURVE_SERVER")
        static let routerMandatory = NumberOption(rawValue: ZMQ_ROUTER_MANDATORY, name: "ZMQ_ROUTER_MANDATORY")
        static let probeRouter = NumberOption(rawValue: ZMQ_PROBE_ROUTER, name: "ZMQ_PROBE_ROUTER")
        static let immediate = NumberOption(rawValue: ZMQ_IMMEDIATE, name: "ZMQ_IMMEDIATE")
        static let ipv6 = NumberOption(rawValue: ZMQ_IPV6, name: "ZMQ_IPV6")
        static let backlog = NumberOption(rawValue: ZMQ_BACKLOG, name: "ZMQ_BACKLOG")
        static let sendHighWaterMark = NumberOption(rawValue: ZMQ_SNDHWM, name: "ZMQ_SNDHWM")
        static let receiveHighWaterMark = NumberOption(rawValue: ZMQ_RCVHWM, name: "ZMQ_RCVHWM")
        static let tcpKeepalive = NumberOption(rawValue: ZMQ_TCP_KEEPALIVE, name: "ZMQ_TCP_KEEPALIVE")
        /// Refuse connections when no handler answers for the domain, instead of letting them pass. The header
        /// declares it among the drafts, the library has it in every build.
        static let enforceDomain = NumberOption(rawValue: 93, name: "ZMQ_ZAP_ENFORCE_DOMAIN")
        /// −1 stops libzmq from dialling again by itself.
        static let reconnectInterval = NumberOption(rawValue: ZMQ_RECONNECT_IVL, name: "ZMQ_RECONNECT_IVL")
    }

    /// Options whose value is a time in milliseconds.
    struct TimeOption {
        let rawValue: Int32
        let name: String

        static let linger = TimeOption(rawValue: ZMQ_LINGER, name: "ZMQ_LINGER")
        static let handshakeInterval = TimeOption(rawValue: ZMQ_HANDSHAKE_IVL, name: "ZMQ_HANDSHAKE_IVL")
        static let connectTimeout = TimeOption(rawValue: ZMQ_CONNECT_TIMEOUT, name: "ZMQ_CONNECT_TIMEOUT")
    }

    /// Options whose value is bytes.
    struct BytesOption {
        let rawValue: Int32
        let name: String

        static let publicKey = BytesOption(rawValue: ZMQ_CURVE_PUBLICKEY, name: "ZMQ_CURVE_PUBLICKEY")
        static let secretKey = BytesOption(rawValue: ZMQ_CURVE_SECRETKEY, name: "ZMQ_CURVE_SECRETKEY")
        static let serverKey = BytesOption(rawValue: ZMQ_CURVE_SERVERKEY, name: "ZMQ_CURVE_SERVERKEY")
        static let authenticationDomain = BytesOption(rawValue: ZMQ_ZAP_DOMAIN, name: "ZMQ_ZAP_DOMAIN")
    }

    func set(_ option: NumberOption, _ value: Int) throws(TransportError) {
        var number = Int32(clamping: value)
        try check(
            zmq_setsockopt(pointer, option.rawValue, &number, MemoryLayout<Int32>.size), setting: option.name)
    }

    func set(_ option: TimeOption, _ value: Duration) throws(TransportError) {
        var milliseconds = Int32(clamping: value.millisecondsRoundedUp)
        try check(
            zmq_setsockopt(pointer, option.rawValue, &milliseconds, MemoryLayout<Int32>.size), setting: option.name)
    }

    func set(_ option: BytesOption, _ value: [UInt8]) throws(TransportError) {
        try check(zmq_setsockopt(pointer, option.rawValue, value, value.count), setting: option.name)
    }

    /// The longest frame that the decoder accepts, in bytes of payload. Must be set before binding or connecting.
    ///
    /// A CURVE frame on the wire is longer than its payload: the name of the command (8), the short nonce (8), the
    /// authenticator (16) and the flags (1).
    func setMessageBytesMax(_ byteCount: Int) throws(TransportError) {
        var wire = Int64(byteCount) + 33
        try check(
            zmq_setsockopt(pointer, ZMQ_MAXMSGSIZE, &wire, MemoryLayout<Int64>.size), setting: "ZMQ_MAXMSGSIZE")
    }

    /// Where the socket was last bound, with the real port.
    func lastEndpoint() throws(TransportError) -> String {
        var text = [UInt8](repeating: 0, count: 256)
        var length = text.count
        try check(zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &text, &length), setting: "ZMQ_LAST_ENDPOINT")
        return String(decoding: text.prefix(max(0, length - 1)), as: UTF8.self)
    }

    /// Limits, keys and times that every socket on the network has. Before binding or connecting.
    func apply(_ configuration: TransportConfiguration) throws(TransportError) {
        try set(.publicKey, configuration.publicKey.bytes)
        try set(.secretKey, configuration.secretKey)
        try setMessageBytesMax(configuration.messageBytesMax)
        try set(.sendHighWaterMark, configuration.highWaterMark)
        // No limit here, and no ZMQ_HEARTBEAT_*: libzmq 4.3.4 aborts the whole process if a connection breaks while
        // its receiving queue is full and a heartbeat, ours or the peer's, falls due before the queue has room again
        // ("Assertion failed: !_io_error"). What piles up is bounded by inboundBytesMax instead, and
        // `TransportLoop+Watching` sends heartbeats of its own.
        try set(.receiveHighWaterMark, 0)
        try set(.handshakeInterval, configuration.handshakeInterval)
        try set(.linger, configuration.linger)
        try set(.tcpKeepalive, configuration.tcpKeepalive ? 1 : 0)
    }

    private func check(_ result: Int32, setting: String) throws(TransportError) {
        guard result == 0 else { throw TransportError.last("Setting a socket option", context: setting) }
    }
}
