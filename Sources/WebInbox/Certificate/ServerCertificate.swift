import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOSSL

/// The certificate and key with which a server proves to browsers who it is.
public struct ServerCertificate: Sendable {
    /// The certificate, followed by those that lead to its authority, as PEM.
    public let chain: String
    /// The private key, as PEM.
    let key: String

    /// A certificate that somebody provides. Throws where the texts are no certificate and key.
    public init(chain: String, key: String) throws {
        self.chain = chain
        self.key = key
        _ = try configuration()
    }

    private func configuration() throws -> TLSConfiguration {
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(Array(chain.utf8))
            guard !certificates.isEmpty else { throw CertificateFault("the file holds no certificate") }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            return configuration
        } catch let fault as CertificateFault {
            throw fault
        } catch {
            throw CertificateFault("the certificate or its key cannot be read: both must be PEM, and belong together")
        }
    }

    func builder() throws -> HTTPServerBuilder { try .tls(.http1(), tlsConfiguration: configuration()) }
}

/// Why a certificate cannot be used.
public struct CertificateFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong.
    public let description: String

    init(_ description: String) { self.description = description }
}
