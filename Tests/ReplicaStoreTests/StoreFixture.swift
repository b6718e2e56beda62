import Causality
import Foundation
import GRDB
import InboxModel
import Testing

@testable import ReplicaStore

/// A directory of its own for a test, removed with this object.
final class TemporaryDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("replica-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of `name` in the directory.
    func path(_ name: String = "replica.sqlite") -> String { url.appendingPathComponent(name).path }
}

/// Bytes that stand for what a real log would hold for a change set: the same at every node.
func logRow(for set: ChangeSet) -> LogRow {
    let sequence = set.dot.sequence
    let body = [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: 20)
    return LogRow(sequence: sequence, hash: hash(of: set.dot), body: body[...], contents: [1, 2, 3])
}

func hash(of dot: Dot) -> ChangeSetHash { ChangeSetHash(words: (dot.replica.rawValue, dot.sequence, 7, 9)) }

let testEpoch = [UInt8](repeating: 5, count: 32)

extension ReplicaTransaction {
    /// Appends a change set to its log and merges it.
    func receive(_ set: ChangeSet) throws {
        try append([logRow(for: set)], of: set.dot.replica, epoch: testEpoch)
        try merge(set)
    }
}

extension ReplicaStore {
    /// Receives change sets, some in each transaction.
    func receive(_ sets: [ChangeSet], inTransactionsOf count: Int = 7) throws {
        for start in stride(from: 0, to: sets.count, by: count) {
            try write(.normal) { transaction in
                for set in sets[start..<min(start + count, sets.count)] { try transaction.receive(set) }
            }
        }
    }

    /// The whole logical state.
    func logicalState(sliceBytes: Int = 65_536) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try reader.logicalBytes(sliceBytes: sliceBytes) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Every row of every table that the log or the inbox is made of, to see that nothing changed.
    func allRows() throws -> [String] {
        try withDatabase { database in
            var rows: [String] = []
            for table in [
                "replica", "epoch", "log", "signature", "roster", "quarantine", "entity", "thread", "thread_patient", "thread_share",
                "timeline", "patient", "document", "search_item", "setting",
            ] {
                rows += try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
            }
            return rows
        }
    }
}

/// The code of the `ReplicaStoreError` that `body` throws, or nil.
func failureCode(_ body: () throws -> Void) -> ReplicaStoreError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? ReplicaStoreError)?.code
    }
}

/// One thread opened at `office` by change set 1 of `replica`, then whatever follows.
struct SimpleHistory {
    let replica: ReplicaID
    let thread: ThreadID
    let patient = PatientID(high: 1, low: 1)
    let office = OfficeID(high: 2, low: 2)
    let category = CategoryID(high: 3, low: 3)
    let queue = QueueID(high: 4, low: 4)
    private(set) var sets: [ChangeSet] = []
    private var clock = VersionVector()

    init(replica: UInt64 = 1, thread: ThreadID = ThreadID(milliseconds: 1_700_000_000_000, entropy: (1, 0xABCDE))) {
        self.replica = ReplicaID(replica)
        self.thread = thread
        add(
            .opened(
                ThreadOpening(
                    patient: patient, office: office, category: category, urgency: .routine, queue: queue, language: "en")))
    }

    mutating func add(_ change: ThreadChange, by actor: Actor = .system) {
        let dot = Dot(replica, UInt64(sets.count) + 1)
        let stamp = Stamp(dot, HybridTimestamp(milliseconds: 1_700_000_000_000 + Int64(sets.count) * 1000))
        sets.append(ChangeSet(stamp: stamp, actor: actor, office: office, changes: [.thread(thread, context: clock, change)]))
        clock.advance(to: dot)
    }

    mutating func addMessage(_ direction: Direction = .inbound) {
        let id = MessageID(high: UInt64(sets.count), low: replica.rawValue)
        add(.message(MessagePosting(id: id, direction: direction, channel: .portal, content: 0)))
    }
}
