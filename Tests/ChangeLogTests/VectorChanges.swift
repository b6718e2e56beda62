import Causality
import InboxModel
import SwiftProtobuf
import WireProtocol

@testable import ChangeLog

extension VectorWorld {
    /// Bodies of every kind of change, one kind each, and what must not be read or not be understood.
    static func changes() throws -> Vector.Changes {
        let dot = Dot(replica, 1)
        var bodies: [Vector.Change] = []
        for (number, sample) in picked().enumerated() {
            bodies.append(try vector("\(number + 1)", [sample]))
        }
        for (name, actor) in zip(["node", "staff", "staff zero", "patient", "no rule", "rule"], Samples.actors) {
            bodies.append(try vector("actor: \(name)", [], by: actor))
        }
        let repeated: [Change] = [
            .thread(Samples.thread, context: Samples.context, .read),
            .thread(Samples.thread, context: Samples.context, .review(true)),
            .thread(Samples.thread, context: VersionVector(), .review(false)),
            .patient(Samples.patient, context: VersionVector(), .linked(PatientID(high: 1, low: 1)))
        ]
        bodies.append(try vector("entities and contexts left out, and a context that is empty again", repeated))
        return Vector.Changes(
            dotReplica: replicaHex(dot.replica), dotSequence: Wide(dot.sequence), bodies: bodies,
            unknown: unknownBodies(),
            refused: refusedBodies())
    }

    /// The first sample of each kind, and those whose values are special.
    private static func picked() -> [Change] {
        var kinds: Set<String> = []
        return Samples.changes.filter { change in
            let body = Samples.body([change])
            guard bytes(of: body).count < 500 else { return false }
            let label = String(describing: change.kindName)
            let isNew = kinds.insert(label).inserted
            return isNew || change.isSpecial
        }
    }

    private static func vector(_ name: String, _ changes: [Change], by actor: Actor = .system) throws -> Vector.Change {
        let set = ChangeSet(
            stamp: Stamp(Dot(replica, 1), HybridTimestamp(milliseconds: 1_700_000_000_123, counter: 7)), actor: actor,
            office: actor == .system ? nil : OfficeID(high: 0x0190_0000_0000_0001, low: 1), changes: changes)
        let body = ChangeSetBody(set: set, clock: [], isFullClock: true)
        let label = Int(name) == nil ? name : "change: \(changes.first?.kindName ?? "")"
        return try .init(
            name: label, body: JSONTree(ProtobufTwin.message(body).jsonString()), bytes: Hex(bytes(of: body)))
    }

    private static func unknownBodies() -> [Vector.Changes.Unknown] {
        func body(_ changes: [(inout ByteWriter) -> Void]) -> Hex {
            var writer = ByteWriter()
            writer.number(1, 2)
            for change in changes { writer.message(7, change) }
            return Hex(writer.bytes)
        }
        let known: (inout ByteWriter) -> Void = {
            $0.identifier(1, Samples.thread)
            $0.explicitNumber(11, 3)
        }
        return [
            .init(
                name: "a kind of number 90", bytes: body([known, { $0.message(90) { $0.text(1, "new") } }, known]),
                changes: 3, unknownAt: [1]),
            .init(
                name: "a priority of 4", bytes: body([known, { $0.explicitNumber(11, 4) }]), changes: 2, unknownAt: [1]),
            .init(
                name: "ownership without a new owner", bytes: body([{ $0.message(8) { $0.number(1, 1) } }, known]),
                changes: 2,
                unknownAt: [0]),
            .init(
                name: "a known kind with a field of number 900 beside it",
                bytes: body([
                    { writer in
                        known(&writer)
                        writer.explicitNumber(900, 1)
                    }
                ]), changes: 1, unknownAt: [])
        ]
    }

    private static func refusedBodies() -> [Vector.RefusedBody] {
        func body(_ write: (inout ByteWriter) -> Void) -> Hex {
            var writer = ByteWriter()
            write(&writer)
            return Hex(writer.bytes)
        }
        func change(_ write: @escaping (inout ByteWriter) -> Void) -> Hex { body { $0.message(7, write) } }
        return [
            .init(name: "an id of 15 bytes", bytes: change { $0.data(1, [UInt8](repeating: 0, count: 15)) }),
            .init(name: "text that is not UTF-8", bytes: change { $0.data(18, [0xFF]) }),
            .init(name: "text of 1025 bytes", bytes: change { $0.data(18, [UInt8](repeating: 97, count: 1025)) }),
            .init(name: "a content number of 64", bytes: change { $0.explicitNumber(4, 64) }),
            .init(name: "a kind with the wrong wire type", bytes: change { $0.explicitNumber(5, 1) }),
            .init(
                name: "a clock out of order",
                bytes: body {
                    $0.message(3) {
                        $0.packedClock([
                            TaggedClockEntry(ReplicaID(2), 1, tag: 0), TaggedClockEntry(ReplicaID(1), 1, tag: 0)
                        ])
                    }
                }),
            .init(
                name: "a context with a number of 0",
                bytes: change { $0.message(2) { $0.packedDots([Dot(ReplicaID(1), 0)]) } }),
            .init(
                name: "answers out of order",
                bytes: change {
                    $0.message(5) { $0.message(6) { $0.packedDots([Dot(ReplicaID(1), 2), Dot(ReplicaID(1), 1)]) } }
                }),
            .init(name: "cut off inside a length", bytes: Hex([0x3A, 0x80])),
            .init(name: "a length beyond the end", bytes: Hex([0x3A, 0x05, 0x00])),
            .init(name: "a field of number 0", bytes: Hex([0x02, 0x00])),
            .init(name: "a group, which proto3 does not have", bytes: Hex([0x0B]))
        ]
    }
}

extension Change {
    /// The kind's name in the program.
    fileprivate var kindName: String {
        func first(_ value: Any) -> String { String(String(describing: value).prefix { $0.isLetter }) }
        return switch self {
        case .thread(_, _, let kind): first(kind)
        case .patient(_, _, let kind): first(kind)
        case .directory(let document, _): first(document)
        case .audit: "audit"
        case .unknown: "unknown"
        }
    }

    /// Whether a sample is worth a vector beside the first of its kind: absent and zero values that a careless reader mixes up.
    fileprivate var isSpecial: Bool {
        guard case .thread(_, _, let kind) = self else { return false }
        switch kind {
        case .due(let time), .snoozed(let time): return time == nil || time == -1
        case .correction(_, let content), .draft(let content), .reopened(let content):
            return content == nil || content == 0
        case .mergedInto(let thread): return thread == nil
        case .review, .priority(.low): return true
        default: return false
        }
    }
}
