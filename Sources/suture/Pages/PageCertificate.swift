import Foundation
import Glibc
import InboxModel
import NodeService
import WebInbox

/// The certificate that a node's pages show: what is kept of it in the node's folder, and how it is made anew.
struct PageCertificate {
    let configured: PageHosts
    let usual: PageHosts
    let group: String
    private let store: PageCertificateStore

    /// - Parameters:
    ///   - address: Where the pages are.
    ///   - dataDirectory: The node's folder.
    ///   - group: The group's name, for people who look at the certificate.
    init(_ address: InboxAddress, dataDirectory: String, group: String) {
        configured = Self.hosts(address.names + [address.listen.host])
        usual = Self.hosts([Self.machine, "localhost", "127.0.0.1", "::1"])
        self.group = group
        store = PageCertificateStore(dataDirectory: dataDirectory)
    }

    /// The certificate that somebody provides. Nil where the node makes its own. Throws where it cannot be used.
    static func given(_ address: InboxAddress) throws -> ServerCertificate? {
        guard let certificate = address.certificate, let key = address.key else { return nil }
        let provided = try PageCertificateStore.provided(certificate: certificate, key: key)
        return try ServerCertificate(chain: provided.certificate, key: provided.key)
    }

    /// What is kept, as a plan asks for it.
    func held() throws -> CertificatePlan.Held? {
        try store.load().map { CertificatePlan.Held(authority: $0.authority, certificate: $0.certificate) }
    }

    /// The certificate to begin with: the one that is kept, or one of the node's own. Which one is right the node says once it runs.
    func first(now: Date) throws -> ServerCertificate {
        if let kept = try store.load(), try CertificateText.end(pem: kept.certificate) > now {
            return try ServerCertificate(chain: kept.certificate, key: kept.key, authority: kept.authority)
        }
        return try makeOwn(now: now)
    }

    /// Makes a certificate of the node's own and keeps it.
    func makeOwn(now: Date) throws -> ServerCertificate {
        let made = try CertificateMaker.make(group: group, hosts: configured.union(usual), now: now)
        return try keep(authority: made.authority, certificate: made.certificate, key: made.key)
    }

    /// Makes a certificate of the group's authority and keeps it.
    func issue(by authority: PageAuthority, for hosts: PageHosts, now: Date) throws -> ServerCertificate {
        let issued = try authority.issue(for: hosts, now: now)
        return try keep(authority: authority.certificate.pem, certificate: issued.certificate, key: issued.key)
    }

    private func keep(authority: String, certificate: String, key: String) throws -> ServerCertificate {
        let usable = try ServerCertificate(chain: certificate, key: key, authority: authority)
        try store.store(PageCertificateStore.Contents(authority: authority, certificate: certificate, key: key))
        return usable
    }

    // MARK: Names

    /// What this machine calls itself.
    private static var machine: String {
        var name = [CChar](repeating: 0, count: 256)
        _ = gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func hosts(_ texts: [String]) -> PageHosts {
        var hosts = PageHosts(names: [], addresses: [])
        for text in texts {
            if let bytes = bytes(ofAddress: text) {
                if !hosts.addresses.contains(bytes) && bytes.contains(where: { $0 != 0 }) { hosts.addresses.append(bytes) }
            } else if text != "*", !text.isEmpty, !hosts.names.contains(text.lowercased()) {
                hosts.names.append(text.lowercased())
            }
        }
        return hosts
    }

    private static func bytes(ofAddress text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: &six) { Array($0) } }
        return nil
    }
}
