import ChangeLog
public import InboxModel
import InboxWorkflow
import ReplicaStore
import Vault

extension Turn {
    /// How many audit entries one change set takes.
    static let auditMax = 500

    /// Throws unless `actor` may write `document`: people their own account and tokens, administrators everybody's and the directory.
    func allow(_ document: DirectoryDocument, by actor: Actor) throws {
        let owner: StaffID
        switch document {
        case .office, .staff, .queue, .category, .authority: return try allow(.editDirectory, by: actor, scope: .group)
        case .account(_, let profile): owner = profile.staff
        case .token(_, let profile): owner = profile.staff
        }
        try allow(actor.staff == owner ? .ownAccount : .manageAccounts, by: actor, scope: .group)
    }

    /// Throws unless `profile` is an account that can be signed in to, or has no password yet.
    func check(_ account: AccountProfile, of id: AccountID) throws {
        _ = try profile(of: account.staff)
        guard id == AccountID(of: account.staff) else { throw CommandRefusal(.invalid, "the account is not that person's") }
        if !account.passwordHash.isEmpty {
            do { _ = try PasswordHash(text: account.passwordHash) } catch {
                throw CommandRefusal(.invalid, "the password's hash: \(error.message)")
            }
        }
        guard account.secondFactor.isEmpty || account.secondFactor.count == AccountProfile.secondFactorBytes else {
            throw CommandRefusal(
                .invalid, "a second factor has \(AccountProfile.secondFactorBytes) bytes, found \(account.secondFactor.count)")
        }
    }

    /// Throws unless `token` belongs to somebody and can be found by its hash.
    func check(_ token: TokenProfile) throws {
        _ = try profile(of: token.staff)
        guard token.hash.count == Digest.byteCount else { throw CommandRefusal(.invalid, "a token's hash has \(Digest.byteCount) bytes") }
    }

    /// Throws unless `authority` is named by its certificate and made where a member may change the roster: whoever it is that people are
    /// told to trust, an administrator's node has said so.
    func check(_ authority: AuthorityProfile, of id: AuthorityID) throws {
        guard node.state.roster.members[node.member]?.isAdministrator == true else {
            throw CommandRefusal(.notAllowed, "an authority of the pages is made at an administrator's node, and this is none")
        }
        guard (1...AuthorityProfile.certificateBytesMax).contains(authority.certificate.count),
            authority.key.count == AuthorityProfile.keyBytes
        else { throw CommandRefusal(.invalid, "the authority's certificate or key does not have the size of one") }
        guard id == AuthorityID(ofCertificate: authority.certificate) else {
            throw CommandRefusal(.invalid, "the authority is not named by its certificate")
        }
        guard try transaction.authority(id) == nil else { throw CommandRefusal(.conflict, "that authority is known already") }
    }

    /// Writes audit entries as one change set.
    mutating func record(_ entries: [AuditEntry], by actor: Actor) throws -> CommandOutcome {
        guard actor == .system else { throw CommandRefusal(.notAllowed, "the audit is written by the node, not by people") }
        guard entries.count <= Self.auditMax else {
            throw CommandRefusal(.invalid, "\(entries.count) audit entries at once; the limit is \(Self.auditMax)")
        }
        for entry in entries { try checkSizes([entry.address, entry.detail]) }
        var outcome = CommandOutcome()
        guard !entries.isEmpty else { return outcome }
        var draft = ActionDraft()
        for entry in entries { draft.add(.audit(entry)) }
        outcome.dot = try author(draft, by: actor)
        return outcome
    }
}

extension AuthorityID {
    /// The id of the authority with that certificate: the first 16 bytes of its hash.
    public init(ofCertificate certificate: [UInt8]) {
        let bytes = Digest.hash(Domain("suture/authority"), certificate).bytes
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: number(bytes[0..<8]), low: number(bytes[8..<16]))
    }
}

extension BrainState {
    /// What kind of node `member` is to the access policy.
    func device(of member: MemberID) -> AccessDevice {
        roster.members[member]?.kind == .laptop ? .laptop : .office
    }
}
