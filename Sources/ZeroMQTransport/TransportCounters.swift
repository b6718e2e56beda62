import Synchronization

/// A snapshot of what a transport has done since it started. Bytes are those of frames, without protocol overhead.
public struct TransportCounters: Hashable, Sendable {
    /// Frames received from admitted peers.
    public var framesIn: UInt64 = 0
    /// Bytes of those frames.
    public var bytesIn: UInt64 = 0
    /// Frames handed to libzmq. They may still be lost with the connection.
    public var framesOut: UInt64 = 0
    /// Bytes of those frames.
    public var bytesOut: UInt64 = 0
    /// Refusals of every kind, those below included.
    public var refused: UInt64 = 0
    /// Refusals because of ``RefusalReason/oversized``.
    public var oversized: UInt64 = 0
    /// Refusals because of ``RefusalReason/malformed``.
    public var malformed: UInt64 = 0
    /// Outgoing frames dropped: no connection, over the bound, too long, or the connection broke before they left.
    public var framesDropped: UInt64 = 0
    /// Incoming frames dropped because the peer is no longer admitted or has replaced the connection they came by.
    public var framesIgnored: UInt64 = 0
    /// Attempts to dial a peer again after the first.
    public var reconnects: UInt64 = 0
    /// Inbound connections now open, strangers that have not proved a key included.
    public var connectionsOpen: Int = 0

    /// Nothing done yet.
    public init() {}
}

/// The counters behind the snapshots. Written by the transport's thread and by senders.
final class CounterBoard: Sendable {
    private let counters = Mutex(TransportCounters())

    var snapshot: TransportCounters { counters.withLock { $0 } }

    func update(_ change: (inout TransportCounters) -> Void) {
        counters.withLock { change(&$0) }
    }
}
