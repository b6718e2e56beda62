/// What a transport tells its owner, in order, on the transport's own thread.
public enum TransportEvent: Sendable {
    /// The transport listens; `endpoint` has the real port. The first event, once; absent without a bind endpoint.
    case bound(endpoint: String)
    /// Frames can now be sent to the peer. What was sent before this is not carried over.
    case connected(CurveKey)
    /// The way to the peer broke; frames on their way may be lost. Followed at once by `connected` if another way is
    /// up. Between a `connected` and the next `disconnected` the order of frames is kept in each direction.
    case disconnected(CurveKey)
    /// A frame arrived. `from` is the key that CURVE proved, never what the frame or the peer says.
    case frame(from: CurveKey, [UInt8])
    /// Something was refused. Every refusal is counted in ``TransportCounters``; only the first few a second
    /// (``TransportConfiguration/refusalEventsPerSecondMax``) are reported here. `key` is the peer if it was proved.
    case refused(reason: RefusalReason, key: CurveKey?)
    /// The last event: every socket is closed.
    case stopped
}

/// Why a peer, a connection or a frame was refused.
public enum RefusalReason: String, Hashable, Sendable, CaseIterable {
    /// The key is not on the allow-list.
    case unknownKey
    /// The key was on the allow-list when it connected and no longer is.
    case noLongerAdmitted
    /// The peer does not speak CURVE (it offered NULL or PLAIN, for example).
    case mechanism
    /// The handshake broke or was not finished in time.
    case handshake
    /// A frame was longer than the limit, or could not be decoded: libzmq cuts the connection in both cases alike.
    case oversized
    /// A message of more than one frame, or one that never ends.
    case malformed
    /// The peer sent faster than we take, until more than ``TransportConfiguration/inboundBytesMax`` waited.
    case overrun
    /// More connections than the limit; the oldest that had not proved a key was cut.
    case tooManyConnections
    /// A peer that we dialled refused us: our key is not on its allow-list, or its key is not the expected one.
    case byPeer
}
