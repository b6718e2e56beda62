import Causality
import ChangeLog
import SwiftProtobuf
import WireProtocol

/// What is wrong with a frame, in words for a log.
struct FrameFault: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// Reads and checks what peers send, before anything of it is used.
enum SyncReading {
    /// No log is longer: keeps every later sum of sequences within its type.
    static let sequenceMax: UInt64 = 1 << 48

    /// The frame of these bytes, runs excepted; nil for a kind that this version does not know.
    static func frame(_ bytes: [UInt8], _ limits: SyncConfiguration) throws(FrameFault) -> Suture_V1_Frame.OneOf_Kind? {
        guard bytes.count <= limits.controlBytesMax else {
            throw FrameFault("a frame of \(bytes.count) bytes that is no run; the limit is \(limits.controlBytesMax)")
        }
        let frame: Suture_V1_Frame
        do {
            frame = try Suture_V1_Frame(serializedBytes: bytes)
        } catch {
            throw FrameFault("a frame that does not parse")
        }
        if frame.kind == nil && frame.unknownFields.data.isEmpty { throw FrameFault("an empty frame") }
        return frame.kind
    }

    /// Heads of CLOCK or HEADS: ascending by replica, not too many, none empty.
    static func heads(
        _ messages: [Suture_V1_Head], _ limits: SyncConfiguration
    ) throws(FrameFault) -> [TaggedClockEntry] {
        guard messages.count <= limits.headsMax else {
            throw FrameFault("\(messages.count) heads; the limit is \(limits.headsMax)")
        }
        var heads: [TaggedClockEntry] = []
        heads.reserveCapacity(messages.count)
        for message in messages {
            let head = TaggedClockEntry(ReplicaID(message.replica), message.sequence, tag: message.tag)
            guard head.sequence > 0, head.sequence <= sequenceMax else {
                throw FrameFault("a head with the impossible number \(head.sequence)")
            }
            if let previous = heads.last, previous.replica >= head.replica { throw FrameFault("heads out of order") }
            heads.append(head)
        }
        return heads
    }

    /// Marks of TRACE: of one log, ascending by number, not too many.
    static func marks(_ messages: [Suture_V1_Head]) throws(FrameFault) -> [TaggedClockEntry] {
        guard messages.count <= SyncEngine.marksMax else {
            throw FrameFault("a TRACE of \(messages.count) numbers; the limit is \(SyncEngine.marksMax)")
        }
        var marks: [TaggedClockEntry] = []
        for message in messages {
            let mark = TaggedClockEntry(ReplicaID(message.replica), message.sequence, tag: message.tag)
            guard mark.sequence > 0, mark.sequence <= sequenceMax else {
                throw FrameFault("a TRACE with the impossible number \(mark.sequence)")
            }
            if let previous = marks.last, previous.replica != mark.replica || previous.sequence >= mark.sequence {
                throw FrameFault("a TRACE of several logs or out of order")
            }
            marks.append(mark)
        }
        return marks
    }

    /// The branches of FORK, serialized: some, and not too many.
    static func branches(_ messages: [Suture_V1_Branch]) throws(FrameFault) -> [[UInt8]] {
        guard !messages.isEmpty, messages.count <= SyncEngine.branchesMax else {
            throw FrameFault("a FORK of \(messages.count) branches; the limit is \(SyncEngine.branchesMax)")
        }
        do {
            return try messages.map { try $0.serializedBytes() }
        } catch {
            throw FrameFault("a FORK that does not parse")
        }
    }

    /// Logs of WITNESS: ascending by replica, not too many, none empty.
    static func held(
        _ messages: [Suture_V1_Held], _ limits: SyncConfiguration
    ) throws(FrameFault) -> [(ReplicaID, UInt64)] {
        guard messages.count <= limits.headsMax else {
            throw FrameFault("a WITNESS of \(messages.count) logs; the limit is \(limits.headsMax)")
        }
        var logs: [(ReplicaID, UInt64)] = []
        logs.reserveCapacity(messages.count)
        for message in messages {
            let replica = ReplicaID(message.replica)
            guard message.sequence > 0, message.sequence <= sequenceMax else {
                throw FrameFault("a WITNESS of the impossible number \(message.sequence)")
            }
            if let previous = logs.last, previous.0 >= replica { throw FrameFault("a WITNESS of logs out of order") }
            logs.append((replica, message.sequence))
        }
        return logs
    }

    /// Names in FETCH or CONTENTS: ascending, some and not too many, none impossible.
    static func names(_ messages: [Suture_V1_ContentPlace]) throws(FrameFault) -> [ContentName] {
        guard !messages.isEmpty, messages.count <= SyncEngine.fetchMax else {
            throw FrameFault("\(messages.count) contents; the limit is \(SyncEngine.fetchMax)")
        }
        var names: [ContentName] = []
        for message in messages {
            let dot = Dot(ReplicaID(message.replica), message.sequence)
            guard dot.sequence > 0, dot.sequence <= sequenceMax, message.content < UInt32(LogLimits.contentsMax) else {
                throw FrameFault("the impossible content \(message.content) of \(dot)")
            }
            let name = ContentName(dot, UInt16(message.content))
            if let previous = names.last, previous >= name { throw FrameFault("contents out of order") }
            names.append(name)
        }
        return names
    }

    /// Ranges of WANT and PARTIAL: ascending, not too many, none empty or overlapping.
    static func ranges(
        _ messages: [Suture_V1_Range], _ limits: SyncConfiguration, of frame: String = "WANT"
    ) throws(FrameFault) -> [LogRange] {
        guard messages.count <= limits.rangesMax else {
            throw FrameFault("a \(frame) of \(messages.count) ranges; the limit is \(limits.rangesMax)")
        }
        var ranges: [LogRange] = []
        ranges.reserveCapacity(messages.count)
        for message in messages {
            let range = LogRange(ReplicaID(message.replica), message.first, message.last)
            guard range.first > 0, range.first <= range.last, range.last <= sequenceMax else {
                throw FrameFault("a \(frame) of the impossible range \(range)")
            }
            if let previous = ranges.last {
                let ascends = previous.replica < range.replica
                    || previous.replica == range.replica && previous.last < range.first
                guard ascends else { throw FrameFault("a \(frame) of ranges that overlap or are out of order") }
            }
            ranges.append(range)
        }
        return ranges
    }
}
