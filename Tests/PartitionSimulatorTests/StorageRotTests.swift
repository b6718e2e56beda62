import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing
import Vault

@Suite("A simulated disk: bits that rot in the database")
struct StorageRotTests {
    /// What became of a flipped bit.
    enum Outcome: Hashable {
        /// The replica or its brain does not open.
        case refused
        /// A tree or an index does not fit together.
        case integrity
        /// A log does not verify.
        case logs
        /// It shows something else than before, and making the inbox anew from the log mends that.
        case mended
        /// It shows something else than before, and cannot be made anew.
        case notMended
        /// Logs, threads, patients, directory and settings are as they were: it was free space, or the search index.
        case harmless
        /// The node's own settings differ, and nothing says so.
        case settings
    }

    @Test("a flipped bit in the database is found, mended from the log, or harmless to what was written and to threads as shown")
    func database() throws {
        let practice = try CrashPractice(seed: 4, rows: 10)
        _ = try practice.reset()
        try practice.write(200, at: practice.towson)
        let member = practice.towson
        try member.requireStore().checkpoint()
        let image = try member.disk.snapshot()
        let whole = try Holdings(member)
        var counts: [Outcome: Int] = [:]
        for number in 0..<120 {
            try member.disk.restore(image)
            member.drop()
            member.disk.reseed(UInt64(number))
            let bit = member.disk.rot(bits: 1, in: member.disk.databaseName)
            #expect(bit.count == 1)
            counts[try outcome(of: member, practice, whole), default: 0] += 1
        }
        #expect(counts[.notMended] == nil)
        #expect((counts[.mended] ?? 0) > 0, "a row that follows from the log")
        #expect((counts[.harmless] ?? 0) > 0, "free and unused space")
        #expect((counts[.logs] ?? 0) > 0, "a change set that was altered")
        #expect((counts[.integrity] ?? 0) + (counts[.refused] ?? 0) > 0)
    }

    /// What a node holds and shows.
    private struct Holdings: Equatable {
        let state: CrashState
        let settings: [[UInt8]]

        init(_ member: CrashMember) throws {
            state = try CrashState(member.requireStore())
            settings = try member.requireStore().reader.settings(prefix: "").flatMap { [Array($0.key.utf8), $0.value] }
        }
    }

    private func outcome(of member: CrashMember, _ practice: CrashPractice, _ whole: Holdings) throws -> Outcome {
        do {
            try member.open(random: practice.random("rot"))
            if try !member.requireStore().reader.checkIntegrity(thorough: true).isEmpty { return .integrity }
            if try !member.requireBrain().makeReader().verifyLogs().isSound { return .logs }
            let held = try Holdings(member)
            if held == whole { return .harmless }
            if held.state == whole.state { return .settings }
            let rebuilt = try member.requireBrain().rebuild()
            return rebuilt.after == whole.state.digest ? .mended : .notMended
        } catch {
            return .refused
        }
    }
}
