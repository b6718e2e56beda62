/// What one direction of a proxied link does to the bytes that pass it.
///
/// A TCP connection never loses or swaps bytes, so what a bad line does to it shows as TCP lets it show: loss as stalls
/// and as resets, a slow line as a bounded rate, a damaged one as flipped bits. Chances are pieces in a million, where a
/// piece is what was read at once, at most `FaultingProxy.pieceBytesMax` bytes; times are milliseconds of the monotonic
/// clock.
public struct ProxyConditions: Hashable, Sendable {
    /// The shortest and longest time that a piece is on its way. Bytes keep their order all the same.
    public var delay: ClosedRange<Int64>
    /// Bytes a second; nil for as many as the machine moves.
    public var bytesPerSecond: Int?
    /// The line pauses, as it does while TCP repeats what was lost.
    public var stall: Int
    /// How long such a pause is.
    public var stallLength: ClosedRange<Int64>
    /// The connection is reset, as it is when TCP gives up, or a router forgets it.
    public var reset: Int
    /// One bit of the piece is flipped.
    public var corruption: Int
    /// Only the beginning of the piece arrives; then the connection is closed.
    public var truncation: Int
    /// Everything is taken and nothing arrives, ends included: the other side goes on believing in the connection.
    public var isSilent: Bool
    /// Everything is held back until this is false again, and then arrives at once.
    public var isJammed: Bool

    /// Conditions from their parts; without any, a line that does nothing to what passes.
    public init(
        delay: ClosedRange<Int64> = 0...0, bytesPerSecond: Int? = nil, stall: Int = 0,
        stallLength: ClosedRange<Int64> = 200...1_000, reset: Int = 0, corruption: Int = 0, truncation: Int = 0,
        isSilent: Bool = false, isJammed: Bool = false
    ) {
        self.delay = delay
        self.bytesPerSecond = bytesPerSecond
        self.stall = stall
        self.stallLength = stallLength
        self.reset = reset
        self.corruption = corruption
        self.truncation = truncation
        self.isSilent = isSilent
        self.isJammed = isJammed
    }

    /// A line that does nothing to what passes.
    public static let good = ProxyConditions()
}

/// Which way bytes go through a proxy.
public enum ProxyDirection: String, Hashable, Sendable, Codable, CaseIterable {
    /// From whoever connected to the proxy to the process behind it.
    case toTarget = "to-target"
    /// From the process behind the proxy to whoever connected.
    case toDialer = "to-dialer"
}
