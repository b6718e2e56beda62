import Foundation
import HTTPTypes
import Hummingbird
public import InboxModel
import OfficeNode
public import ReplicaStore

extension StaffServer {
    /// The page that says how to have a browser trust these pages. Nobody is signed in yet who needs it, and it tells what every connection
    /// shows anyway.
    func addTrust(to router: Router<PageContext>) {
        router.get("/trust") { _, _ in try await self.trustPage() }
        router.get("/trust/:authority") { _, context in
            let name = context.parameters.get("authority") ?? ""
            guard let pem = try await self.trusted().first(where: { $0.name == name })?.pem else { throw PageFault.notFound }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "application/x-x509-ca-cert", .contentDisposition: "attachment; filename=\"suture-\(name).crt\"",
                ], body: ResponseBody(byteBuffer: ByteBuffer(string: pem)))
        }
    }

    /// An authority that people are offered to trust.
    private struct Trusted {
        /// As addresses name it.
        let name: String
        let pem: String
        let words: String
    }

    private func trustPage() async throws -> Response {
        let status = try await gateway.status()
        let offered = try await trusted()
        let model: [String: Any] = [
            "assets": renderer.assetsPath, "group": status.groupName, "csrf": "",
            "isPlain": settings.certificate == nil, "isGiven": settings.certificate.map { $0.current.authority == nil } ?? false,
            "hasAuthorities": !offered.isEmpty,
            "authorities": try offered.map {
                ["words": $0.words, "fingerprint": try CertificateText.fingerprint(pem: $0.pem), "url": "/trust/\($0.name)"]
            },
        ]
        return Self.html(try renderer.html("trust", model))
    }

    /// Devices that were shut out after the authority was made that counts or is to: they know its key. In words, nil where there are none.
    func authorityWarning(_ status: NodeStatus, _ authorities: Authorities) throws -> String? {
        let now = now()
        guard let latest = authorities.coming(at: now) ?? authorities.inForce(at: now) else { return nil }
        let made = try AuthorityCertificate(der: latest.profile.certificate).made
        let former = status.former.filter {
            !$0.removal.isRetirement && $0.member.kind != .relay && Date(milliseconds: $0.removal.time) > made
        }
        guard !former.isEmpty else { return nil }
        return """
            \(former.map(\.member.name).joined(separator: ", ")) was shut out and knows the key of the authority that browsers trust: an \
            administrator replaces it with suture certificate rotate.
            """
    }

    /// The authorities to trust, that of these pages first. The group's own are offered also by a node that is given its certificate.
    private func trusted() async throws -> [Trusted] {
        let authorities = try await gateway.reader().store.pageAuthorities()
        let now = now()
        var offered: [Trusted] = []
        func add(_ entry: Authorities.Entry?, _ words: String) throws {
            guard let entry else { return }
            offered.append(Trusted(name: "\(entry.id)", pem: try AuthorityCertificate(der: entry.profile.certificate).pem, words: words))
        }
        try add(authorities.inForce(at: now), "The authority of the group: trust it once, and the pages of every office are trusted.")
        let coming = authorities.coming(at: now)
        try add(
            coming,
            "Takes over on \(PageDate.day(Date(milliseconds: coming?.profile.begins ?? 0))): trust it before, beside the other one.")
        for entry in authorities.leaving(at: now, lifetime: Int64(PageAuthority.issuedValidity * 1000)) {
            try add(entry, "No longer in use, except at an office that was out of reach since.")
        }
        if let own = settings.certificate?.current.authority, !offered.contains(where: { $0.pem == own }) {
            offered.insert(Trusted(name: "own", pem: own, words: "The authority of this office's pages alone."), at: 0)
        }
        return offered
    }
}

extension ReplicaReader {
    /// The authorities that the group has made for its pages.
    public func pageAuthorities() throws -> Authorities {
        Authorities(try authorities().compactMap { entry in entry.profile.map { Authorities.Entry(entry.id, $0) } })
    }
}

extension Date {
    /// A moment in milliseconds since 1970.
    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
