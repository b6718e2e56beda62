import Causality
import ChangeLog
import FoundationEssentials
import SwiftProtobuf
import Vault
import WireProtocol

/// Frames as a stranger would build them.
enum Frames {
    static func bytes(_ fill: (inout Suture_V1_Frame) -> Void) throws -> [UInt8] {
        var frame = Suture_V1_Frame()
        fill(&frame)
        return try frame.serializedBytes()
    }

    static func hello(
        _ node: TestNode, version: UInt32 = 1, group: GroupID? = nil, member: MemberID? = nil, replica: ReplicaID? = nil
    ) throws -> [UInt8] {
        try bytes {
            $0.hello.version = version
            $0.hello.group = Data((group ?? node.group.id).digest.bytes)
            $0.hello.member = Data((member ?? node.id).digest.bytes)
            $0.hello.replica = (replica ?? node.replica).rawValue
            $0.hello.digest = Data(ClockDigest.digest(of: node.log.heads).bytes)
            $0.hello.capabilities = 1
        }
    }

    static func head(_ replica: UInt64, _ sequence: UInt64, _ tag: UInt32) -> Suture_V1_Head {
        var head = Suture_V1_Head()
        head.replica = replica
        head.sequence = sequence
        head.tag = tag
        return head
    }

    static func held(_ replica: UInt64, _ sequence: UInt64) -> Suture_V1_Held {
        var held = Suture_V1_Held()
        held.replica = replica
        held.sequence = sequence
        return held
    }

    static func range(_ replica: UInt64, _ first: UInt64, _ last: UInt64) -> Suture_V1_Range {
        var range = Suture_V1_Range()
        range.replica = replica
        range.first = first
        range.last = last
        return range
    }

    static func place(_ replica: UInt64, _ sequence: UInt64, _ content: UInt32) -> Suture_V1_ContentPlace {
        var place = Suture_V1_ContentPlace()
        place.replica = replica
        place.sequence = sequence
        place.content = content
        return place
    }

    static func content(_ replica: UInt64, _ sequence: UInt64, _ number: UInt32, byteCount: Int) -> Suture_V1_FetchedContent {
        var content = Suture_V1_FetchedContent()
        content.place = place(replica, sequence, number)
        content.sealed = Data(repeating: 7, count: byteCount)
        return content
    }

    static func clock(_ heads: [Suture_V1_Head], full: Bool = true) throws -> [UInt8] {
        try bytes {
            $0.clock.heads = heads
            $0.clock.full = full
        }
    }

    static func want(_ ranges: [Suture_V1_Range], credit: UInt64 = 1 << 20) throws -> [UInt8] {
        try bytes {
            $0.want.ranges = ranges
            $0.want.credit = credit
        }
    }
}
