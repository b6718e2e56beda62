import Crypto
import Vault

/// Time-based one-time codes (RFC 6238, HMAC-SHA-1, six digits, steps of 30 s): what authenticator apps show.
enum OneTimeCode {
    /// How long a code holds, in seconds.
    static let step: Int64 = 30
    /// How many steps before and after the present one are taken, because clocks differ.
    private static let drift: Int64 = 1

    /// The step that `code` belongs to, or nil where it is none of those around `time` (seconds since 1970). Keep the step, and take no
    /// code of it or an earlier one again.
    static func match(_ code: String, secret: [UInt8], at time: Int64) -> Int64? {
        let digits = Array(code.utf8.filter { $0 != 0x20 })
        guard digits.count == 6 else { return nil }
        var found: Int64?
        // All are compared, so that the time it takes says nothing.
        for step in (time / step - drift)...(time / step + drift)
        where constantTimeEqual(Array(self.code(secret: secret, step: step).utf8), digits) {
            found = step
        }
        return found
    }

    /// The code of a step.
    static func code(secret: [UInt8], step: Int64) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        // SHA-1 is what every app speaks; within HMAC its weakness does not matter.
        let hash = Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: secret)))
        let offset = Int(hash[19] & 15)
        let word = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(word % 1_000_000)
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    /// A secret as it is typed into an app: base 32 without padding.
    static func text(ofSecret secret: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var text = ""
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in secret {
            buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[Int(buffer >> bits) & 31])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (5 - bits)) & 31]) }
        return text
    }

    /// The secret whose text that is; nil where it is none.
    static func secret(text: String) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for character in text.uppercased().utf8 where character != 0x20 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = (buffer << 5 | UInt32(value)) & 0xFFFF
            bits += 5
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
        }
        return bytes
    }
}
