import Foundation
import InboxModel
import Logging
import NodeService
import OfficeNode
import ServiceLifecycle
import WebInbox

/// Keeps the certificate of a node's pages in order while the node runs: has it signed by the group's authority, makes that authority where
/// this is the first administrator's node, and renews both before they end. The server takes a new certificate without a restart.
struct PageCertificateKeeper: Service {
    let certificate: PageCertificate
    let serving: ServingCertificate
    let gateway: NodeGateway
    let logger: Logger
    /// How often it looks: what it looks at is small, and people wait for it when an office is set up.
    var interval: Duration = .seconds(5)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var warned: PageHosts?
            // Soon after the start the node has found its footing; after that there is no hurry.
            var pause = Duration.seconds(1)
            while !Task.isCancelled {
                do {
                    let plan = try await self.plan()
                    if case .makeOwn(let unvouched) = plan, !unvouched.isEmpty, unvouched != warned {
                        self.warn(unvouched)
                        warned = unvouched
                    }
                    try await self.carryOut(plan)
                    if case .makeAuthority = plan { pause = .seconds(1) } else { pause = self.interval }
                } catch is GatewayFault {
                    // Locked: there is no hurry, and nothing to look at.
                    pause = self.interval
                } catch {
                    self.logger.error("the certificate of the pages is left as it is", metadata: ["error": "\(error)"])
                    pause = self.interval
                }
                do { try await Task.sleep(for: pause) } catch { return }
            }
        }
    }

    private func plan() async throws -> CertificatePlan {
        let status = try await gateway.status()
        let authorities = try await gateway.unwatchedReader().store.pageAuthorities()
        return try CertificatePlan.next(
            held: certificate.held(), authorities: authorities, configured: certificate.configured, usual: certificate.usual,
            mayMakeAuthority: status.member?.isAdministrator == true && !status.isWaitingForKey, now: Date())
    }

    private func carryOut(_ plan: CertificatePlan) async throws {
        let now = Date()
        switch plan {
        case .keep: break
        case .makeOwn: serving.replace(with: try certificate.makeOwn(now: now))
        case .issue(let authority, let hosts):
            serving.replace(with: try certificate.issue(by: authority, for: hosts, now: now))
            let fingerprint = try authority.certificate.fingerprint
            logger.notice("the pages show a certificate of the group's authority", metadata: ["fingerprint": "\(fingerprint)"])
        case .makeAuthority(let begins): try await makeAuthority(begins: begins, now: now)
        }
    }

    /// Makes the group's authority, for the names that are known: those of this node, and the hosts where members are reached.
    private func makeAuthority(begins: Int64, now: Date) async throws {
        let status = try await gateway.status()
        let authorities = try await gateway.unwatchedReader().store.pageAuthorities()
        let before = try authorities.all.first.map { try AuthorityCertificate(der: $0.profile.certificate).domains } ?? []
        let names = Set(certificate.configured.names + status.members.compactMap { Self.host(of: $0.endpoint) } + before)
        let made = try PageAuthority.ofGroup(certificate.group, names: names.sorted(), now: now)
        let profile = try made.profile(generation: authorities.nextGeneration, begins: begins)
        let command = Command.putDocument(.authority(AuthorityID(ofCertificate: profile.certificate), profile))
        _ = try await gateway.perform(command, as: .system).get()
        let fingerprint = try made.certificate.fingerprint
        logger.notice("made the authority that vouches for the pages of every office", metadata: ["fingerprint": "\(fingerprint)"])
    }

    private func warn(_ unvouched: PageHosts) {
        logger.warning(
            "the group's authority may not vouch for a name of these pages: browsers have to trust this office's own authority",
            metadata: ["names": "\(unvouched.words.joined(separator: ", "))", "todo": "suture certificate rotate --name NAME"])
    }

    /// The host name of an endpoint such as `tcp://belair.example.net:7400`; nil for an address.
    private static func host(of endpoint: String) -> String? {
        guard let start = endpoint.range(of: "://"), let end = endpoint.lastIndex(of: ":"), end > start.upperBound else { return nil }
        let host = endpoint[start.upperBound..<end].lowercased()
        // A name ends with a letter; an address of either kind does not, or has colons.
        return host.last?.isLetter == true && !host.contains(":") ? host : nil
    }
}
