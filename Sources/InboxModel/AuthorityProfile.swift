public import Causality

/// A certificate authority of the group's pages: people have their browser trust it once, and then every office's pages are trusted.
public struct AuthorityProfile: Hashable, Sendable {
    /// How long the private key is, in bytes.
    public static let keyBytes = 32
    /// The longest certificate, in bytes.
    public static let certificateBytesMax = 8192

    /// Its certificate: X.509 as DER.
    public let certificate: [UInt8]
    /// Its private key (P-256), which every member that reads the log has: each signs the certificate of its own pages.
    public let key: [UInt8]
    /// 1 for the first; whoever replaces it counts on.
    public let generation: UInt32
    /// From when pages show certificates that it signed, in milliseconds since 1970: people need time to trust it before.
    public let begins: Int64

    /// An authority from its parts.
    public init(certificate: [UInt8], key: [UInt8], generation: UInt32, begins: Int64) {
        self.certificate = certificate
        self.key = key
        self.generation = generation
        self.begins = begins
    }
}

extension AuthorityProfile: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.string(certificate)
        writer.string(key)
        writer.fixed32(generation)
        writer.fixed64(UInt64(bitPattern: begins))
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let certificate = try reader.bytes()
        let key = try reader.bytes()
        let generation = try reader.fixed32()
        self.init(certificate: certificate, key: key, generation: generation, begins: Int64(bitPattern: try reader.fixed64()))
    }
}
