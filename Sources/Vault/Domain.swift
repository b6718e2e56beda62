/// A domain label: says what a hash or signature is about, so that bytes made for one purpose can never stand for
/// another.
///
/// Every hash and signature input starts with the encoded label: one byte of length, then the label in ASCII. The
/// length makes labels prefix-free. Keep a domain in a `static let`: its bytes are made once, and hashing with it
/// does not allocate.
public struct Domain: Hashable, Sendable {
    /// One byte of length, then the label: what the hash function sees first.
    public let bytes: [UInt8]

    /// A domain with a label of 1 to 255 ASCII characters, for example `"suture change set v1"`. Labels are written
    /// in the source, so one that does not fit is a programming error and stops the program.
    public init(_ label: StaticString) {
        let text = label.withUTF8Buffer { Array($0) }
        precondition((1...255).contains(text.count), "a domain label must be 1 to 255 characters: \(label)")
        precondition(text.allSatisfy { $0 < 0x80 }, "a domain label must be ASCII: \(label)")
        bytes = [UInt8(text.count)] + text
    }
}

extension Domain: CustomStringConvertible {
    /// The label.
    public var description: String { String(decoding: bytes.dropFirst(), as: UTF8.self) }
}
