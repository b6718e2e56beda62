public import Causality

/// The live versions of one document of the directory.
public struct DocumentState<Profile: Hashable & Sendable & CanonicalCodable>: Hashable, Sendable {
    /// The join of the dots of all changes applied.
    public private(set) var clock = VersionVector()
    /// The versions that no later one has seen.
    public private(set) var versions = LiveValues<Profile>()

    /// A document of which nothing is known yet.
    public init() {}

    /// The version in force: the newest.
    public var current: Profile? { versions.latest?.value }

    /// Whether people wrote it while apart and nobody has settled it.
    public var isConflicted: Bool { versions.isConcurrent && Set(versions.entries.map(\.value)).count > 1 }

    /// Merges one version. Callers apply change sets in causal order, each once.
    public mutating func apply(_ profile: Profile, context: VersionVector, of set: ChangeSet) {
        clock.advance(to: set.dot)
        versions.write(profile, at: set.stamp, seen: SeenContext(context, own: set.dot))
    }
}

extension DocumentState: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        clock.encode(into: &writer)
        versions.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        clock = try VersionVector(from: &reader)
        versions = try LiveValues(from: &reader)
    }
}

extension OfficeProfile: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        for text in [key, name, timeZone] { writer.string(text) }
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let key = try reader.text()
        let name = try reader.text()
        self.init(key: key, name: name, timeZone: try reader.text())
    }
}

extension StaffProfile: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.string(key)
        writer.string(name)
        role.encode(into: &writer)
        writer.list(offices)
        writer.list(languages)
        writer.flag(isActive)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let key = try reader.text()
        let name = try reader.text()
        let role = try Role(from: &reader)
        let offices = try reader.list(OfficeID.self)
        let languages = try reader.list(String.self)
        self.init(
            key: key, name: name, role: role, offices: offices, languages: languages, isActive: try reader.flag())
    }
}

extension QueueProfile: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.string(key)
        writer.string(name)
        writer.optional(office)
        writer.list(members)
        writer.optional(primary)
        writer.optional(backup)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let key = try reader.text()
        let name = try reader.text()
        let office = try reader.optional(OfficeID.self)
        let members = try reader.list(StaffID.self)
        let primary = try reader.optional(StaffID.self)
        self.init(
            key: key, name: name, office: office, members: members, primary: primary,
            backup: try reader.optional(StaffID.self))
    }
}

extension CategoryProfile: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.string(key)
        writer.string(name)
        urgency.encode(into: &writer)
        writer.flag(needsReview)
        writer.fixed32(responseMinutes)
        writer.list(destinations)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let key = try reader.text()
        let name = try reader.text()
        let urgency = try UrgencyClass(from: &reader)
        let needsReview = try reader.flag()
        let responseMinutes = try reader.fixed32()
        self.init(
            key: key, name: name, urgency: urgency, needsReview: needsReview, responseMinutes: responseMinutes,
            destinations: try reader.list(Destination.self))
    }
}

extension CategoryProfile.Destination: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        office.encode(into: &writer)
        queue.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let office = try OfficeID(from: &reader)
        self.init(office: office, queue: try QueueID(from: &reader))
    }
}
