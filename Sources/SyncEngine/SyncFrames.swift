import Causality
import ChangeLog
import FoundationEssentials
import SwiftProtobuf
import WireProtocol

/// Builds the frames that the engine sends, runs excepted.
enum SyncFrames {
    /// The version of the protocol.
    static let version: UInt32 = 1
    /// Capability bit of HELLO: the sender does not remember the receiver's clock and asks for all of it.
    static let wholeClockWanted: UInt32 = 1

    static func hello(
        group: GroupID, member: MemberID, replica: ReplicaID, digest: [UInt8], capabilities: UInt32, sealed: UInt64
    ) -> Suture_V1_Frame {
        frame {
            $0.hello.version = version
            $0.hello.group = Data(group.bytes)
            $0.hello.member = Data(member.bytes)
            $0.hello.replica = replica.rawValue
            $0.hello.digest = Data(digest)
            $0.hello.capabilities = capabilities
            $0.hello.sealed = sealed
        }
    }

    static func same(_ digest: [UInt8]) -> Suture_V1_Frame { frame { $0.same.digest = Data(digest) } }

    static func clock(_ heads: some Sequence<TaggedClockEntry>, isFull: Bool, sealed: [UInt8] = []) -> Suture_V1_Frame {
        frame {
            $0.clock.heads = heads.map(head)
            $0.clock.full = isFull
            $0.clock.sealed = Data(sealed)
        }
    }

    static func heads(_ heads: some Sequence<TaggedClockEntry>) -> Suture_V1_Frame { frame { $0.heads.heads = heads.map(head) } }

    static func want(_ ranges: [LogRange], credit: Int) -> Suture_V1_Frame {
        frame {
            $0.want.ranges = ranges.map(range)
            $0.want.credit = UInt64(max(0, credit))
        }
    }

    static func credit(_ byteCount: Int) -> Suture_V1_Frame { frame { $0.credit.bytes = UInt64(max(0, byteCount)) } }

    static func done() -> Suture_V1_Frame { frame { $0.done = Suture_V1_Done() } }

    static func busy(retryAfter: Int64) -> Suture_V1_Frame {
        frame { $0.busy.retryAfterMilliseconds = UInt32(clamping: retryAfter) }
    }

    static func refused(_ reason: Suture_V1_Refused.Reason, _ detail: String) -> Suture_V1_Frame {
        frame {
            $0.refused.reason = reason
            $0.refused.detail = detail
        }
    }

    static func trace(_ marks: [TaggedClockEntry]) -> Suture_V1_Frame { frame { $0.trace.heads = marks.map(head) } }

    /// Throws where `branches` are no serialized branches.
    static func fork(_ branches: [[UInt8]]) throws -> Suture_V1_Frame {
        let messages = try branches.map { try Suture_V1_Branch(serializedBytes: $0) }
        return frame { $0.fork.branches = messages }
    }

    /// What a relay told us: in which life, and how far it holds which logs.
    static func witness(
        _ relay: MemberID, _ life: ReplicaID, _ logs: some Sequence<(ReplicaID, UInt64)>
    ) -> Suture_V1_Frame {
        frame {
            $0.witness.relay = Data(relay.bytes)
            $0.witness.replica = life.rawValue
            $0.witness.logs = logs.map { replica, sequence in
                var held = Suture_V1_Held()
                held.replica = replica.rawValue
                held.sequence = sequence
                return held
            }
        }
    }

    /// Ranges that are held without all contents, ascending.
    static func partial(_ ranges: [LogRange]) -> Suture_V1_Frame { frame { $0.partial.ranges = ranges.map(range) } }

    static func fetch(_ names: [ContentName]) -> Suture_V1_Frame { frame { $0.fetch.places = names.map(place) } }

    static func contents(_ contents: [FetchedContent]) -> Suture_V1_Frame {
        frame {
            $0.contents.contents = contents.map { content in
                var message = Suture_V1_FetchedContent()
                message.place = place(content.name)
                message.sealed = Data(content.sealed)
                return message
            }
        }
    }

    private static func place(_ name: ContentName) -> Suture_V1_ContentPlace {
        var message = Suture_V1_ContentPlace()
        message.replica = name.dot.replica.rawValue
        message.sequence = name.dot.sequence
        message.content = UInt32(name.index)
        return message
    }

    private static func range(_ range: LogRange) -> Suture_V1_Range {
        var message = Suture_V1_Range()
        message.replica = range.replica.rawValue
        message.first = range.first
        message.last = range.last
        return message
    }

    private static func head(_ entry: TaggedClockEntry) -> Suture_V1_Head {
        var message = Suture_V1_Head()
        message.replica = entry.replica.rawValue
        message.sequence = entry.sequence
        message.tag = entry.tag
        return message
    }

    private static func frame(_ fill: (inout Suture_V1_Frame) -> Void) -> Suture_V1_Frame {
        var frame = Suture_V1_Frame()
        fill(&frame)
        return frame
    }
}
