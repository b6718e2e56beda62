import ChangeLog
import OfficeNode
import Vault

extension SimulatedGroup {
    /// The secret keys of the group's recovery signers, of whom two of three must sign.
    private static let signerCount = 3

    /// Who can appoint an administrator of the group when the last one is lost.
    func recoverySigners() throws -> RecoverySigners {
        let signers = try (0..<Self.signerCount).map { try RecoveryKey.signer(try signerKey($0).keyText) }
        return RecoverySigners(signers: signers, threshold: Self.signerCount / 2 + 1)
    }

    private func signerKey(_ number: Int) throws -> RecoveryKey {
        try RecoveryKey(random: SeededRandomSource(seed: seed, stream: "recovery signer \(number)"))
    }

    /// Lets an administrator's node do something about members and keys. Throws what `submit` throws.
    ///
    /// - Parameters:
    ///   - member: Whom it is about; nil where it is about nobody.
    func administer(
        _ deed: MembershipDeed, member: MemberID?, at node: SimulatedNode
    ) throws -> Result<CommandOutcome, CommandRefusal> {
        let command: AdministrativeCommand
        let member = member ?? node.identity.member
        switch deed {
        case .revoke: command = .revoke(member, reason: "lost or stolen")
        case .retire: command = .retire(member, reason: "not needed any more")
        case .promote: command = .setRole(member, MemberRole(isAdministrator: true))
        case .rotate: command = .rotate
        case .recover:
            let order = try node.reader.recoveryOrder(for: member)
            let signatures = try (0..<2).map { try RecoveryKey.signature(try signerKey($0).sign(orderText: order)) }
            command = .recover(order: try RecoveryKey.order(order), signatures)
        }
        return try submit(.administer(command), at: node)
    }
}
