public import Causality

extension ThreadOpening: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        patient.encode(into: &writer)
        office.encode(into: &writer)
        category.encode(into: &writer)
        urgency.encode(into: &writer)
        queue.encode(into: &writer)
        writer.string(language)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let patient = try PatientID(from: &reader)
        let office = try OfficeID(from: &reader)
        let category = try CategoryID(from: &reader)
        let urgency = try UrgencyClass(from: &reader)
        let queue = try QueueID(from: &reader)
        self.init(
            patient: patient, office: office, category: category, urgency: urgency, queue: queue,
            language: try reader.text())
    }
}

extension OwnershipClaim: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        owner.encode(into: &writer)
        writer.byte(rank.rawValue)
        writer.byte(act.rawValue)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let owner = try Owner(from: &reader)
        let rank = try reader.enumerated(Rank.self, "claim rank")
        self.init(owner: owner, rank: rank, act: try reader.enumerated(OwnershipAct.self, "ownership act"))
    }
}

extension FiledCategory: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        category.encode(into: &writer)
        urgency.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let category = try CategoryID(from: &reader)
        self.init(category, try UrgencyClass(from: &reader))
    }
}

extension EscalationLevel: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.byte(value) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) { self.init(try reader.byte()) }
}

extension DueTime: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.optional(milliseconds) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) { self.init(try reader.optional(Int64.self)) }
}

extension Snooze: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.optional(until)
        seen.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let until = try reader.optional(Int64.self)
        self.init(until: until, seen: try VersionVector(from: &reader))
    }
}

extension TagEntry: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.string(tag)
        writer.list(added)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        tag = try reader.text()
        added = try reader.list(Dot.self)
    }
}

extension AttentionItem: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        stamp.encode(into: &writer)
        writer.byte(kind.rawValue)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        stamp = try Stamp(from: &reader)
        kind = try reader.enumerated(Kind.self, "kind of attention")
    }
}

extension ResolutionMark: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.string(outcome)
        told.encode(into: &writer)
        by.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let outcome = try reader.text()
        let told = try PatientTold(from: &reader)
        self.init(outcome: outcome, told: told, by: try Actor(from: &reader))
    }
}

extension AnsweredMessage: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        message.encode(into: &writer)
        writer.list(replies)
        writer.varint(UInt64(settled.count))
        for group in settled { writer.list(group) }
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let message = try Dot(from: &reader)
        let replies = try reader.list(Dot.self)
        var settled: [[Dot]] = []
        for _ in 0..<(try reader.count()) { settled.append(try reader.list(Dot.self)) }
        self.init(message: message, replies: replies, settled: settled)
    }
}

extension DraftEntry: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        staff.encode(into: &writer)
        values.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        staff = try StaffID(from: &reader)
        values = try LiveValues(from: &reader)
    }
}

extension ReadMark: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        staff.encode(into: &writer)
        seen.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        staff = try StaffID(from: &reader)
        seen = try VersionVector(from: &reader)
    }
}

extension MergeTarget: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.optional(thread) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self.init(try reader.optional(ThreadID.self))
    }
}

extension ContentKeyEntry: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.fixed32(tag)
        reference.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        tag = try reader.fixed32()
        reference = try ContentReference(from: &reader)
    }
}
