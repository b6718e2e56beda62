import Causality
import InboxModel

// Holds and purges; each function takes a reader over the kind's own message.
extension ChangeDecoder {
    static func hold(_ source: ByteReader) throws(ByteReader.Failure) -> LegalHold {
        var reader = source
        var token = ""
        var reason = ""
        var review: Int64?
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: token = try reader.label(tag)
            case 2: reason = try reader.label(tag)
            case 3:
                var inner = ByteReader(try reader.delimited(tag))
                review = try inner.moment()
            default: try reader.skip(tag)
            }
        }
        return LegalHold(token: token, reason: reason, review: review)
    }

    static func purge(_ source: ByteReader) throws(ByteReader.Failure) -> PurgeOrder {
        var reader = source
        var reason = ""
        var retentionClass = ""
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: reason = try reader.label(tag)
            case 2: retentionClass = try reader.label(tag)
            default: try reader.skip(tag)
            }
        }
        return PurgeOrder(reason: reason, retentionClass: retentionClass)
    }

    /// Nil where the step is one that a newer version wrote, or where not exactly one purge is named.
    static func purgeNote(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var purges: [Dot] = []
        var step: PurgeStep? = .acknowledged
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1:
                var inner = ByteReader(try reader.delimited(tag))
                purges = try inner.packedDots()
            case 2: step = try known(PurgeStep.self, try reader.number(tag))
            default: try reader.skip(tag)
            }
        }
        guard let step, let purge = purges.first, purges.count == 1 else { return nil }
        return .purgeNoted(step, of: purge)
    }
}
