import Vault

/// The certificate of a node's pages in its data directory: made once, kept until it ends.
public struct PageCertificateStore: Sendable {
    /// Certificates and key, as PEM.
    public struct Contents: Sendable {
        /// The authority that browsers are told to trust.
        public let authority: String
        /// The server's certificate.
        public let certificate: String
        /// The server's private key.
        public let key: String

        /// Contents from their parts.
        public init(authority: String, certificate: String, key: String) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    private let directory: String
    private static let bytesMax = 64 * 1024

    /// The store in a node's data directory.
    public init(dataDirectory: String) { directory = dataDirectory }

    /// The file of the authority's certificate, for people who have their browsers trust it.
    public var authorityPath: String { directory + "/pages-authority.pem" }

    private var files: [PrivateFile] {
        [
            PrivateFile(path: authorityPath, name: "authority of the pages", code: .configuration),
            PrivateFile(path: directory + "/pages-certificate.pem", name: "certificate of the pages", code: .configuration),
            PrivateFile(path: directory + "/pages-key.pem", name: "key of the pages", code: .configuration),
        ]
    }

    /// What is there; nil where something is missing. Throws where it is, and cannot be read.
    public func load() throws -> Contents? {
        guard files.allSatisfy(\.exists) else { return nil }
        let texts = try files.map { try Self.text(of: $0) }
        return Contents(authority: texts[0], certificate: texts[1], key: texts[2])
    }

    /// Replaces what is there. The key is written last: without it nothing counts.
    public func store(_ contents: Contents) throws {
        for (file, text) in zip(files, [contents.authority, contents.certificate, contents.key]) {
            var bytes = Array(text.utf8)
            defer { SecretMemory.wipe(&bytes) }
            try bytes.withUnsafeBytes { try file.write($0, replaces: true) }
        }
    }

    /// A certificate and key that somebody provides. The key's file must be its owner's alone.
    public static func provided(certificate: String, key: String) throws -> (certificate: String, key: String) {
        let chain = try NodeConfiguration.readText(at: certificate)
        return (chain, try text(of: PrivateFile(path: key, name: "key of the pages", code: .configuration)))
    }

    private static func text(of file: PrivateFile) throws -> String {
        try file.read(bytesMax: bytesMax) { String(decoding: $0, as: UTF8.self) }
    }
}
