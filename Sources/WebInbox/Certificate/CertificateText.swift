import Crypto
public import Foundation
import SwiftASN1
import X509

/// What is read off certificates that are kept as PEM.
public enum CertificateText {
    /// The fingerprint (SHA-256) of a certificate as people compare it: pairs of digits.
    public static func fingerprint(pem: String) throws -> String { try fingerprint(Certificate(pemEncoded: pem)) }

    static func fingerprint(_ certificate: Certificate) throws -> String {
        SHA256.hash(data: try der(certificate)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined(separator: ":")
    }

    static func der(_ certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try certificate.serialize(into: &serializer)
        return serializer.serializedBytes
    }

    /// Whether a certificate is for all of `hosts`.
    public static func covers(pem: String, _ hosts: PageHosts) throws -> Bool {
        guard let alternatives = try Certificate(pemEncoded: pem).extensions.subjectAlternativeNames else { return false }
        return Set(alternatives).isSuperset(of: hosts.alternatives)
    }

    /// Until when a certificate holds.
    public static func end(pem: String) throws -> Date { try Certificate(pemEncoded: pem).notValidAfter }
}

/// Days as certificates are named after them.
enum PageDate {
    /// Such as `2026-03-06`, in UTC.
    static func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }
}
