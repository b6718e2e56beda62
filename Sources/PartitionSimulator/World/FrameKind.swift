/// What kind of frame some bytes are: the field of the frame message that they begin with.
public enum FrameKind: UInt8, Hashable, Sendable, CaseIterable {
    case hello = 1
    case same = 2
    case clock = 3
    case want = 4
    case run = 5
    case credit = 6
    case done = 7
    case busy = 8
    case refused = 9
    case heads = 10
    case join = 11
    case welcome = 12
    case joinChallenge = 13
    case joinReveal = 14
    case joinWaiting = 15
    case witness = 18
    /// Not a frame of this protocol.
    case other = 0

    /// The kind of frame that `bytes` begin as.
    public init(_ bytes: [UInt8]) {
        // Field numbers below 32, and all of them with a length: the number is what stands above the three bits of the type. Of those from
        // 16 on the fifth bit says that another byte follows, which is 1.
        guard let first = bytes.first, first & 7 == 2 else {
            self = .other
            return
        }
        self = Self(rawValue: first >> 3) ?? .other
    }

    /// As pictures and trace files name it.
    public var name: String { String(describing: self).uppercased() }
}
