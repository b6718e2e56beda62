/// A public value of a fixed number of bytes, held inline: a digest, a nonce, a public key, a signature.
///
/// Each is its own type so that one cannot be passed for another. Secrets never conform: they have no description.
public protocol FixedBytes: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes a value has.
    static var byteCount: Int { get }

    /// Copies exactly `byteCount` bytes. Throws `VaultError.Code.wrongLength` for any other count.
    init(copying source: UnsafeRawBufferPointer) throws(VaultError)

    /// Calls `body` with the bytes; the pointer is valid only during the call.
    func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result
}

extension FixedBytes {
    /// Copies exactly `byteCount` bytes. Throws `VaultError.Code.wrongLength` for any other count.
    public init(copying source: [UInt8]) throws(VaultError) {
        let result = source.withUnsafeBytes { pointer in
            Swift.Result { () throws(VaultError) in try Self(copying: pointer) }
        }
        self = try result.get()
    }

    /// A value of these bytes, or nil where the count is not `byteCount`. Prefer `init(copying:)`, which says what is
    /// wrong.
    public init?(bytes: [UInt8]) {
        do {
            try self.init(copying: bytes)
        } catch {
            return nil
        }
    }

    /// The bytes, first to last.
    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// Two lower-case hexadecimal digits a byte.
    public var description: String {
        withUnsafeBytes { bytes in
            String(unsafeUninitializedCapacity: bytes.count * 2) { text in
                for (index, byte) in bytes.enumerated() {
                    text[index * 2] = hexadecimalDigit(byte >> 4)
                    text[index * 2 + 1] = hexadecimalDigit(byte & 15)
                }
                return bytes.count * 2
            }
        }
    }
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
