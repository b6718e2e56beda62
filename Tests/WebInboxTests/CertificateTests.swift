import Foundation
import InboxModel
import OfficeNode
import SwiftASN1
import Testing
@_spi(FixedExpiryValidationTime) import X509

@testable import WebInbox

@Suite("The certificate of the pages")
struct CertificateTests {
    private static let now = Date(timeIntervalSince1970: 1_760_000_000)
    private static let day: TimeInterval = 86_400
    private static let towson = PageHosts(names: ["towson.example.net"], addresses: [[10, 0, 3, 7]])
    private static let usual = PageHosts(names: ["front-desk-pc", "localhost"], addresses: [[127, 0, 0, 1]])

    private func authority(
        _ names: [String] = ["example.net"], generation: UInt32 = 1, made: Date = now, begins: Date = now
    ) throws -> Authorities.Entry {
        let made = try PageAuthority.ofGroup("Chesapeake", names: names, now: made)
        let profile = try made.profile(generation: generation, begins: Int64(begins.timeIntervalSince1970 * 1000))
        return Authorities.Entry(AuthorityID(ofCertificate: profile.certificate), profile)
    }

    private func next(
        _ held: CertificatePlan.Held?, _ entries: [Authorities.Entry], configured: PageHosts = towson, isAdministrator: Bool = false,
        at now: Date = now
    ) throws -> CertificatePlan {
        try CertificatePlan.next(
            held: held, authorities: Authorities(entries), configured: configured, usual: Self.usual, mayMakeAuthority: isAdministrator,
            now: now)
    }

    /// What a node holds after it did what the plan says.
    private func issued(_ plan: CertificatePlan, at now: Date = now) throws -> CertificatePlan.Held {
        guard case .issue(let authority, let hosts) = plan else { throw CertificateFault("the plan is not to issue") }
        let issued = try authority.issue(for: hosts, now: now)
        return CertificatePlan.Held(authority: try authority.certificate.pem, certificate: issued.certificate)
    }

    /// The words of a browser that trusts `authority` and opens `host`; nil where it is content.
    private func complaint(_ certificate: String, trusting authority: String, at host: String, now: Date = now) async throws -> String? {
        var verifier = Verifier(rootCertificates: CertificateStore([try Certificate(pemEncoded: authority)])) {
            RFC5280Policy(fixedExpiryValidationTime: now)
            ServerIdentityPolicy(serverHostname: host, serverIP: nil)
        }
        let result = await verifier.validate(leaf: try Certificate(pemEncoded: certificate), intermediates: CertificateStore([]))
        if case .couldNotValidate(let reasons) = result { return "\(reasons)" }
        return nil
    }

    @Test("browsers that trust the group's one authority trust the pages of every office, and nothing that it may not vouch for")
    func oneAuthority() async throws {
        let group = try authority()
        let anchor = try AuthorityCertificate(der: group.profile.certificate).pem
        for office in ["towson.example.net", "belair.example.net", "desk.local"] {
            // Each office's node has the document, and nothing of the others.
            let held = try issued(try next(nil, [group], configured: PageHosts(names: [office], addresses: [])))
            #expect(held.authority == anchor)
            #expect(try await complaint(held.certificate, trusting: anchor, at: office) == nil)
            #expect(try await complaint(held.certificate, trusting: anchor, at: "other.example.net") != nil)
            let stranger = try AuthorityCertificate(der: try authority().profile.certificate).pem
            #expect(try await complaint(held.certificate, trusting: stranger, at: office) != nil)
        }
        // Whoever has the key signs for a bank: browsers refuse it.
        let stolen = try PageAuthority(group.profile).issue(for: PageHosts(names: ["bank.example.com"], addresses: []), now: Self.now)
        #expect(try await complaint(stolen.certificate, trusting: anchor, at: "bank.example.com") != nil)
    }

    @Test("what a certificate is for: the names that were configured, and the usual ones that the authority may vouch for")
    func names() throws {
        let held = try issued(try next(nil, [try authority()]))
        #expect(try CertificateText.covers(pem: held.certificate, Self.towson))
        #expect(try CertificateText.covers(pem: held.certificate, PageHosts(names: ["localhost"], addresses: [[127, 0, 0, 1]])))
        #expect(try !CertificateText.covers(pem: held.certificate, PageHosts(names: ["front-desk-pc"], addresses: [])))
        #expect(try CertificateText.end(pem: held.certificate).timeIntervalSince(Self.now) == PageAuthority.issuedValidity)
    }

    @Test("a configured name that the authority may not vouch for is told, and the node's own certificate stays", arguments: [
        PageHosts(names: ["towson.example.org"], addresses: []), PageHosts(names: ["towson.example.net"], addresses: [[203, 0, 113, 9]]),
    ])
    func unvouched(hosts: PageHosts) throws {
        let plan = try next(nil, [try authority()], configured: hosts)
        guard case .makeOwn(let unvouched) = plan else {
            Issue.record("\(plan)")
            return
        }
        #expect(unvouched.words == (hosts.addresses.isEmpty ? ["towson.example.org"] : ["203.0.113.9"]))
        let own = try CertificateMaker.make(group: "Chesapeake", hosts: hosts.union(Self.usual), now: Self.now)
        let held = CertificatePlan.Held(authority: own.authority, certificate: own.certificate)
        guard case .keep = try next(held, [try authority()], configured: hosts) else {
            Issue.record("made again and again")
            return
        }
    }

    @Test("a node goes through its life: its own certificate, the group's, renewed in time, and a new authority when that begins")
    func life() throws {
        // Cut off and fresh: its own, and nobody makes an authority but an administrator's node.
        guard case .makeOwn = try next(nil, []), case .makeAuthority = try next(nil, [], isAdministrator: true) else {
            Issue.record("the beginning is wrong")
            return
        }
        let first = try authority()
        var held = try issued(try next(nil, [first]))
        #expect(try isKept(next(held, [first])))
        let inTime = Self.now.addingTimeInterval(PageAuthority.issuedValidity - CertificatePlan.renewBefore)
        #expect(try isKept(next(held, [first], at: inTime.addingTimeInterval(-1))))
        held = try issued(try next(held, [first], at: inTime), at: inTime)
        #expect(try isKept(next(held, [first], at: inTime)))
        // The next one is announced; it counts from its begin.
        let begin = inTime.addingTimeInterval(14 * Self.day)
        let second = try authority(["example.net", "example.org"], generation: 2, made: inTime, begins: begin)
        #expect(try isKept(next(held, [first, second], at: begin.addingTimeInterval(-1))))
        held = try issued(try next(held, [first, second], at: begin), at: begin)
        #expect(try held.authority == AuthorityCertificate(der: second.profile.certificate).pem)
    }

    private func isKept(_ plan: CertificatePlan) -> Bool { if case .keep = plan { true } else { false } }

    @Test("an authority is replaced in time before it ends, once")
    func replaced() throws {
        let first = try authority()
        let late = Self.now.addingTimeInterval(PageAuthority.groupValidity - CertificatePlan.replaceAuthorityBefore + 1)
        guard case .makeAuthority(let begins) = try next(nil, [first], isAdministrator: true, at: late) else {
            Issue.record("nothing is made")
            return
        }
        #expect(Double(begins) / 1000 == late.timeIntervalSince1970 + CertificatePlan.notice)
        let begin = Date(timeIntervalSince1970: Double(begins) / 1000)
        let second = try authority(generation: 2, made: late, begins: begin)
        guard case .issue = try next(nil, [first, second], isAdministrator: true, at: late) else {
            Issue.record("a second one is made")
            return
        }
    }

    @Test("certificates and keys that do not belong together, or are none, are refused in words")
    func mismatched() throws {
        let one = try PageAuthority.ofGroup("Chesapeake", names: [], now: Self.now)
        let hosts = PageHosts(names: ["localhost"], addresses: [])
        let (first, second) = (try one.issue(for: hosts, now: Self.now), try one.issue(for: hosts, now: Self.now))
        _ = try ServerCertificate(chain: first.certificate, key: first.key)
        #expect(throws: CertificateFault.self) { try ServerCertificate(chain: first.certificate, key: second.key) }
        #expect(throws: CertificateFault.self) { try ServerCertificate(chain: "nonsense", key: first.key) }
        let profile = try one.profile(generation: 1, begins: 0)
        let other = try PageAuthority.ofGroup("Chesapeake", names: [], now: Self.now).profile(generation: 1, begins: 0)
        let mixed = AuthorityProfile(certificate: profile.certificate, key: other.key, generation: 1, begins: 0)
        #expect(throws: CertificateFault.self) { try PageAuthority(mixed) }
    }

    @Test("the pages offer the group's authority to whoever is not signed in yet, with the fingerprint that the file has")
    func trustPage() async throws {
        let inbox = try await TestInbox()
        let now = Date(timeIntervalSince1970: Double(inbox.clock.now) / 1000)
        let group = try authority(made: now, begins: now)
        let command = Command.putDocument(.authority(group.id, group.profile))
        _ = try await inbox.node.perform(command, as: .system).get()
        let refused = await inbox.node.perform(command, as: .staff(inbox.id("ana")))
        #expect(throws: CommandRefusal.self) { try refused.get() }
        let certificate = try AuthorityCertificate(der: group.profile.certificate)
        let (fingerprint, pem) = (try certificate.fingerprint, try certificate.pem)
        try await inbox.serving { (browser: TestBrowser) async throws -> Void in
            #expect(try await browser.get("/sign-in").body.contains("/trust"))
            let page = try await browser.get("/trust")
            #expect(page.status == 200, "\(page.body)")
            #expect(page.body.contains(fingerprint))
            #expect(page.body.contains("/trust/\(group.id)"))
            let file = try await browser.get("/trust/\(group.id)")
            #expect(file.headers["content-type"] == "application/x-x509-ca-cert")
            #expect(file.body == pem)
            #expect(!file.body.contains("PRIVATE"))
            #expect(try await browser.get("/trust/00000000000000000000000000000000").status == 404)
        }
    }
}
