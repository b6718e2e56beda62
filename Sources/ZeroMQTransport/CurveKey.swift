/// The public half of a CURVE pair: the identity of a peer on the network.
///
/// Thirty-two bytes held inline, so that a key can be looked up and compared for every frame without an allocation.
/// The order is that of the bytes, first byte first.
public struct CurveKey: Hashable, Comparable, Sendable {
    /// Length of a key in bytes.
    public static let byteCount = 32

    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    /// - Parameter bytes: exactly ``byteCount`` bytes; anything else gives `nil`.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == CurveKey.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (offset, byte) in bytes.enumerated() {
            switch offset >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        (word0, word1, word2, word3) = words
    }

    /// The ``byteCount`` bytes of the key.
    public var bytes: [UInt8] {
        [word0, word1, word2, word3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
    }

    public static func < (left: CurveKey, right: CurveKey) -> Bool {
        (left.word0, left.word1, left.word2, left.word3) < (right.word0, right.word1, right.word2, right.word3)
    }
}

extension CurveKey: CustomStringConvertible {
    /// Lower-case hexadecimal, 64 digits.
    public var description: String {
        String(decoding: hexadecimal, as: UTF8.self)
    }
}

extension CurveKey {
    /// The form in which the authentication handler names a sender to libzmq (the `User-Id` of a message).
    var hexadecimal: [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }

    /// Reads ``hexadecimal`` back from a C string; `nil` unless it is exactly 64 lower-case digits.
    /// Runs for every frame, so it works on the bytes in place.
    init?(hexadecimal text: UnsafePointer<CChar>) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for offset in 0..<(CurveKey.byteCount * 2) {
            let digit: UInt64
            switch UInt8(bitPattern: text[offset]) {
            case let value where value >= 0x30 && value <= 0x39: digit = UInt64(value - 0x30)
            case let value where value >= 0x61 && value <= 0x66: digit = UInt64(value - 0x61 + 10)
            default: return nil  // also stops at the end of a shorter text
            }
            switch offset >> 4 {
            case 0: words.0 = words.0 << 4 | digit
            case 1: words.1 = words.1 << 4 | digit
            case 2: words.2 = words.2 << 4 | digit
            default: words.3 = words.3 << 4 | digit
            }
        }
        guard text[CurveKey.byteCount * 2] == 0 else { return nil }
        (word0, word1, word2, word3) = words
    }
}
