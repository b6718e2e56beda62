public import Causality

extension LegalHold: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.string(token)
        writer.string(reason)
        writer.optional(review)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let token = try reader.text()
        let reason = try reader.text()
        self.init(token: token, reason: reason, review: try reader.optional(Int64.self))
    }
}

extension PurgeMark: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        stamp.encode(into: &writer)
        writer.string(order.reason)
        writer.string(order.retentionClass)
        by.encode(into: &writer)
        seen.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let stamp = try Stamp(from: &reader)
        let reason = try reader.text()
        let order = PurgeOrder(reason: reason, retentionClass: try reader.text())
        let by = try Actor(from: &reader)
        self.init(stamp: stamp, order: order, by: by, seen: try VersionVector(from: &reader))
    }
}

extension PurgeNote: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        purge.encode(into: &writer)
        writer.byte(step.rawValue)
        stamp.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let purge = try Dot(from: &reader)
        let step = try reader.enumerated(PurgeStep.self, "step of a purge")
        self.init(purge: purge, step: step, stamp: try Stamp(from: &reader))
    }
}
