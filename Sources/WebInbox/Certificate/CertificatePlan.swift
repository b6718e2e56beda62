public import Foundation
public import InboxModel

/// What a node does next about the certificate of its pages: a function of what it holds, what the group has and the time, so that it can
/// be asked as often as one likes.
public enum CertificatePlan: Sendable {
    /// Nothing.
    case keep
    /// Get a certificate of the group's authority for these hosts.
    case issue(PageAuthority, PageHosts)
    /// Make an authority for the group, which counts from `begins` (milliseconds since 1970).
    case makeAuthority(begins: Int64)
    /// Make a certificate of the node's own. The hosts that people configured and the group's authority may not vouch for; empty where
    /// there is no authority yet.
    case makeOwn(unvouched: PageHosts)

    /// How long before its end a certificate is replaced, in seconds.
    public static let renewBefore: TimeInterval = 30 * 86_400
    /// How long before its end the group's authority is replaced, in seconds.
    public static let replaceAuthorityBefore: TimeInterval = 180 * 86_400
    /// How long the next authority is known before it counts, where nobody is in a hurry, in seconds.
    public static let notice: TimeInterval = 30 * 86_400

    /// What is on disk.
    public struct Held: Sendable {
        /// The authority's certificate, as PEM.
        public let authority: String
        /// The server's certificate, as PEM.
        public let certificate: String

        /// What is held, from its parts.
        public init(authority: String, certificate: String) {
            self.authority = authority
            self.certificate = certificate
        }
    }

    /// What to do now.
    ///
    /// - Parameters:
    ///   - held: What the node holds; nil for nothing.
    ///   - authorities: What the group has made.
    ///   - configured: What people say that browsers call the pages.
    ///   - usual: What they may be called besides: left out where the authority may not vouch for it.
    ///   - mayMakeAuthority: Whether this is an administrator's node.
    ///   - now: The time.
    public static func next(
        held: Held?, authorities: Authorities, configured: PageHosts, usual: PageHosts, mayMakeAuthority: Bool, now: Date
    ) throws -> CertificatePlan {
        let time = Int64(now.timeIntervalSince1970 * 1000)
        guard let current = authorities.inForce(at: time) else {
            if mayMakeAuthority && authorities.all.isEmpty { return .makeAuthority(begins: time) }
            return try own(held, configured.union(usual), unvouched: PageHosts(names: [], addresses: []), now)
        }
        let authority = try PageAuthority(current.profile)
        let endsSoon = authority.certificate.end < now.addingTimeInterval(replaceAuthorityBefore)
        if mayMakeAuthority, endsSoon, authorities.coming(at: time) == nil {
            return .makeAuthority(begins: time + Int64(notice * 1000))
        }
        let vouched = try authority.certificate.allowed(configured)
        guard vouched == configured else {
            let others = PageHosts(
                names: configured.names.filter { !vouched.names.contains($0) },
                addresses: configured.addresses.filter { !vouched.addresses.contains($0) })
            return try own(held, configured.union(usual), unvouched: others, now)
        }
        let hosts = try configured.union(authority.certificate.allowed(usual))
        if let held, try held.authority == authority.certificate.pem, try holds(held, hosts, now) { return .keep }
        return .issue(authority, hosts)
    }

    private static func own(_ held: Held?, _ hosts: PageHosts, unvouched: PageHosts, _ now: Date) throws -> CertificatePlan {
        if let held, try holds(held, hosts, now) { return .keep }
        return .makeOwn(unvouched: unvouched)
    }

    private static func holds(_ held: Held, _ hosts: PageHosts, _ now: Date) throws -> Bool {
        try CertificateText.end(pem: held.certificate) > now.addingTimeInterval(renewBefore)
            && CertificateText.covers(pem: held.certificate, hosts)
    }
}
