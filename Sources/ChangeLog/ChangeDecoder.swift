import Causality
import InboxModel

/// Reads the changes of one set. A kind, or a value inside a kind, that this version does not know makes the change
/// `.unknown`; only bytes that break the wire form throw.
struct ChangeDecoder {
    private var entity: (high: UInt64, low: UInt64) = (0, 0)
    private var context = VersionVector()

    mutating func decode(_ buffer: UnsafeRawBufferPointer) throws(ByteReader.Failure) -> Change {
        var reader = ByteReader(buffer)
        var change: Change?
        var unknown: UInt32 = 0
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1:
                let id: ThreadID = try reader.identifier(tag)
                entity = (id.high, id.low)
            case 2:
                var inner = ByteReader(try reader.delimited(tag))
                context = try inner.packedClock()
            case 3...34:
                unknown = tag.number
                change = try threadChange(tag, &reader).map { [entity, context] in
                    .thread(EntityID(high: entity.high, low: entity.low), context: context, $0)
                }
            case 40...43:
                unknown = tag.number
                change = try Self.patientChange(tag, &reader).map { [entity, context] in
                    .patient(EntityID(high: entity.high, low: entity.low), context: context, $0)
                }
            case 50...56:
                unknown = tag.number
                change = try directoryDocument(tag, &reader).map { [context] in .directory($0, context: context) }
            case 60:
                unknown = tag.number
                change = try Self.audit(ByteReader(try reader.delimited(tag))).map { .audit($0) }
            default:
                if change == nil { unknown = tag.number }
                try reader.skip(tag)
            }
        }
        return change ?? .unknown(UnknownChange(number: unknown))
    }

    private func threadChange(
        _ tag: FieldTag, _ reader: inout ByteReader
    ) throws(ByteReader.Failure) -> ThreadChange? {
        switch tag.number {
        case 3: try Self.opening(ByteReader(try reader.delimited(tag)))
        case 4: .subject(content: try reader.index(tag))
        case 5: try Self.message(ByteReader(try reader.delimited(tag)))
        case 6: try Self.note(ByteReader(try reader.delimited(tag)))
        case 7: try Self.correction(ByteReader(try reader.delimited(tag)))
        case 8: try Self.ownership(ByteReader(try reader.delimited(tag)))
        case 9: try Self.resolved(ByteReader(try reader.delimited(tag)))
        case 10: .reopened(note: try Self.optionalContent(ByteReader(try reader.delimited(tag))))
        case 11: try Self.known(Priority.self, try reader.number(tag)).map { .priority($0) }
        case 12: .review(try reader.number(tag) != 0)
        case 13: .escalated(level: UInt8(clamping: try reader.number(tag)))
        case 14: try Self.empty(tag, &reader, .escalationAcknowledged)
        case 15: try Self.category(ByteReader(try reader.delimited(tag)))
        case 16: .due(try Self.moment(tag, &reader))
        case 17: .snoozed(until: try Self.moment(tag, &reader))
        case 18: .tagged(try reader.label(tag))
        case 19: .untagged(try reader.label(tag))
        case 20: try Self.empty(tag, &reader, .read)
        case 21: .draft(content: try Self.optionalContent(ByteReader(try reader.delimited(tag))))
        case 22: .moved(try reader.identifier(tag))
        case 23: .language(try reader.label(tag))
        case 24: try Self.merged(tag, &reader)
        case 25: try Self.contentKey(ByteReader(try reader.delimited(tag)))
        case 26: try Self.empty(tag, &reader, .answeredTwiceAcknowledged)
        case 27: .holdPlaced(try Self.hold(ByteReader(try reader.delimited(tag))))
        case 28: .holdReleased(token: try reader.label(tag))
        case 29: .purged(try Self.purge(ByteReader(try reader.delimited(tag))))
        case 30: try Self.purgeNote(ByteReader(try reader.delimited(tag)))
        case 31: try Self.split(ByteReader(try reader.delimited(tag)))
        case 32: try Self.continuation(ByteReader(try reader.delimited(tag)))
        case 33: try Self.share(ByteReader(try reader.delimited(tag)))
        default: .unshared(try reader.identifier(tag))
        }
    }

    private static func patientChange(
        _ tag: FieldTag, _ reader: inout ByteReader
    ) throws(ByteReader.Failure) -> PatientChange? {
        switch tag.number {
        case 40: try details(ByteReader(try reader.delimited(tag)))
        case 41: try consent(ByteReader(try reader.delimited(tag)))
        case 42: .linked(try reader.identifier(tag))
        default: .unlinked(try reader.identifier(tag))
        }
    }

    private func directoryDocument(
        _ tag: FieldTag, _ reader: inout ByteReader
    ) throws(ByteReader.Failure) -> DirectoryDocument? {
        let inner = ByteReader(try reader.delimited(tag))
        let (high, low) = (entity.high, entity.low)
        switch tag.number {
        case 50: return .office(OfficeID(high: high, low: low), try Self.office(inner))
        case 51: return try Self.staff(inner).map { .staff(StaffID(high: high, low: low), $0) }
        case 52: return .queue(QueueID(high: high, low: low), try Self.queue(inner))
        case 53: return try Self.category(profile: inner).map { .category(CategoryID(high: high, low: low), $0) }
        case 54: return try Self.account(inner).map { .account(AccountID(high: high, low: low), $0) }
        case 55: return try Self.token(inner).map { .token(TokenID(high: high, low: low), $0) }
        default: return try Self.authority(inner).map { .authority(AuthorityID(high: high, low: low), $0) }
        }
    }

    static func known<Value: RawRepresentable>(
        _ type: Value.Type, _ raw: UInt64
    ) throws(ByteReader.Failure) -> Value? where Value.RawValue == UInt8 {
        UInt8(exactly: raw).flatMap { Value(rawValue: $0) }
    }

    private static func empty(
        _ tag: FieldTag, _ reader: inout ByteReader, _ change: ThreadChange
    ) throws(ByteReader.Failure) -> ThreadChange {
        _ = try reader.delimited(tag)
        return change
    }

    private static func moment(_ tag: FieldTag, _ reader: inout ByteReader) throws(ByteReader.Failure) -> Int64? {
        var inner = ByteReader(try reader.delimited(tag))
        return try inner.moment()
    }

    private static func merged(_ tag: FieldTag, _ reader: inout ByteReader) throws(ByteReader.Failure) -> ThreadChange {
        let bytes = try reader.delimited(tag)
        return bytes.isEmpty ? .mergedInto(nil) : .mergedInto(try ByteReader.identifier(bytes, at: reader))
    }
}
