/// Fixed-width lower-case hexadecimal text, the form in which ids and hashes are shown.
public enum Hexadecimal {
    /// Sixteen digits for 64 bits.
    public static func string(of value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Two digits a byte.
    public static func string(of bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return text
    }

    /// The bytes that `text` spells, or nil where it has an odd length or a character that is no digit.
    public static func bytes(of text: some StringProtocol) -> [UInt8]? {
        var result: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            guard let value = value(of: character) else { return nil }
            if let first = high {
                result.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? result : nil
    }

    /// The number that one to sixteen digits spell, or nil where there are more or fewer or a character is no digit.
    /// (`UInt64(_:radix:)` would take a sign.)
    public static func value(of text: some StringProtocol) -> UInt64? {
        guard (1...16).contains(text.utf8.count) else { return nil }
        var result: UInt64 = 0
        for character in text.utf8 {
            guard let digit = value(of: character) else { return nil }
            result = result << 4 | UInt64(digit)
        }
        return result
    }

    private static func digit(_ value: UInt8) -> Character {
        Character(Unicode.Scalar(value < 10 ? 48 + value : 87 + value))
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 48...57: character - 48
        case 65...70: character - 55
        case 97...102: character - 87
        default: nil
        }
    }
}
