/// What a transport needs to know. Every limit has a default that suits an office node.
///
/// Memory is bounded per connection: outgoing by ``outboundBytesMax`` and `highWaterMark × messageBytesMax` inside
/// libzmq, incoming by ``inboundBytesMax``, where what arrives within half a second may come on top.
public struct TransportConfiguration: Sendable {
    /// Our secret key, 32 bytes. It is handed to libzmq and kept for dialling; it is never printed.
    public var secretKey: [UInt8]
    /// Our public key; must belong to ``secretKey``.
    public var publicKey: CurveKey
    /// Where to listen: `tcp://host:port`, port 0 for any free one, host `*` for every interface. `nil` for a member
    /// that only dials.
    public var bindEndpoint: String?

    static let defaultMessageBytesMax = 1 << 20

    /// Longest frame in bytes, sent or received. A longer one is refused and its connection cut.
    public var messageBytesMax = defaultMessageBytesMax
    /// A message of this transport is one frame. One of several is refused; one of more frames than this also costs the
    /// peer its connection, as does one that has not ended after ``inboundBytesMax``.
    public var framesPerMessageMax = 4
    /// Time within which a connection must prove its key. In milliseconds resolution, as all durations here.
    public var handshakeInterval: Duration = .seconds(5)
    /// How often each side shows the other that it is there, by an empty frame.
    public var heartbeatInterval: Duration = .seconds(10)
    /// Silence after which a connection is given up.
    public var heartbeatTimeout: Duration = .seconds(30)
    /// First wait before a peer is dialled again; half to one and a half times this, at random, so that many
    /// peers of a node that comes back do not arrive together. Each further wait is double, up to
    /// ``reconnectIntervalMax``.
    public var reconnectInterval: Duration = .milliseconds(100)
    /// The longest wait between two attempts.
    public var reconnectIntervalMax: Duration = .seconds(30)
    /// Frames that libzmq may hold per connection towards the peer.
    public var highWaterMark = 256
    /// Bytes from a connection that may wait for us: of a message that has not ended, or of frames that come faster than
    /// the event handler takes them. A connection that brings more is cut.
    public var inboundBytesMax = 64 << 20
    /// Bytes of frames that may wait per peer before libzmq takes them. A frame beyond that is dropped and counted.
    public var outboundBytesMax = 16 << 20
    /// Inbound connections at once, strangers included. Beyond it the oldest one without a proven key is cut.
    public var connectionsMax = 256
    /// Time for which closing waits for unsent frames. Zero: the protocol above asks again for what is lost.
    public var linger: Duration = .zero
    /// Whether the system probes idle connections too.
    public var tcpKeepalive = true
    /// Refusals reported as events per second; the rest are only counted.
    public var refusalEventsPerSecondMax = 10

    /// The documented defaults for a node of these keys; `bindEndpoint` nil makes one that only dials.
    public init(secretKey: [UInt8], publicKey: CurveKey, bindEndpoint: String?) {
        self.secretKey = secretKey
        self.publicKey = publicKey
        self.bindEndpoint = bindEndpoint
    }
}

extension TransportConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Names the key and the endpoint, never the secret.
    public var description: String {
        "TransportConfiguration(publicKey: \(publicKey), bindEndpoint: \(bindEndpoint ?? "none"))"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror {
        Mirror(self, children: ["publicKey": publicKey, "bindEndpoint": bindEndpoint as Any])
    }
}

extension TransportConfiguration {
    /// Checks every value, so that a wrong one is named before a socket exists.
    /// - Throws: ``TransportError`` with ``TransportError/Code/invalidConfiguration`` and the name of the setting.
    func validate() throws(TransportError) {
        try validateKeys()
        let numbers: [(name: String, value: Int, range: ClosedRange<Int>)] = [
            ("messageBytesMax", messageBytesMax, 1...(1 << 30)),
            ("framesPerMessageMax", framesPerMessageMax, 1...1024),
            ("highWaterMark", highWaterMark, 1...1_000_000),
            ("inboundBytesMax", inboundBytesMax, min(max(1, messageBytesMax), 1 << 30)...(1 << 40)),
            ("outboundBytesMax", outboundBytesMax, 1...(1 << 40)),
            ("connectionsMax", connectionsMax, 1...100_000),
            ("refusalEventsPerSecondMax", refusalEventsPerSecondMax, 0...1_000_000),
        ]
        for (name, value, range) in numbers where !range.contains(value) {
            throw TransportError(
                .invalidConfiguration, "is \(value); set it between \(range.lowerBound) and \(range.upperBound)",
                context: name)
        }
        let durations: [(name: String, value: Duration, least: Duration)] = [
            ("handshakeInterval", handshakeInterval, .milliseconds(1)),
            ("heartbeatInterval", heartbeatInterval, .milliseconds(1)),
            ("heartbeatTimeout", heartbeatTimeout, heartbeatInterval),
            ("reconnectInterval", reconnectInterval, .milliseconds(1)),
            ("reconnectIntervalMax", reconnectIntervalMax, reconnectInterval),
            ("linger", linger, .zero),
        ]
        // libzmq counts milliseconds in 32 bits; an hour is ample for all of these.
        for (name, value, least) in durations where value < least || value > .seconds(3600) {
            throw TransportError(
                .invalidConfiguration, "is \(value); set it between \(least) and 3600 seconds", context: name)
        }
    }

    private func validateKeys() throws(TransportError) {
        guard secretKey.count == CurveKey.byteCount else {
            throw TransportError(
                .invalidConfiguration, "has \(secretKey.count) bytes; a CURVE secret key has \(CurveKey.byteCount)",
                context: "secretKey")
        }
        guard try CurveKeyPair.publicKey(of: secretKey) == publicKey else {
            throw TransportError(
                .invalidConfiguration, "does not belong to the secret key; give both halves of one pair",
                context: "publicKey")
        }
    }
}
