import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL
import Synchronization

/// A certificate and key with which a server proves to browsers who it is.
public struct ServerCertificate: Sendable {
    /// The certificate, followed by those that lead to its authority, as PEM.
    public let chain: String
    /// The certificate of the authority that people are to trust, as PEM; nil where somebody provides the chain and knows whom to trust.
    public let authority: String?
    let certificates: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey

    /// A certificate that was made, or that somebody provides. Throws where the texts are no certificate and key.
    public init(chain: String, key: String, authority: String? = nil) throws {
        self.chain = chain
        self.authority = authority
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(Array(chain.utf8))
            self.key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
            guard !certificates.isEmpty else { throw CertificateFault("the file holds no certificate") }
            // Whether they belong together is found out by using them.
            _ = try NIOSSLContext(configuration: configuration)
        } catch let fault as CertificateFault {
            throw fault
        } catch {
            throw CertificateFault("the certificate or its key cannot be read: both must be PEM, and belong together")
        }
    }

    var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}

/// The certificate that a server shows: it can be replaced while the server runs, and counts for connections that begin then.
public final class ServingCertificate: Sendable {
    private let certificate: Mutex<ServerCertificate>

    /// Shows `certificate` until it is replaced.
    public init(_ certificate: ServerCertificate) { self.certificate = Mutex(certificate) }

    /// What is shown now.
    public var current: ServerCertificate { certificate.withLock { $0 } }

    /// Shows another one from now on.
    public func replace(with certificate: ServerCertificate) { self.certificate.withLock { $0 = certificate } }

    func builder(waiting patience: ConnectionPatience) throws -> HTTPServerBuilder {
        var configuration = current.configuration
        configuration.sslContextCallback = { [self] _, promise in
            let current = self.current
            var override = NIOSSLContextConfigurationOverride()
            override.certificateChain = current.certificates.map { .certificate($0) }
            override.privateKey = .privateKey(current.key)
            promise.succeed(override)
        }
        return try .tls(.http1(waiting: patience), tlsConfiguration: configuration)
    }
}

/// Why a certificate cannot be used.
public struct CertificateFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was wrong.
    public let description: String

    init(_ description: String) { self.description = description }
}
