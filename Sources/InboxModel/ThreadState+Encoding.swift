public import Causality

extension ThreadState: CanonicalCodable {
    /// The first byte of the form; raised when it changes, so that a replica of an older form is rebuilt from its log.
    private static let version: UInt8 = 1

    public func encode(into writer: inout ByteWriter) {
        writer.byte(Self.version)
        id.encode(into: &writer)
        clock.encode(into: &writer)
        openings.encode(into: &writer)
        owners.encode(into: &writer)
        offers.encode(into: &writer)
        categories.encode(into: &writer)
        offices.encode(into: &writer)
        subjects.encode(into: &writer)
        languages.encode(into: &writer)
        priorities.encode(into: &writer)
        reviews.encode(into: &writer)
        escalations.encode(into: &writer)
        dues.encode(into: &writer)
        snoozes.encode(into: &writer)
        writer.list(tags)
        writer.list(attention)
        inboundClock.encode(into: &writer)
        resolutions.encode(into: &writer)
        writer.list(answered)
        writer.list(drafts)
        writer.list(readMarks)
        merges.encode(into: &writer)
        writer.list(contentKeys)
        writer.varint(messageCount)
        writer.optional(lastInbound)
        writer.optional(lastOutbound)
        writer.optional(lastActivity)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        guard try reader.byte() == Self.version else { throw reader.failure(.malformed("thread state of another version")) }
        self.init(id: try ThreadID(from: &reader))
        clock = try VersionVector(from: &reader)
        openings = try LiveValues(from: &reader)
        owners = try LiveValues(from: &reader)
        offers = try LiveValues(from: &reader)
        categories = try LiveValues(from: &reader)
        offices = try LiveValues(from: &reader)
        subjects = try LiveValues(from: &reader)
        languages = try LiveValues(from: &reader)
        priorities = try LiveValues(from: &reader)
        reviews = try LiveValues(from: &reader)
        escalations = try LiveValues(from: &reader)
        dues = try LiveValues(from: &reader)
        snoozes = try LiveValues(from: &reader)
        tags = try reader.list(TagEntry.self)
        attention = try reader.list(AttentionItem.self)
        inboundClock = try VersionVector(from: &reader)
        resolutions = try LiveValues(from: &reader)
        answered = try reader.list(AnsweredMessage.self)
        drafts = try reader.list(DraftEntry.self)
        readMarks = try reader.list(ReadMark.self)
        merges = try LiveValues(from: &reader)
        contentKeys = try reader.list(ContentKeyEntry.self)
        messageCount = try reader.varint()
        lastInbound = try reader.optional(Stamp.self)
        lastOutbound = try reader.optional(Stamp.self)
        lastActivity = try reader.optional(Stamp.self)
    }
}
