public import Causality

/// How somebody who works for the group proves who they are. Replicated, so that people sign in while their office is cut off.
///
/// One document for each person, written whole. Whether the account is in use at all says the person's `StaffProfile`.
public struct AccountProfile: Hashable, Sendable {
    /// Whose account.
    public let staff: StaffID
    /// The Argon2id hash of the password in its text form; empty while no password was set.
    public let passwordHash: String
    /// The shared secret of the second factor (RFC 6238, 20 bytes); empty while there is none.
    public let secondFactor: [UInt8]
    /// Whether the password was chosen by somebody else and must be changed at the next sign-in.
    public let mustChange: Bool
    /// Sessions that began before this moment have ended. Milliseconds since 1970; 0 for none.
    public let endedBefore: Int64

    /// Bytes of a second factor's secret.
    public static let secondFactorBytes = 20

    /// An account from its parts.
    public init(
        staff: StaffID, passwordHash: String = "", secondFactor: [UInt8] = [], mustChange: Bool = false, endedBefore: Int64 = 0
    ) {
        self.staff = staff
        self.passwordHash = passwordHash
        self.secondFactor = secondFactor
        self.mustChange = mustChange
        self.endedBefore = endedBefore
    }
}

extension AccountID {
    /// The one account of a person: the same wherever it is made first.
    public init(of staff: StaffID) { self.init(high: staff.high ^ Self.mark, low: staff.low ^ Self.mark) }

    /// Keeps the ids of people and of their accounts apart.
    private static var mark: UInt64 { 0x0061_6363_6F75_6E74 }
}

extension AccountProfile: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        staff.encode(into: &writer)
        writer.string(passwordHash)
        writer.string(secondFactor)
        writer.flag(mustChange)
        writer.fixed64(UInt64(bitPattern: endedBefore))
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let staff = try StaffID(from: &reader)
        let passwordHash = try reader.text()
        let secondFactor = try reader.bytes()
        let mustChange = try reader.flag()
        self.init(
            staff: staff, passwordHash: passwordHash, secondFactor: secondFactor, mustChange: mustChange,
            endedBefore: Int64(bitPattern: try reader.fixed64()))
    }
}
