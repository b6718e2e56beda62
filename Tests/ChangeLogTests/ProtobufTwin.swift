import Causality
import ChangeLog
import Foundation
import InboxModel
import SwiftProtobuf
import WireProtocol

/// The change format once more, through the generated protobuf types: what the hand-written reader and writer are held against.
/// Plain on purpose; slow does not matter.
enum ProtobufTwin {
    struct Unreadable: Error {}

    static func message(_ body: ChangeSetBody, omitting: Bool = true) -> Suture_V1_ChangeSetBody {
        var message = Suture_V1_ChangeSetBody()
        message.schema = 1
        message.timestamp = body.set.stamp.timestamp.rawValue
        message.clock = Data(
            body.clock.flatMap { bigEndian($0.replica.rawValue) + varint($0.sequence) + bigEndian($0.tag) })
        message.clockIsFull = body.isFullClock
        switch body.set.actor {
        case .system: break
        case .staff(let id): message.actor.staff = data(id)
        case .patient(let id): message.actor.patient = data(id)
        case .automation(let rule): message.actor.automation = rule
        }
        if let office = body.set.office { message.office = data(office) }
        var before: (entity: Data, context: VersionVector)?
        for change in body.set.changes {
            guard case (let entity, let context, let kind)? = parts(change) else { continue }
            var one = Suture_V1_Change()
            one.kind = kind
            // Audit entries are about no entity, and leave what the change before said for the next.
            if let entity {
                if !omitting || before?.entity != entity { one.entity = entity }
                if !omitting || (before?.context ?? VersionVector()) != context { one.context = clock(context) }
                before = (entity, context)
            }
            message.changes.append(one)
        }
        return message
    }

    static func body(_ message: Suture_V1_ChangeSetBody, of dot: Dot) throws -> ChangeSetBody {
        let actor: Actor =
            switch message.actor.kind {
            case .staff(let id): .staff(try entity(id))
            case .patient(let id): .patient(try entity(id))
            case .automation(let rule): .automation(rule)
            case nil: .system
            }
        var entityBytes = Data(count: 16)
        var context = VersionVector()
        let changes = try message.changes.map { one -> Change in
            if !one.entity.isEmpty { entityBytes = one.entity }
            if one.hasContext { context = try clock(one.context) }
            guard let kind = one.kind else { throw Unreadable() }
            return try change(kind, entityBytes, context)
        }
        let stamp = Stamp(dot, HybridTimestamp(rawValue: message.timestamp))
        let set = ChangeSet(
            stamp: stamp, actor: actor, office: message.office.isEmpty ? nil : try entity(message.office),
            changes: changes)
        return ChangeSetBody(set: set, clock: try taggedClock(message.clock), isFullClock: message.clockIsFull)
    }

    private static func parts(_ change: Change) -> (Data?, VersionVector, Suture_V1_Change.OneOf_Kind)? {
        switch change {
        case .thread(let id, let context, let kind): (data(id), context, ThreadTwin.kind(kind))
        case .patient(let id, let context, let kind): (data(id), context, PatientTwin.kind(kind))
        case .directory(let document, let context):
            switch document {
            case .office(let id, _): (data(id), context, DirectoryTwin.kind(document))
            case .staff(let id, _): (data(id), context, DirectoryTwin.kind(document))
            case .queue(let id, _): (data(id), context, DirectoryTwin.kind(document))
            case .category(let id, _): (data(id), context, DirectoryTwin.kind(document))
            case .account(let id, _): (data(id), context, DirectoryTwin.kind(document))
            case .token(let id, _): (data(id), context, DirectoryTwin.kind(document))
            case .authority(let id, _): (data(id), context, DirectoryTwin.kind(document))
            }
        case .audit(let entry): (nil, VersionVector(), AuditTwin.kind(entry))
        case .unknown: nil
        }
    }

    private static func change(
        _ kind: Suture_V1_Change.OneOf_Kind, _ entityBytes: Data, _ context: VersionVector
    ) throws -> Change {
        if let change = try ThreadTwin.change(kind) {
            return .thread(try entity(entityBytes), context: context, change)
        }
        if let change = try PatientTwin.change(kind) {
            return .patient(try entity(entityBytes), context: context, change)
        }
        if let entry = try AuditTwin.entry(kind) { return .audit(entry) }
        return .directory(try DirectoryTwin.document(kind, entityBytes), context: context)
    }

    static func data<Entity>(_ id: EntityID<Entity>) -> Data { Data(bigEndian(id.high) + bigEndian(id.low)) }

    static func entity<Entity>(_ data: Data) throws -> EntityID<Entity> {
        guard data.count == 16 else { throw Unreadable() }
        return EntityID(high: number(data.prefix(8)), low: number(data.suffix(8)))
    }

    static func clock(_ vector: VersionVector) -> Data {
        Data(vector.entries.flatMap { bigEndian($0.replica.rawValue) + varint($0.sequence) })
    }

    static func dots(_ dots: [Dot]) -> Data {
        Data(dots.flatMap { bigEndian($0.replica.rawValue) + varint($0.sequence) })
    }

    static func dots(_ data: Data) throws -> [Dot] {
        var rest = data
        var result: [Dot] = []
        while !rest.isEmpty { result.append(Dot(ReplicaID(number(try take(8, &rest))), try varint(&rest))) }
        return result
    }

    private static func clock(_ data: Data) throws -> VersionVector {
        VersionVector(try dots(data).map { VersionVector.Entry($0.replica, $0.sequence) })
    }

    private static func taggedClock(_ data: Data) throws -> [TaggedClockEntry] {
        var rest = data
        var result: [TaggedClockEntry] = []
        while !rest.isEmpty {
            let replica = ReplicaID(number(try take(8, &rest)))
            let sequence = try varint(&rest)
            result.append(TaggedClockEntry(replica, sequence, tag: UInt32(number(try take(4, &rest)))))
        }
        return result
    }

    private static func number(_ bytes: Data) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    private static func take(_ count: Int, _ rest: inout Data) throws -> Data {
        guard rest.count >= count else { throw Unreadable() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func varint(_ rest: inout Data) throws -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = number(try take(1, &rest))
            value |= (byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    private static func bigEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }
}
