public import OfficeNode

/// Everything a node's operator may decide, as read from a configuration file or put together by a test.
///
/// `Config/node.yaml` shows every setting with its default and says what it does; this type and that file are kept in
/// step. Values made with the initialisers are taken as they are; a file is checked, see ``load(from:)``.
public struct NodeConfiguration: Hashable, Sendable {
    /// The folder of this node's replica and keys. `load` makes it absolute or relative to the working directory, never
    /// to the file.
    public var dataDirectory: String
    /// Where other members reach this node, `tcp://host:port`; port 0 for any free one, host `*` for every interface.
    /// `nil`, the default, for a node that dials and is never dialled.
    public var listenEndpoint: String?
    /// The endpoint that the roster tells the other members. `nil`, the default, for the one this node listens on.
    public var advertiseEndpoint: String?
    /// Endpoints that replace those of the roster, by member name. None by default.
    public var links: [String: String]
    /// Where this node answers whether it is well. `nil`, the default, for nowhere.
    public var healthAddress: NetworkAddress?
    /// Where this node serves the staff's pages. `nil`, the default, for nowhere.
    public var inbox: InboxAddress?
    /// How the folder is sealed. `nil`, the default, for what the folder's own record says.
    public var atRest: AtRest?
    /// After how long without a command from a person a node whose key is wrapped under a passphrase locks itself. 30 minutes.
    public var lockAfter: Duration = .seconds(1800)
    /// How long a laptop may be away from the offices of its group before it closes until it has met one. `nil`, the default, for as long
    /// as the group's policy allows. Only for laptops.
    public var refuseAfter: Duration?
    /// What a laptop holds of what was said. `nil`, the default, for everything. Only for laptops.
    public var laptopScope: LaptopScope?
    /// What is logged and how.
    public var log: Log
    /// What one peer, or a stranger, may cost this node.
    public var limits: Limits

    /// A configuration with every optional setting at its default.
    public init(
        dataDirectory: String, listenEndpoint: String? = nil, advertiseEndpoint: String? = nil,
        links: [String: String] = [:], healthAddress: NetworkAddress? = nil, log: Log = Log(), limits: Limits = Limits()
    ) {
        self.dataDirectory = dataDirectory
        self.listenEndpoint = listenEndpoint
        self.advertiseEndpoint = advertiseEndpoint
        self.links = links
        self.healthAddress = healthAddress
        self.log = log
        self.limits = limits
    }

    /// What is logged and how.
    public struct Log: Hashable, Sendable {
        /// The least important thing that is still written.
        public enum Level: String, CaseIterable, Sendable {
            case error, warning, info, debug
        }

        /// The shape of one line.
        public enum Format: String, CaseIterable, Sendable {
            /// For people.
            case text
            /// For a log collector: one JSON object a line.
            case json
        }

        /// `info` by default.
        public var level: Level
        /// `text` by default.
        public var format: Format

        /// Log settings.
        public init(level: Level = .info, format: Format = .text) {
            self.level = level
            self.format = format
        }
    }

    /// What one peer, or a stranger, may cost this node. The defaults suit a group of dozens of members.
    public struct Limits: Hashable, Sendable {
        /// Largest frame taken from the network, in bytes. Every member must allow as much as the others send. 1 MiB.
        public var frameBytesMax: Int
        /// Bytes of frames that may wait for one slow peer; beyond it they are dropped and asked for again. 16 MiB.
        public var outboundBytesMax: Int
        /// Connections open at once, those of strangers included. 256.
        public var connectionsMax: Int
        /// Time within which a connection must prove who it is. 5 s.
        public var handshakeInterval: Duration
        /// How often a silent connection is probed. 10 s.
        public var heartbeatInterval: Duration
        /// Silence after which a connection counts as lost; not below ``heartbeatInterval``. 30 s.
        public var heartbeatTimeout: Duration
        /// First wait before a lost connection is tried again; it doubles up to ``reconnectIntervalMax``. 100 ms.
        public var reconnectInterval: Duration
        /// Longest wait between two tries; not below ``reconnectInterval``. 30 s.
        public var reconnectIntervalMax: Duration

        /// Limits, each at its default unless given.
        public init(
            frameBytesMax: Int = 1 << 20, outboundBytesMax: Int = 16 << 20, connectionsMax: Int = 256,
            handshakeInterval: Duration = .seconds(5), heartbeatInterval: Duration = .seconds(10),
            heartbeatTimeout: Duration = .seconds(30), reconnectInterval: Duration = .milliseconds(100),
            reconnectIntervalMax: Duration = .seconds(30)
        ) {
            self.frameBytesMax = frameBytesMax
            self.outboundBytesMax = outboundBytesMax
            self.connectionsMax = connectionsMax
            self.handshakeInterval = handshakeInterval
            self.heartbeatInterval = heartbeatInterval
            self.heartbeatTimeout = heartbeatTimeout
            self.reconnectInterval = reconnectInterval
            self.reconnectIntervalMax = reconnectIntervalMax
        }
    }
}
