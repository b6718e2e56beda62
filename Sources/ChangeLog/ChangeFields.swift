import Causality
import InboxModel

// Reading and writing of the small values that several kinds of change share.

extension ByteWriter {
    mutating func identifier<Entity>(_ field: UInt32, _ id: EntityID<Entity>) {
        tag(field, .lengthDelimited)
        byte(16)
        fixed64(id.high)
        fixed64(id.low)
    }

    mutating func actor(_ field: UInt32, _ actor: Actor) {
        switch actor {
        case .system: break
        case .staff(let id): message(field) { $0.identifier(1, id) }
        case .patient(let id): message(field) { $0.identifier(2, id) }
        case .automation(let rule): message(field) { $0.explicitText(3, rule) }
        }
    }

    mutating func owner(_ field: UInt32, _ owner: Owner) {
        switch owner {
        case .queue(let id): message(field) { $0.identifier(1, id) }
        case .staff(let id): message(field) { $0.identifier(2, id) }
        }
    }

    mutating func moment(_ field: UInt32, _ milliseconds: Int64?) {
        message(field) { writer in
            if let value = milliseconds {
                writer.explicitNumber(1, UInt64(bitPattern: (value << 1) ^ (value >> 63)))
            }
        }
    }
}

extension ByteReader {
    @inline(__always)
    mutating func identifier<Entity>(_ tag: FieldTag) throws(Failure) -> EntityID<Entity> {
        try Self.identifier(try delimited(tag), at: self)
    }

    static func identifier<Entity>(
        _ bytes: UnsafeRawBufferPointer, at place: ByteReader
    ) throws(Failure) -> EntityID<Entity> {
        guard bytes.count == 16 else { throw place.failure(.malformed("an id that is not 16 bytes")) }
        return EntityID(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    mutating func index(_ tag: FieldTag) throws(Failure) -> UInt16 {
        let value = try number(tag)
        guard value < UInt64(LogLimits.contentsMax) else { throw failure(.malformed("a content number beyond the limit")) }
        return UInt16(value)
    }

    mutating func label(_ tag: FieldTag) throws(Failure) -> String {
        let text = try string(tag)
        if text.utf8.count > LogLimits.labelBytesMax { throw failure(.malformed("text beyond the limit")) }
        return text
    }

    mutating func actor() throws(Failure) -> Actor {
        var actor = Actor.system
        while let tag = try nextField() {
            switch tag.number {
            case 1: actor = .staff(try identifier(tag))
            case 2: actor = .patient(try identifier(tag))
            case 3: actor = .automation(try label(tag))
            default: try skip(tag)
            }
        }
        return actor
    }

    mutating func owner() throws(Failure) -> Owner? {
        var owner: Owner?
        while let tag = try nextField() {
            switch tag.number {
            case 1: owner = .queue(try identifier(tag))
            case 2: owner = .staff(try identifier(tag))
            default: try skip(tag)
            }
        }
        return owner
    }

    mutating func moment() throws(Failure) -> Int64? {
        var result: Int64?
        while let tag = try nextField() {
            if tag.number == 1 {
                let raw = try number(tag)
                result = Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
            } else {
                try skip(tag)
            }
        }
        return result
    }
}
