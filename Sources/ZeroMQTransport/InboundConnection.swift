/// A connection that a peer made to our listener.
final class InboundConnection {
    /// libzmq's descriptor at the time; only a name here.
    let descriptor: Int32
    /// Grows with every accepted connection: of two from the same peer the later one counts.
    let serial: UInt64
    let kernel: KernelConnection?

    /// Known from the first message on.
    var key: CurveKey?
    var routingID: RoutingID?
    /// The peer has made a later connection; frames of this one no longer count.
    var isSuperseded = false
    var isCut = false
    /// The ROUTER's queue to this peer was full at the last attempt.
    var isBlocked = false
    var progress: ConnectionProgress

    init(descriptor: Int32, serial: UInt64, kernel: KernelConnection?, now: ContinuousClock.Instant) {
        progress = ConnectionProgress(now: now)
        self.descriptor = descriptor
        self.serial = serial
        self.kernel = kernel
    }

    func cut() {
        guard !isCut else { return }
        isCut = true
        kernel?.cut()
    }
}

/// The name that a ROUTER gives to one connection. Peers can choose it, so it only ever says where to send, never who
/// is there. Short ones, which is all that libzmq makes up itself, need no allocation.
enum RoutingID: Hashable {
    case short(UInt64)
    case long([UInt8])

    init(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count < 8 else {
            self = .long(Array(bytes))
            return
        }
        // The leading one keeps ids apart that differ only in leading zeros.
        self = .short(bytes.reduce(1) { $0 << 8 | UInt64($1) })
    }

    var bytes: [UInt8] {
        switch self {
        case .long(let bytes): return bytes
        case .short(let value):
            let byteCount = (63 - value.leadingZeroBitCount) / 8
            return (0..<byteCount).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
        }
    }
}
