import Causality
import Foundation
import InboxModel
import SwiftProtobuf
import Testing
import Vault
import WireProtocol

@testable import ChangeLog

@Suite("Changes that a newer version wrote")
struct UnknownChangeTests {
    private static let dot = Dot(ReplicaID(0xA1), 1)

    @Test(
        "a kind of an unknown number is unknown, and the changes around it are read",
        arguments: [UInt32(35), 39, 44, 99, 5000])
    func unknownKind(number: UInt32) throws {
        var unknown = ByteWriter()
        unknown.message(number) { $0.text(1, "whatever") }
        let body = try decodeChanges([.known, .raw(unknown.bytes), .known])
        #expect(body.set.changes.count == 3)
        #expect(body.set.changes[1] == .unknown(UnknownChange(number: number)))
        #expect(body.set.changes[0] == body.set.changes[2])
    }

    @Test(
        "an unknown value of an enumeration makes the change unknown, by the number of its kind",
        arguments: unknownValues)
    func unknownValue(number: UInt32, change: Suture_V1_Change) throws {
        let body = try decodeChanges([.known, .message(change), .known])
        #expect(body.set.changes[1] == .unknown(UnknownChange(number: number)))
        #expect(body.set.changes[0] == body.set.changes[2])
    }

    @Test("a change without any kind is unknown")
    func noKind() throws {
        let body = try decodeChanges([.message(.with { $0.entity = ProtobufTwin.data(Samples.thread) }), .known])
        #expect(body.set.changes.first == .unknown(UnknownChange(number: 0)))
    }

    @Test("unknown fields of every wire type are passed over, in the body, the change, its kind and the actor")
    func unknownFields() throws {
        var extra = ByteWriter()
        extra.explicitNumber(900, .max)
        extra.littleEndian64(901, 1)
        extra.explicitText(902, "x")
        extra.tag(903, .fixed32)
        extra.fixed32(1)
        var kind = ByteWriter()
        kind.identifier(1, MessageID(high: 1, low: 2))
        kind.raw(extra.bytes)
        var writer = ByteWriter()
        writer.number(1, 77)
        writer.raw(extra.bytes)
        writer.message(5) {
            $0.identifier(1, StaffID(high: 1, low: 1))
            $0.raw(extra.bytes)
        }
        writer.message(7) {
            $0.identifier(1, Samples.thread)
            $0.data(6, kind.bytes)
            $0.raw(extra.bytes)
        }
        let body = try decode(writer.bytes, of: Self.dot)
        #expect(body.set.actor == .staff(StaffID(high: 1, low: 1)))
        let note = ThreadChange.note(MessageID(high: 1, low: 2), content: 0)
        #expect(body.set.changes == [.thread(Samples.thread, context: VersionVector(), note)])
    }

    @Test("a change set with unknown changes is kept and forwarded byte for byte")
    func forwarded() throws {
        let author = try Author()
        let entry = try author.seal(
            author.body([Samples.message, .unknown(UnknownChange(number: 200)), Samples.message]),
            contents: [ContentDraft("hello", under: .thread(author.thread))])
        let run = try read(author.frame(1...1), of: author)
        #expect(run.entries[0].body?.set.changes[1] == .unknown(UnknownChange(number: 200)))
        #expect(run.entries[0].entry.parts == entry.parts)
        var writer = RunWriter()
        writer.add(sequence: 1, body: run.entries[0].entry.body, contents: run.entries[0].entry.contents)
        #expect(writer.frame(run.header) == (try author.frame(1...1)))
    }

    private static let unknownValues: [(UInt32, Suture_V1_Change)] = [
        (3, .with { $0.opened = opening { $0.urgency = 4 } }),
        (5, .with { $0.message = posting { $0.direction = 2 } }),
        (5, .with { $0.message = posting { $0.channel = 5 } }),
        (8, .with { $0.ownership = ownership { $0.act = 8 } }),
        (8, .with { $0.ownership = ownership { $0.clearTo() } }),
        (8, .with { $0.ownership = ownership { $0.to = Suture_V1_Owner() } }),
        (9, .with { $0.resolved.told = 4 }),
        (11, .with { $0.priority = 4 }),
        (11, .with { $0.priority = 256 }),
        (
            15,
            .with {
                $0.category = .with {
                    $0.category = id
                    $0.urgency = 4
                }
            }
        ),
        (40, .with { $0.patientDetails.channel = 5 }),
        (41, .with { $0.consent.purpose = 3 }),
        (51, .with { $0.staff.role = 9 }),
        (53, .with { $0.categoryProfile.urgency = 4 })
    ]

    private static let id = ProtobufTwin.data(Samples.thread)

    private static func opening(_ change: (inout Suture_V1_ThreadOpened) -> Void) -> Suture_V1_ThreadOpened {
        var message = Suture_V1_ThreadOpened()
        (message.patient, message.office, message.category, message.queue) = (id, id, id, id)
        change(&message)
        return message
    }

    private static func posting(_ change: (inout Suture_V1_Message) -> Void) -> Suture_V1_Message {
        var message = Suture_V1_Message()
        message.id = id
        change(&message)
        return message
    }

    private static func ownership(_ change: (inout Suture_V1_Ownership) -> Void) -> Suture_V1_Ownership {
        var message = Suture_V1_Ownership()
        message.to.staff = id
        change(&message)
        return message
    }

    private enum Part {
        case known
        case message(Suture_V1_Change)
        case raw([UInt8])
    }

    private func decodeChanges(_ parts: [Part]) throws -> ChangeSetBody {
        var writer = ByteWriter()
        for part in parts {
            switch part {
            case .known:
                writer.data(
                    7,
                    try Suture_V1_Change.with {
                        $0.entity = Self.id
                        $0.priority = 1
                    }.serializedBytes())
            case .message(let message): writer.data(7, try message.serializedBytes())
            case .raw(let bytes): writer.data(7, bytes)
            }
        }
        return try decode(writer.bytes, of: Self.dot)
    }
}
