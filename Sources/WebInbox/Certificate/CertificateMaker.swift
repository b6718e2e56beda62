public import Foundation

/// Makes the certificate of a node's pages where the group's authority cannot: before it has arrived, or for names that it may not vouch
/// for.
///
/// An authority of the node's own signs one certificate, which it is limited to by its name constraints, and its key is destroyed at once:
/// whoever steals the node's disk can pretend to be that node's pages and nothing else, to browsers that trust this authority.
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

    /// Makes an authority and a certificate for `hosts`.
    ///
    /// - Parameters:
    ///   - group: The group's name, for people who look at the certificate.
    ///   - hosts: What browsers call the pages.
    ///   - now: When it begins to hold; a day earlier, because clocks differ.
    public static func make(group: String, hosts: PageHosts, now: Date) throws -> Made {
        let authority = try PageAuthority(
            title: "Suture pages of \(hosts.names.first ?? "this node")", group: group, hosts: AllowedHosts(hosts), now: now,
            validity: validity)
        let issued = try authority.issue(for: hosts, now: now, validity: validity)
        return Made(authority: try authority.certificate.pem, certificate: issued.certificate, key: issued.key)
    }
}
