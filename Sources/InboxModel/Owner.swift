public import Causality

/// Who is accountable for a thread's next step: one person or one queue.
public enum Owner: Hashable, Comparable, Sendable {
    /// The people who together receive a category.
    case queue(QueueID)
    /// One person.
    case staff(StaffID)

    /// The person, if it is one.
    public var staff: StaffID? {
        if case .staff(let id) = self { id } else { nil }
    }

    /// The queue, if it is one.
    public var queue: QueueID? {
        if case .queue(let id) = self { id } else { nil }
    }
}

extension Owner: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .queue(let id):
            writer.byte(0)
            id.encode(into: &writer)
        case .staff(let id):
            writer.byte(1)
            id.encode(into: &writer)
        }
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let start = reader
        switch try reader.byte() {
        case 0: self = .queue(try QueueID(from: &reader))
        case 1: self = .staff(try StaffID(from: &reader))
        default: throw start.failure(.malformed("an unknown owner"))
        }
    }
}
