import Causality
import InboxModel

// Nil is "a value that a newer version wrote", as for all kinds.
extension ChangeDecoder {
    static func account(_ source: ByteReader) throws(ByteReader.Failure) -> AccountProfile? {
        var reader = source
        var staff: StaffID?
        var passwordHash = ""
        var secondFactor: [UInt8] = []
        var mustChange = false
        var endedBefore: UInt64 = 0
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: staff = try reader.identifier(tag)
            case 2: passwordHash = try reader.label(tag)
            case 3: secondFactor = try secret(tag, &reader)
            case 4: mustChange = try reader.number(tag) != 0
            case 5: endedBefore = try reader.number(tag)
            default: try reader.skip(tag)
            }
        }
        return staff.map {
            AccountProfile(
                staff: $0, passwordHash: passwordHash, secondFactor: secondFactor, mustChange: mustChange,
                endedBefore: Int64(bitPattern: endedBefore))
        }
    }

    static func token(_ source: ByteReader) throws(ByteReader.Failure) -> TokenProfile? {
        var reader = source
        var name = ""
        var staff: StaffID?
        var hash: [UInt8] = []
        var scopes: UInt64 = 0
        var expires: UInt64 = 0
        var isRevoked = false
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: name = try reader.label(tag)
            case 2: staff = try reader.identifier(tag)
            case 3: hash = try secret(tag, &reader)
            case 4: scopes = try reader.number(tag)
            case 5: expires = try reader.number(tag)
            case 6: isRevoked = try reader.number(tag) != 0
            default: try reader.skip(tag)
            }
        }
        guard let staff, let scopes = UInt8(exactly: scopes) else { return nil }
        return TokenProfile(
            name: name, staff: staff, hash: hash, scopes: TokenProfile.Scopes(rawValue: scopes),
            expires: Int64(bitPattern: expires), isRevoked: isRevoked)
    }

    static func authority(_ source: ByteReader) throws(ByteReader.Failure) -> AuthorityProfile? {
        var reader = source
        var certificate: [UInt8] = []
        var key: [UInt8] = []
        var generation: UInt64 = 0
        var begins: UInt64 = 0
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: certificate = try secret(tag, &reader, bytesMax: AuthorityProfile.certificateBytesMax)
            case 2: key = try secret(tag, &reader)
            case 3: generation = try reader.number(tag)
            case 4: begins = try reader.number(tag)
            default: try reader.skip(tag)
            }
        }
        guard let generation = UInt32(exactly: generation) else { return nil }
        return AuthorityProfile(certificate: certificate, key: key, generation: generation, begins: Int64(bitPattern: begins))
    }

    static func audit(_ source: ByteReader) throws(ByteReader.Failure) -> AuditEntry? {
        var reader = source
        var at: UInt64 = 0
        var action: AuditEntry.Action? = .signIn
        var outcome: AuditEntry.Outcome? = .done
        var staff: StaffID?
        var role: Role?
        var patient: PatientID?
        var thread: ThreadID?
        var address = ""
        var detail = ""
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: at = try reader.number(tag)
            case 2: action = try known(AuditEntry.Action.self, try reader.number(tag))
            case 3: outcome = try known(AuditEntry.Outcome.self, try reader.number(tag))
            case 4: staff = try reader.identifier(tag)
            case 5: role = try known(Role.self, try reader.number(tag))
            case 6: patient = try reader.identifier(tag)
            case 7: thread = try reader.identifier(tag)
            case 8: address = try reader.label(tag)
            case 9: detail = try reader.label(tag)
            default: try reader.skip(tag)
            }
        }
        guard let action, let outcome else { return nil }
        return AuditEntry(
            at: Int64(bitPattern: at), action: action, outcome: outcome, staff: staff, role: role, patient: patient, thread: thread,
            address: address, detail: detail)
    }

    private static func secret(
        _ tag: FieldTag, _ reader: inout ByteReader, bytesMax: Int = LogLimits.labelBytesMax
    ) throws(ByteReader.Failure) -> [UInt8] {
        let bytes = try reader.delimited(tag)
        guard bytes.count <= bytesMax else { throw reader.failure(.malformed("bytes beyond the limit")) }
        return Array(bytes)
    }
}
