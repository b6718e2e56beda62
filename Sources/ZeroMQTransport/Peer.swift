/// Everything the transport's thread knows about one peer.
final class Peer {
    /// The way that frames to the peer take. One at a time and kept until it breaks: frames that go by two connections
    /// overtake each other.
    enum Link {
        case dialled(Dialler)
        case accepted(InboundConnection)
    }

    let key: CurveKey
    var dialler: Dialler?
    var inbound: InboundConnection?
    var link: Link?
    /// Frames taken from the queue and not yet handed to libzmq, oldest first.
    var pending = FrameBatch()

    init(key: CurveKey) {
        self.key = key
    }

    var isBlocked: Bool {
        switch link {
        case .dialled(let dialler): dialler.isBlocked
        case .accepted(let connection): connection.isBlocked
        case nil: false
        }
    }

    func uses(_ dialler: Dialler) -> Bool {
        if case .dialled(let used) = link { return used === dialler }
        return false
    }

    func uses(_ connection: InboundConnection) -> Bool {
        if case .accepted(let used) = link { return used === connection }
        return false
    }
}

/// A few frames in order, taken from the front without moving the rest.
struct FrameBatch {
    private var frames: [[UInt8]]
    private var next = 0

    init(_ frames: [[UInt8]] = []) {
        self.frames = frames
    }

    var count: Int { frames.count - next }
    var first: [UInt8]? { next < frames.count ? frames[next] : nil }

    mutating func removeFirst() {
        frames[next] = []
        next += 1
    }
}
