import Crypto
public import Foundation
import SwiftASN1
import X509

/// Makes the certificate of a node's pages and the authority that vouches for it, for groups that have none of their own.
///
/// The authority signs one certificate, which it is limited to by its name constraints, and its key is destroyed at once: whoever steals
/// the node's disk can pretend to be that node's pages and nothing else, to browsers that trust this authority.
public enum CertificateMaker {
    /// What was made.
    public struct Made: Sendable {
        /// The certificate of the authority, as PEM: what browsers are told to trust.
        public let authority: String
        /// The server's certificate, as PEM.
        public let certificate: String
        /// The server's private key, as PEM.
        public let key: String
    }

    /// How long a certificate holds: two years and some days, which browsers allow for an authority that people installed.
    public static let validity: TimeInterval = 820 * 86_400

    /// Makes an authority and a certificate for `names` (host names) and `addresses` (of IPv4 and IPv6, 4 or 16 bytes).
    ///
    /// - Parameters:
    ///   - group: The group's name, for people who look at the certificate.
    ///   - names: Host names that browsers use.
    ///   - addresses: Addresses that browsers use.
    ///   - now: When it begins to hold; a day earlier, because clocks differ.
    public static func make(group: String, names: [String], addresses: [[UInt8]], now: Date) throws -> Made {
        let authorityKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let serverKey = P256.Signing.PrivateKey()
        let begin = now.addingTimeInterval(-86_400)
        let end = now.addingTimeInterval(validity)
        let authorityName = try DistinguishedName {
            OrganizationName(String(group.prefix(60)))
            CommonName("Suture pages of \(names.first ?? "this node")".prefix(60).description)
        }
        let authority = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: authorityKey.publicKey, notValidBefore: begin,
            notValidAfter: end, issuer: authorityName, subject: authorityName, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
                Critical(constraints(names: names, addresses: addresses))
                SubjectKeyIdentifier(hash: authorityKey.publicKey)
            }, issuerPrivateKey: authorityKey)
        let subject = try DistinguishedName { CommonName(String((names.first ?? "localhost").prefix(60))) }
        let alternatives = names.map { GeneralName.dnsName($0) } + addresses.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(serverKey.publicKey),
            notValidBefore: begin, notValidAfter: end, issuer: authorityName, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(alternatives)
                AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: authorityKey.publicKey).keyIdentifier)
            }, issuerPrivateKey: authorityKey)
        return Made(
            authority: try authority.serializeAsPEM().pemString, certificate: try certificate.serializeAsPEM().pemString,
            key: serverKey.pemRepresentation)
    }

    /// The names and addresses that the authority may vouch for, and no others.
    private static func constraints(names: [String], addresses: [[UInt8]]) -> NameConstraints {
        NameConstraints(
            permittedDNSDomains: NameConstraints.DNSNames(names),
            permittedIPRanges: NameConstraints.IPRanges(
                addresses.map { ASN1OctetString(contentBytes: ($0 + [UInt8](repeating: 0xFF, count: $0.count))[...]) }))
    }

    /// The fingerprint (SHA-256) of a certificate as people compare it: pairs of digits.
    public static func fingerprint(pem: String) throws -> String {
        let certificate = try Certificate(pemEncoded: pem)
        var serializer = DER.Serializer()
        try certificate.serialize(into: &serializer)
        return SHA256.hash(data: serializer.serializedBytes).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined(separator: ":")
    }

    /// Whether a certificate is for all of `names` and `addresses`.
    public static func covers(pem: String, names: [String], addresses: [[UInt8]]) throws -> Bool {
        guard let alternatives = try Certificate(pemEncoded: pem).extensions.subjectAlternativeNames else { return false }
        let held = Set(alternatives)
        return names.allSatisfy { held.contains(.dnsName($0)) }
            && addresses.allSatisfy { held.contains(.ipAddress(ASN1OctetString(contentBytes: $0[...]))) }
    }

    /// Until when a certificate holds.
    public static func end(pem: String) throws -> Date { try Certificate(pemEncoded: pem).notValidAfter }
}
