/// ZeroMQ's text form of binary keys (ZeroMQ RFC 32): four bytes as five printable characters, in base 85.
package enum Z85 {
    private static let alphabet = Array(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

    /// Character to digit; 255 for a character that is none.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: .max, count: 256)
        for (digit, character) in alphabet.enumerated() { digits[Int(character)] = UInt8(digit) }
        return digits
    }()

    /// The text of `bytes`, whose count must be a multiple of four: so are all that the types of this module pass.
    package static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        precondition(bytes.count.isMultiple(of: 4), "Z85 encodes whole groups of 4 bytes, found \(bytes.count)")
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 4 * 5)
        for offset in stride(from: 0, to: bytes.count, by: 4) {
            let value = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            var divisor: UInt32 = 85 * 85 * 85 * 85
            while divisor > 0 {
                text.append(alphabet[Int(value / divisor % 85)])
                divisor /= 85
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of `text`. Throws `badText` where its length is no multiple of five, where it has a character
    /// outside the alphabet, or where five characters stand for more than 32 bits; the message names the place, not
    /// the text.
    package static func decode(_ text: String) throws(VaultError) -> [UInt8] {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 5) else {
            throw VaultError(.badText, "Z85 text must be a multiple of 5 characters long, found \(characters.count)")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 5 * 4)
        for start in stride(from: 0, to: characters.count, by: 5) {
            var value: UInt64 = 0
            for position in start..<start + 5 {
                let digit = digits[Int(characters[position])]
                guard digit != .max else {
                    throw VaultError(.badText, "character \(position + 1) of a Z85 text is not in its alphabet")
                }
                value = value * 85 + UInt64(digit)
            }
            guard let group = UInt32(exactly: value) else {
                let place = "characters \(start + 1) to \(start + 5)"
                throw VaultError(.badText, "\(place) of a Z85 text stand for more than 32 bits")
            }
            withUnsafeBytes(of: group.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
