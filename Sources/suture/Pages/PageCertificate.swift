import Foundation
import Glibc
import NodeService
import WebInbox

/// Finds or makes the certificate that a node's pages show.
enum PageCertificate {
    /// How long before its end a certificate that the node made is replaced.
    private static let renewBefore: TimeInterval = 30 * 86_400

    /// The certificate for `address`; nil for pages without TLS. Makes one where there is none that holds for a while.
    ///
    /// - Parameters:
    ///   - address: Where the pages are.
    ///   - dataDirectory: The node's folder.
    ///   - group: The group's name, for people who look at the certificate.
    static func find(_ address: InboxAddress, dataDirectory: String, group: String) throws -> ServerCertificate? {
        if let mistake = address.mistake { throw CommandFailure(mistake) }
        if address.isPlain { return nil }
        if let certificate = address.certificate, let key = address.key {
            let provided = try PageCertificateStore.provided(certificate: certificate, key: key)
            return try ServerCertificate(chain: provided.certificate, key: provided.key)
        }
        let store = PageCertificateStore(dataDirectory: dataDirectory)
        let (names, addresses) = hosts(of: address)
        if let held = try store.load(), try CertificateMaker.end(pem: held.certificate) > Date().addingTimeInterval(renewBefore),
            try CertificateMaker.covers(pem: held.certificate, names: names, addresses: addresses)
        {
            return try ServerCertificate(chain: held.certificate, key: held.key)
        }
        let made = try CertificateMaker.make(group: group, names: names, addresses: addresses, now: Date())
        try store.store(PageCertificateStore.Contents(authority: made.authority, certificate: made.certificate, key: made.key))
        return try ServerCertificate(chain: made.certificate, key: made.key)
    }

    /// What browsers may call this machine: what was configured, its own name, and the loopback.
    private static func hosts(of address: InboxAddress) -> (names: [String], addresses: [[UInt8]]) {
        var name = [CChar](repeating: 0, count: 256)
        _ = gethostname(&name, name.count - 1)
        let machine = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var names: [String] = []
        var addresses: [[UInt8]] = []
        for host in address.names + [address.listen.host, machine, "localhost", "127.0.0.1", "::1"] {
            if let bytes = bytes(ofAddress: host) {
                if !addresses.contains(bytes) && bytes.contains(where: { $0 != 0 }) { addresses.append(bytes) }
            } else if host != "*", !host.isEmpty, !names.contains(host.lowercased()) {
                names.append(host.lowercased())
            }
        }
        return (names, addresses)
    }

    private static func bytes(ofAddress text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }
}
