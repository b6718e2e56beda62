import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing
import Vault

/// Copies of a replica, slice by slice and without files.
@Suite("Backups of a replica")
struct BackupTests {
    private let clinic: Clinic
    private let thread: ThreadID

    init() throws {
        clinic = try Clinic()
        thread = try clinic.openThread(at: clinic.belair, office: 1)
        for number in 0..<20 { try note("note \(number)") }
        try #require(clinic.group.runUntilQuiet())
    }

    @Test("a restored copy shows what the node showed, is sound, and begins a new log before it writes")
    func restored() throws {
        let (header, slices) = try backUp()
        #expect(header.member == clinic.belair.identity.member)
        let (store, summary) = try restore(header, slices)
        let node = try OfficeNode(store: store, identity: clinic.belair.identity, random: Self.random)
        let verification = try node.checkRestored(summary)
        #expect(verification.isSound)
        #expect(try LogicalDigest.compute(store.reader) == clinic.belair.digest)
        let old = try #require(clinic.belair.brain?.replica)
        let before = store.progress.first { $0.replica == old }?.received
        let request = CommandRequest(
            id: 1, actor: clinic.bo, command: .thread(thread, shown: nil, .note(text: "after the restore")))
        let directives = node.handle([.command(request)], now: clinic.group.now)
        #expect(directives.contains { if case .answer(1, .success) = $0 { true } else { false } })
        #expect(node.replica != old)
        #expect(store.progress.first { $0.replica == old }?.received == before)
        #expect(store.progress.first { $0.replica == node.replica }?.received.sequence == 2)
    }

    @Test("what is written while a copy is read is not half in it")
    func consistent() throws {
        let reader = try clinic.belair.reader
        var reading = try BackupReading(reader, identity: nil, now: clinic.group.now)
        var slices: [[UInt8]] = []
        while let (bytes, _) = try reading.next() {
            slices.append(bytes)
            try note("meanwhile")
            try clinic.group.perform(.setEndpoint("tcp://moved-\(slices.count).example:1"), at: clinic.belair)
        }
        let (store, summary) = try restore(reading.header, slices)
        #expect(summary.changeSets == reading.changeSetCount)
        let node = try OfficeNode(store: store, identity: clinic.belair.identity, random: Self.random)
        #expect(try node.checkRestored(summary).isSound)
        let held = clinic.belair.store.progress.reduce(0) { $0 + $1.received.sequence }
        #expect(summary.changeSets < held)
    }

    @Test("invitations and the right to write as the replica are not in a copy")
    func leftOut() throws {
        try clinic.group.perform(.invite(InvitationRequest(kind: .laptop, office: nil)), at: clinic.towson)
        let (header, slices) = try backUp(clinic.towson)
        let (store, _) = try restore(header, slices)
        #expect(try store.reader.settings(prefix: "invitation:").isEmpty)
        #expect(try store.reader.setting("replica") == nil)
        #expect(try store.reader.setting("new-replica") != nil)
        let node = try OfficeNode(store: store, identity: clinic.towson.identity, random: Self.random)
        #expect(node.status.openInvitations == 0)
        #expect(node.replica != clinic.towson.brain?.replica)
    }

    @Test("a copy that lacks a part, repeats one or goes on after its end is refused")
    func incomplete() throws {
        let (header, slices) = try backUp()
        #expect(slices.count >= 4)
        func refuses(_ slices: [[UInt8]]) -> Bool {
            do {
                _ = try restore(header, slices)
                return false
            } catch { return error is NodeError || error is ReplicaStoreError }
        }
        for index in slices.indices {
            var less = slices
            less.remove(at: index)
            #expect(refuses(less), "without slice \(index)")
            var more = slices
            more.insert(slices[index], at: index)
            // The opening may come twice without harm; the count of slices tells.
            #expect(refuses(more), "with slice \(index) twice")
        }
        #expect(refuses(slices + [slices[0]]))
        #expect(refuses([[9, 9, 9]]))
        #expect(refuses(slices.map { Array($0.dropLast()) }))
        let other = BackupHeader(
            group: header.group, member: clinic.towson.identity.member, madeAt: 1, clockDigest: header.clockDigest, hasIdentity: false)
        #expect(throws: NodeError.self) { try restore(other, slices) }
    }

    @Test("only an empty replica is restored into")
    func notEmpty() throws {
        let (header, _) = try backUp()
        let error = try #require(throws: NodeError.self) { _ = try BackupRestoring(clinic.towson.store, header: header) }
        #expect(error.code == .alreadyFounded)
    }

    @Test("a copy whose logs were altered does not pass, though it is complete")
    func altered() throws {
        let (header, slices) = try backUp()
        var altered = slices
        // Inside a content, far from lengths: the last bytes of the first slice with change sets.
        let index = try #require(altered.indices.first { altered[$0].count > 4_000 })
        altered[index][altered[index].count / 2] ^= 1
        #expect(throws: (any Error).self) {
            let (store, summary) = try restore(header, altered)
            let node = try OfficeNode(store: store, identity: clinic.belair.identity, random: Self.random)
            _ = try node.checkRestored(summary)
        }
    }

    // MARK: What the tests do

    private static let random = SeededRandomSource(seed: 5, stream: "backups")

    private func note(_ text: String) throws {
        try clinic.act(.note(text: text), on: thread, as: clinic.bo, at: clinic.belair)
    }

    private func backUp(_ node: SimulatedNode? = nil) throws -> (BackupHeader, [[UInt8]]) {
        var reading = try BackupReading(try (node ?? clinic.belair).reader, identity: nil, now: clinic.group.now)
        var slices: [[UInt8]] = []
        var ends = 0
        while let (bytes, isLast) = try reading.next() {
            slices.append(bytes)
            if isLast { ends += 1 }
        }
        #expect(ends == 1)
        return (reading.header, slices)
    }

    private func restore(_ header: BackupHeader, _ slices: [[UInt8]]) throws -> (ReplicaStore, BackupSummary) {
        let store = try ReplicaStore(.memory)
        var restoring = try BackupRestoring(store, header: header)
        for slice in slices { try restoring.take(slice) }
        return (store, try restoring.finish())
    }
}
