import Causality
import InboxModel

extension ChangeEncoder {
    static func encode(_ profile: AccountProfile, into writer: inout ByteWriter) {
        writer.identifier(1, profile.staff)
        writer.text(2, profile.passwordHash)
        if !profile.secondFactor.isEmpty { writer.message(3) { $0.raw(profile.secondFactor) } }
        writer.number(4, profile.mustChange ? 1 : 0)
        writer.number(5, UInt64(bitPattern: profile.endedBefore))
    }

    static func encode(_ profile: TokenProfile, into writer: inout ByteWriter) {
        writer.text(1, profile.name)
        writer.identifier(2, profile.staff)
        writer.message(3) { $0.raw(profile.hash) }
        writer.number(4, UInt64(profile.scopes.rawValue))
        writer.number(5, UInt64(bitPattern: profile.expires))
        writer.number(6, profile.isRevoked ? 1 : 0)
    }

    static func encode(_ profile: AuthorityProfile, into writer: inout ByteWriter) {
        writer.message(1) { $0.raw(profile.certificate) }
        writer.message(2) { $0.raw(profile.key) }
        writer.number(3, UInt64(profile.generation))
        writer.number(4, UInt64(bitPattern: profile.begins))
    }

    static func encode(_ entry: AuditEntry, into writer: inout ByteWriter) {
        writer.number(1, UInt64(bitPattern: entry.at))
        writer.number(2, UInt64(entry.action.rawValue))
        writer.number(3, UInt64(entry.outcome.rawValue))
        if let staff = entry.staff { writer.identifier(4, staff) }
        // Present also where it is the first role: absent means that nobody was signed in.
        if let role = entry.role { writer.explicitNumber(5, UInt64(role.rawValue)) }
        if let patient = entry.patient { writer.identifier(6, patient) }
        if let thread = entry.thread { writer.identifier(7, thread) }
        writer.text(8, entry.address)
        writer.text(9, entry.detail)
    }
}
