import Causality
import ChangeLog
import Foundation
import OfficeNode
import ReplicaStore
import Testing
import Vault

@testable import NodeService

@Suite("Whether a replica may go on where it is opened")
struct HostCheckTests {
    static let own = ReplicaID(7)
    static let held = VersionVector(ascending: [VersionVector.Entry(own, 40)])

    static func record(machine: UInt8 = 1, file: UInt64 = 10, isMarked: Bool = true) throws -> HostRecord {
        let scratch = try ScratchFolder()
        try scratch.write("x", to: "db")
        var record = try HostRecord(databasePath: scratch.file("db"), group: GroupID(genesis: []))
        record.machine = machine == 0 ? [] : [machine]
        record.file = file
        record.isMarked = isMarked
        return record
    }

    static func reason(
        _ remembered: HostRecord?, _ present: HostRecord, _ mark: HighWaterMark.Finding, same: Bool = false
    ) -> NewReplicaReason.Kind? {
        HostCheck(remembered: remembered, present: present, mark: mark, isSameMachine: same).reason(held: held)?.kind
    }

    @Test("on the machine and file that it was left on, with a mark that is not ahead, the log goes on")
    func goesOn() throws {
        let record = try Self.record()
        for sequence: UInt64 in [0, 1, 39, 40] {
            #expect(Self.reason(record, record, .mark(Dot(Self.own, sequence))) == nil)
        }
    }

    @Test("what no node has opened yet goes on, unless a mark from elsewhere says more")
    func firstStart() throws {
        let record = try Self.record()
        #expect(Self.reason(nil, record, .missing) == nil)
        #expect(Self.reason(nil, record, .mark(Dot(Self.own, 41))) == .rolledBack)
        #expect(Self.reason(nil, record, .mark(Dot(ReplicaID(8), 1))) == .rolledBack)
    }

    @Test("another machine or another file is a copy, unless somebody says that it is a move")
    func copies() throws {
        let (one, other, file) = try (Self.record(), Self.record(machine: 2), Self.record(file: 11))
        let mark = HighWaterMark.Finding.mark(Dot(Self.own, 40))
        #expect(Self.reason(one, other, mark) == .copied)
        #expect(Self.reason(one, file, mark) == .moved)
        #expect(Self.reason(one, other, mark, same: true) == nil)
        #expect(Self.reason(one, file, mark, same: true) == nil)
        let unknown = try Self.record(machine: 0)
        #expect(Self.reason(one, unknown, mark) == nil, "a machine without an id is not taken for another one")
        #expect(Self.reason(unknown, other, mark) == nil)
    }

    @Test("a mark that is ahead, damaged or gone ends the log whatever anybody says", arguments: [false, true])
    func marks(_ same: Bool) throws {
        let record = try Self.record()
        for mark in [HighWaterMark.Finding.mark(Dot(Self.own, 41)), .damaged, .missing] {
            #expect(Self.reason(record, record, mark, same: same) == .rolledBack)
        }
        #expect(Self.reason(try Self.record(isMarked: false), record, .missing, same: same) == nil)
    }

    @Test("a mark says what was written last, and is known to be damaged when one byte is another")
    func markFile() throws {
        let scratch = try ScratchFolder()
        let path = scratch.file("replica.sqlite")
        let mark = HighWaterMark(databasePath: path)
        #expect(mark.read() == .missing)
        for sequence: UInt64 in [0, 9, 10, .max] {
            let head = LogHead(Self.own, sequence, .zero)
            try mark.write(head, isDurable: sequence == 9)
            #expect(HighWaterMark(databasePath: path).read() == .mark(head.dot))
        }
        let text = try scratch.read("replica.mark")
        for offset in text.indices where text[offset].isHexDigit {
            let other: Character = text[offset] == "0" ? "1" : "0"
            try scratch.write(text.replacingCharacters(in: offset...offset, with: String(other)), to: "replica.mark")
            #expect(HighWaterMark(databasePath: path).read() == .damaged)
        }
        for damaged in ["", "suture-mark 1", String(text.dropLast(3)), "nonsense\n"] {
            try scratch.write(damaged, to: "replica.mark")
            #expect(HighWaterMark(databasePath: path).read() == .damaged)
        }
    }

    @Test("the record of a machine outlives a restart and says nothing of the machine's id")
    func stored() throws {
        let scratch = try ScratchFolder()
        try scratch.write("0123456789abcdef0123456789abcdef\n", to: "machine-id")
        let store = try ReplicaStore(.file(scratch.file("replica.sqlite")))
        let group = GroupID(genesis: [1])
        let record = try HostRecord(
            databasePath: scratch.file("replica.sqlite"), group: group, machineIDPath: scratch.file("machine-id"))
        #expect(try HostRecord(store.reader) == nil)
        try store.write(.full) { try record.write($0) }
        #expect(try HostRecord(store.reader) == record)
        let elsewhere = try HostRecord(
            databasePath: scratch.file("replica.sqlite"), group: GroupID(genesis: [2]), machineIDPath: scratch.file("machine-id"))
        #expect(elsewhere.machine != record.machine, "another group knows the machine by another hash")
        try store.close()
    }
}
