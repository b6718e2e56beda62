import Glibc
public import Vault

extension DataFolder {
    /// The passphrase in a file that only its owner may read: its first line. For starts without a person.
    /// - Throws: ``NodeServiceError`` with ``NodeServiceError/Code/atRest``.
    public static func passphrase(fromFile path: String) throws -> SecretBytes {
        let file = PrivateFile(path: path, name: "passphrase file", code: .atRest)
        return try file.read(bytesMax: 4096) { bytes throws in try secret(firstLineOf: bytes) }.take()
    }

    /// The passphrase that comes through an open descriptor, up to a line end or the end.
    /// - Throws: ``NodeServiceError`` with ``NodeServiceError/Code/atRest``.
    public static func passphrase(fromDescriptor descriptor: Int32) throws -> SecretBytes {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer {
            SecretMemory.wipe(bytes)
            bytes.deallocate()
        }
        var end = 0
        while end < bytes.count, !bytes[..<end].contains(lineEnd) {
            let count = read(descriptor, bytes.baseAddress.map { $0 + end }, bytes.count - end)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw NodeServiceError(
                    .atRest, "no passphrase can be read from descriptor \(descriptor): \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            end += count
        }
        return try secret(firstLineOf: UnsafeRawBufferPointer(rebasing: bytes[..<end])).take()
    }

    private static let lineEnd = UInt8(ascii: "\n")

    private static func secret(firstLineOf bytes: UnsafeRawBufferPointer) throws -> SecretBox {
        let line = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.firstIndex(of: lineEnd) ?? bytes.count)])
        guard !line.isEmpty else { throw NodeServiceError(.atRest, "the passphrase is empty") }
        return SecretBox(try SecretBytes(copying: line))
    }
}

/// Carries a secret out of a closure, which can return only what can be copied.
private final class SecretBox {
    private var secret: SecretBytes?

    init(_ secret: consuming SecretBytes) { self.secret = consume secret }

    /// The secret, once.
    func take() throws -> SecretBytes {
        guard let secret = secret.take() else { throw NodeServiceError(.atRest, "the passphrase was used already") }
        return secret
    }
}
