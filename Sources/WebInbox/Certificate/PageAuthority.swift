import Crypto
public import Foundation
public import InboxModel
import SwiftASN1
import X509

/// A certificate authority of pages, with the key that signs certificates in its name.
///
/// It can vouch for the names and addresses that its own certificate allows (X.509 name constraints) and no others: whoever gets hold of
/// the key can pretend to be pages of the practice, and not a bank.
public struct PageAuthority: Sendable {
    /// A certificate that it signed, with its key, as PEM.
    public struct Issued: Sendable {
        /// The server's certificate.
        public let certificate: String
        /// The server's private key.
        public let key: String
    }

    /// How long the group's authority lasts: ten years, as everybody has to trust it by hand.
    public static let groupValidity: TimeInterval = 3650 * 86_400
    /// How long a certificate lasts that a node gets from the group's authority.
    public static let issuedValidity: TimeInterval = 90 * 86_400
    /// Domains that are nobody's in the public name system: the group's authority vouches for them without being asked to.
    public static let privateDomains = ["localhost", "local", "lan", "internal", "home.arpa"]

    /// Its certificate: what browsers are told to trust.
    public let certificate: AuthorityCertificate
    private let key: P256.Signing.PrivateKey
    private var authority: Certificate { certificate.certificate }

    /// The authority of a document. Throws where it is none that can be used.
    public init(_ profile: AuthorityProfile) throws {
        certificate = try AuthorityCertificate(der: profile.certificate)
        do {
            key = try P256.Signing.PrivateKey(rawRepresentation: profile.key)
        } catch {
            throw CertificateFault("the key of an authority of the pages cannot be read")
        }
        guard certificate.certificate.publicKey == Certificate.PublicKey(key.publicKey) else {
            throw CertificateFault("an authority of the pages and its key do not belong together")
        }
    }

    /// Makes an authority.
    ///
    /// - Parameters:
    ///   - title: What people see it called, beside the group's name.
    ///   - group: The group's name.
    ///   - hosts: What it may vouch for: names with everything below them, and ranges of addresses.
    ///   - now: When it is made. It holds from a day earlier, because clocks differ.
    ///   - validity: For how long.
    init(title: String, group: String, hosts: AllowedHosts, now: Date, validity: TimeInterval) throws {
        key = P256.Signing.PrivateKey()
        let signer = Certificate.PrivateKey(key)
        let name = try DistinguishedName {
            OrganizationName(String(group.prefix(60)))
            CommonName(String(title.prefix(60)))
        }
        let signed = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: signer.publicKey,
            notValidBefore: now.addingTimeInterval(-AuthorityCertificate.clockError), notValidAfter: now.addingTimeInterval(validity),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
                Critical(hosts.constraints)
                SubjectKeyIdentifier(hash: signer.publicKey)
            }, issuerPrivateKey: signer)
        certificate = AuthorityCertificate(certificate: signed)
    }

    /// Makes the authority of a group, which may vouch for private addresses, private domains and `names` with everything below them.
    public static func ofGroup(_ group: String, names: [String], now: Date) throws -> PageAuthority {
        try PageAuthority(
            title: "Suture pages, \(PageDate.day(now))", group: group, hosts: .ofGroup(names: names), now: now, validity: groupValidity)
    }

    /// The document that says it, as one that counts from `begins` (milliseconds since 1970).
    public func profile(generation: UInt32, begins: Int64) throws -> AuthorityProfile {
        AuthorityProfile(
            certificate: try certificate.der, key: Array(key.rawRepresentation), generation: generation, begins: begins)
    }

    /// Signs a certificate for `hosts`, with a new key. It does not outlast the authority.
    public func issue(for hosts: PageHosts, now: Date, validity: TimeInterval = issuedValidity) throws -> Issued {
        let server = P256.Signing.PrivateKey()
        let signed = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(server.publicKey),
            notValidBefore: max(authority.notValidBefore, now.addingTimeInterval(-AuthorityCertificate.clockError)),
            notValidAfter: min(authority.notValidAfter, now.addingTimeInterval(validity)), issuer: authority.subject,
            subject: try DistinguishedName { CommonName(String((hosts.names.first ?? "localhost").prefix(60))) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(hosts.alternatives)
                AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: authority.publicKey).keyIdentifier)
            }, issuerPrivateKey: Certificate.PrivateKey(key))
        return Issued(certificate: try signed.serializeAsPEM().pemString, key: server.pemRepresentation)
    }
}
