public import InboxModel

/// The code by which people name a thread: an office's key and four characters of Crockford's base 32, as in
/// `TOW-4F7K`.
///
/// The characters are the last 20 bits of the id, so a code is not unique; lookups give all threads it fits.
public enum ShortCode {
    /// How many bits of the id the characters spell.
    static let bits: UInt64 = 20

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The four characters of `thread`.
    public static func suffix(of thread: ThreadID) -> String {
        let characters = stride(from: UInt64(15), through: 0, by: -5).map { alphabet[Int(thread.low >> $0 & 31)] }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The whole code, as people see it. `officeKey` is cut to three letters.
    public static func text(of thread: ThreadID, officeKey: String) -> String {
        let prefix = String(officeKey.prefix(3)).uppercased()
        return prefix.isEmpty ? suffix(of: thread) : "\(prefix)-\(suffix(of: thread))"
    }

    /// The 20 bits that a code ends with, or nil where it is not one. Case does not matter, the office may be
    /// missing, and letters that look like digits are read as them.
    static func number(of code: String) -> Int64? {
        let characters = code.split(separator: "-", omittingEmptySubsequences: false).last.map { Array($0.uppercased().utf8) } ?? []
        guard characters.count == 4 else { return nil }
        var number: Int64 = 0
        for character in characters {
            let read: UInt8 =
                switch character {
                case UInt8(ascii: "O"): UInt8(ascii: "0")
                case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
                default: character
                }
            guard let digit = alphabet.firstIndex(of: read) else { return nil }
            number = number << 5 | Int64(digit)
        }
        return number
    }

    /// The 20 bits of `thread`.
    static func number(of thread: ThreadID) -> Int64 { Int64(thread.low & (1 << bits - 1)) }
}
