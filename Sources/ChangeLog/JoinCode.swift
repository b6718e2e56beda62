public import Vault

/// What a device and the node that invites it have agreed on, as eight digits that two people compare on the phone.
///
/// Each side contributes a random number. The device commits to its own before it sees the other, and neither can choose its
/// number after it knows both; so somebody in between, who plays the node to the device and the device to the node, gets two
/// codes that are equal once in a hundred million tries, and has a few tries.
public struct JoinCode: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes each side's random number has: 32.
    public static let nonceBytes = 32
    /// How many digits a code has: 8.
    public static let digitCount = 8

    /// Eight digits.
    public let digits: String

    /// The code of a device and a node. Numbers must have `nonceBytes` bytes.
    ///
    /// - Parameters:
    ///   - group: The group.
    ///   - member: The serialized `Member` that the device asks to become.
    ///   - inviter: The CURVE key of the inviting node, as its connection proves it.
    ///   - deviceNonce: The device's random number.
    ///   - inviterNonce: The inviting node's random number.
    public init(
        group: GroupID, member: [UInt8], inviter: CurvePublicKey, deviceNonce: [UInt8], inviterNonce: [UInt8]
    ) {
        var hashing = Self.hashing(LogDomain.joinCode, group, member, inviter)
        hashing.update(deviceNonce)
        hashing.update(inviterNonce)
        let value = hashing.finalize().bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let text = String(value % 100_000_000)
        digits = String(repeating: "0", count: Self.digitCount - text.count) + text
    }

    /// What the device sends before it knows the node's number.
    public static func commitment(
        group: GroupID, member: [UInt8], inviter: CurvePublicKey, deviceNonce: [UInt8]
    ) -> Digest {
        var hashing = hashing(LogDomain.joinCommitment, group, member, inviter)
        hashing.update(deviceNonce)
        return hashing.finalize()
    }

    /// Whether `text` is this code, as people write it: blanks and hyphens between the digits do not count.
    public func matches(_ text: String) -> Bool { text.filter { !$0.isWhitespace && $0 != "-" } == digits }

    /// The digits in two groups, for reading aloud.
    public var description: String { "\(digits.prefix(4)) \(digits.suffix(4))" }

    /// All parts have one length, so that none can be taken for another.
    private static func hashing(
        _ domain: Domain, _ group: GroupID, _ member: [UInt8], _ inviter: CurvePublicKey
    ) -> Hashing {
        var hashing = Hashing(domain)
        hashing.update(group.digest)
        hashing.update(Digest.hash(LogDomain.join, member))
        hashing.update(inviter.bytes)
        return hashing
    }
}
