import Vault

/// One stream of pseudo-random numbers of a simulation.
///
/// Every link and every concern draws from a stream of its own, named and derived from the one seed, so that an event more or
/// less in one place does not change what is drawn in another. For decisions of the simulator only; keys come from
/// `SeededRandomSource`.
struct SplitMix64: Sendable {
    private static let domain = Domain("suture simulation stream v1")

    private var state: UInt64

    /// The stream named `stream` of `seed`.
    init(seed: UInt64, stream: String) {
        let bytes = withUnsafeBytes(of: seed.bigEndian) { Array($0) } + Array(stream.utf8)
        state = Digest.hash(Self.domain, bytes).withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of `range`, each as likely but for a bias of less than its width in 2^64.
    mutating func number(in range: ClosedRange<Int64>) -> Int64 {
        let width = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        if width == .max { return Int64(bitPattern: next()) }
        return range.lowerBound &+ Int64(bitPattern: next() % (width + 1))
    }

    /// True in `perMillion` of a million calls. Draws once, whatever the chance, so that a changed chance moves no later draw.
    mutating func happens(_ perMillion: Int) -> Bool { number(in: 0...999_999) < Int64(perMillion) }
}
