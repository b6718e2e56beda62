import Causality
import ChangeLog
import Foundation
import InboxModel
import SwiftProtobuf
import Testing
import WireProtocol

@Suite("Changes and the protobuf wire form")
struct ChangeRoundTripTests {
    @Test(
        "every kind of change is written so that protobuf's own reader finds the same values",
        arguments: Samples.changes)
    func writtenForProtobuf(change: Change) throws {
        let body = Samples.body([change], by: .staff(StaffID(high: 1, low: 1)))
        let message = try Suture_V1_ChangeSetBody(serializedBytes: bytes(of: body))
        #expect(try ProtobufTwin.body(message, of: body.set.dot) == body)
        #expect(message.changes.allSatisfy { $0.unknownFields.data.isEmpty })
    }

    @Test(
        "every kind of change that protobuf's own writer wrote is read as the same values", arguments: Samples.changes)
    func readFromProtobuf(change: Change) throws {
        let body = Samples.body([change])
        let bytes: [UInt8] = try ProtobufTwin.message(body).serializedBytes()
        #expect(try decode(bytes, of: body.set.dot) == body)
    }

    @Test("every actor, office and clock survives both ways", arguments: Samples.actors)
    func actors(actor: Actor) throws {
        let clock = [TaggedClockEntry(ReplicaID(1), 1, tag: 0), TaggedClockEntry(ReplicaID(.max), .max, tag: .max)]
        for (office, clock, isFull) in [(nil, [], true), (OfficeID(high: 0, low: 0), clock, false)] {
            let body = Samples.body([], by: actor, office: office, clock: clock, isFullClock: isFull)
            try expectBothWays(body, "\(actor)")
        }
    }

    @Test("random bodies survive both ways, whichever entities and contexts are left out", arguments: UInt64(1)...300)
    func randomBodies(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        try expectBothWays(random.body(), "seed \(seed)")
    }

    @Test("an entity and a context are written once where the next change has the same")
    func repetitionIsLeftOut() throws {
        let changes = Samples.threadChanges.prefix(3).map {
            Change.thread(Samples.thread, context: Samples.context, $0)
        }
        let message = try Suture_V1_ChangeSetBody(serializedBytes: bytes(of: Samples.body(changes)))
        #expect(message.changes.map(\.entity.isEmpty) == [false, true, true])
        #expect(message.changes.map(\.hasContext) == [true, false, false])
    }

    @Test("a context that becomes empty again is written as present and empty")
    func emptyContextAfterAnother() throws {
        let contexts = [VersionVector(), Samples.context, VersionVector(), VersionVector()]
        let changes = contexts.map { Change.thread(Samples.thread, context: $0, .read) }
        let message = try Suture_V1_ChangeSetBody(serializedBytes: bytes(of: Samples.body(changes)))
        #expect(message.changes.map(\.hasContext) == [false, true, true, false])
        #expect(message.changes[2].context.isEmpty)
        try expectBothWays(Samples.body(changes), "contexts")
    }

    @Test("a first change without entity is about the id of sixteen zero bytes")
    func noEntity() throws {
        var message = Suture_V1_ChangeSetBody()
        message.changes = [.with { $0.kind = .read(Suture_V1_Empty()) }]
        let body = try decode(try message.serializedBytes(), of: Dot(ReplicaID(1), 1))
        #expect(body.set.changes == [.thread(ThreadID(high: 0, low: 0), context: VersionVector(), .read)])
    }

    @Test("levels and minutes beyond what this version holds are read as the most it holds")
    func clamped() throws {
        var message = Suture_V1_ChangeSetBody()
        message.changes = [.with { $0.escalated = 1000 }]
        let body = try decode(try message.serializedBytes(), of: Dot(ReplicaID(1), 1))
        #expect(
            body.set.changes == [.thread(ThreadID(high: 0, low: 0), context: VersionVector(), .escalated(level: 255))])
    }

    private func expectBothWays(_ body: ChangeSetBody, _ comment: String) throws {
        let ours = bytes(of: body)
        let parsed = try Suture_V1_ChangeSetBody(serializedBytes: ours)
        #expect(try ProtobufTwin.body(parsed, of: body.set.dot) == body, "written: \(comment)")
        #expect(try decode(ours, of: body.set.dot) == body, "own: \(comment)")
        #expect(try decode(try parsed.serializedBytes(), of: body.set.dot) == body, "written again: \(comment)")
        for omitting in [true, false] {
            let theirs: [UInt8] = try ProtobufTwin.message(body, omitting: omitting).serializedBytes()
            #expect(try decode(theirs, of: body.set.dot) == body, "read: \(comment)")
        }
    }
}

/// The body's bytes.
func bytes(of body: ChangeSetBody) -> [UInt8] {
    var writer = ByteWriter()
    body.encode(into: &writer)
    return writer.bytes
}

/// The body that `bytes` say.
func decode(_ bytes: [UInt8], of dot: Dot) throws -> ChangeSetBody {
    try bytes.withUnsafeBytes { try ChangeSetBody.decode($0, of: dot) }
}
