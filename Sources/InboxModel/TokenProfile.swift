public import Causality

/// A key by which a program uses the JSON API for a person, with no more rights than that person.
public struct TokenProfile: Hashable, Sendable {
    /// What a token may be used for.
    public struct Scopes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        /// Scopes from their bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Reading threads, patients and the directory.
        public static let read = Scopes(rawValue: 1 << 0)
        /// Working threads and records.
        public static let write = Scopes(rawValue: 1 << 1)
        /// Reading and exporting the audit.
        public static let audit = Scopes(rawValue: 1 << 2)
        /// People, accounts and members.
        public static let administer = Scopes(rawValue: 1 << 3)
        /// All of them.
        public static let all: Scopes = [.read, .write, .audit, .administer]
    }

    /// What it is for, in its owner's words.
    public let name: String
    /// For whom it acts.
    public let staff: StaffID
    /// The hash of the token: the token itself is shown once and kept nowhere.
    public let hash: [UInt8]
    /// What it may be used for.
    public let scopes: Scopes
    /// When it ends, in milliseconds since 1970.
    public let expires: Int64
    /// Whether it was taken back.
    public let isRevoked: Bool

    /// A token from its parts.
    public init(name: String, staff: StaffID, hash: [UInt8], scopes: Scopes, expires: Int64, isRevoked: Bool = false) {
        self.name = name
        self.staff = staff
        self.hash = hash
        self.scopes = scopes
        self.expires = expires
        self.isRevoked = isRevoked
    }
}

extension TokenProfile: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.string(name)
        staff.encode(into: &writer)
        writer.string(hash)
        writer.byte(scopes.rawValue)
        writer.fixed64(UInt64(bitPattern: expires))
        writer.flag(isRevoked)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let name = try reader.text()
        let staff = try StaffID(from: &reader)
        let hash = try reader.bytes()
        let scopes = Scopes(rawValue: try reader.byte())
        let expires = Int64(bitPattern: try reader.fixed64())
        self.init(name: name, staff: staff, hash: hash, scopes: scopes, expires: expires, isRevoked: try reader.flag())
    }
}
