public import OfficeNode
public import Vault
import ZeroMQTransport

extension NodeConfiguration {
    /// The replica's database.
    public var databasePath: String { dataDirectory + "/replica.sqlite" }

    /// The socket on which commands reach the running node.
    public var controlSocketPath: String { dataDirectory + "/control.sock" }
}

extension TransportConfiguration {
    /// Takes over the limits of a node's configuration.
    mutating func apply(_ limits: NodeConfiguration.Limits) {
        messageBytesMax = limits.frameBytesMax
        outboundBytesMax = limits.outboundBytesMax
        connectionsMax = limits.connectionsMax
        handshakeInterval = limits.handshakeInterval
        heartbeatInterval = limits.heartbeatInterval
        heartbeatTimeout = limits.heartbeatTimeout
        reconnectInterval = limits.reconnectInterval
        reconnectIntervalMax = limits.reconnectIntervalMax
    }
}

extension MemberIdentity {
    /// The identity of stored secrets.
    public convenience init(_ secrets: borrowing IdentitySecrets) throws(VaultError) {
        var parts: [[UInt8]] = []
        secrets.withSigningSeed { parts.append(Array($0)) }
        secrets.withBoxSecret { parts.append(Array($0)) }
        secrets.withCurveSecret { parts.append(Array($0)) }
        defer { for index in parts.indices { SecretMemory.wipe(&parts[index]) } }
        try self.init(signingSeed: parts[0], boxSecret: parts[1], curveSecret: parts[2])
    }
}

extension Notice {
    /// The notice for logs: ids only.
    var summary: String {
        switch self {
        case .contested(let thread, let claimants): "contested \(thread), \(claimants.count) claimants"
        case .answeredTwice(let thread): "answered twice \(thread)"
        case .filedTwice(let thread): "filed twice \(thread)"
        case .unseenByResolver(let thread): "unseen by resolver \(thread)"
        case .settled(let thread, _): "settled \(thread)"
        case .offered(let thread, _): "handoff offered \(thread)"
        case .deviceWaits(let member):
            "a device waits to be let in as \(member): compare the codes (suture member pending)"
        case .newReplica(let member, let replica, let reason):
            "\(member) begins the new log \(replica): "
                + (reason?.description ?? "its machine was restored from a backup, copied or rolled back; ask whoever looks after it")
        case .forked(let member, let replica, let number):
            "two machines wrote as \(member): its log \(replica) goes on in more than one way after change set \(number); find out "
                + "whether a disk was copied or put back, or keys stolen"
        }
    }
}
