public import Foundation
import SwiftASN1
import X509

/// The certificate of an authority of pages: what people see of it, and what it may vouch for.
public struct AuthorityCertificate: Sendable {
    /// Clocks differ by so much at most, in seconds: certificates hold from so long before they were made.
    static let clockError: TimeInterval = 86_400

    let certificate: Certificate

    init(certificate: Certificate) { self.certificate = certificate }

    /// The certificate of those bytes (X.509, DER). Throws where they are none.
    public init(der: [UInt8]) throws {
        do { certificate = try Certificate(derEncoded: der) } catch {
            throw CertificateFault("the certificate of an authority of the pages cannot be read")
        }
    }

    /// Its bytes.
    public var der: [UInt8] { get throws { try CertificateText.der(certificate) } }
    /// As PEM: what browsers are given.
    public var pem: String { get throws { try certificate.serializeAsPEM().pemString } }
    /// The fingerprint by which people know it.
    public var fingerprint: String { get throws { try CertificateText.fingerprint(certificate) } }
    /// When it was made.
    public var made: Date { certificate.notValidBefore.addingTimeInterval(Self.clockError) }
    /// Until when it lasts.
    public var end: Date { certificate.notValidAfter }
    /// The domains that it may vouch for, with everything below them.
    public var domains: [String] { get throws { try AllowedHosts(certificate.extensions.nameConstraints).domains } }

    /// Those of `hosts` that it may vouch for.
    public func allowed(_ hosts: PageHosts) throws -> PageHosts {
        let allowed = try AllowedHosts(certificate.extensions.nameConstraints)
        return PageHosts(names: hosts.names.filter(allowed.covers(name:)), addresses: hosts.addresses.filter(allowed.covers(address:)))
    }
}
