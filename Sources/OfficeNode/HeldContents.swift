import Causality
import ChangeLog
import InboxModel
import ReplicaStore

/// The change sets about one thread, and which of their contents there are.
struct HeldContents {
    let sets: [ChangeSet]
    let entries: [Dot: LogEntry]
    private var held: [Dot: Set<UInt16>] = [:]
    private var remaining: [Dot: Set<UInt16>] = [:]

    init(_ found: [(dot: Dot, entry: VerifiedEntry)], sets: [ChangeSet]) throws {
        self.sets = sets
        entries = Dictionary(uniqueKeysWithValues: found.map { ($0.dot, $0.entry.entry) })
        for (dot, entry) in entries {
            held[dot] = try entry.heldContents()
            remaining[dot] = try entry.remainingContents()
        }
    }

    /// Those of `contents` that were not destroyed, whether they are held here or were let go.
    func remaining(among contents: [ContentReference]) -> [ContentReference] {
        contents.filter { remaining[$0.dot]?.contains($0.index) ?? false }
    }

    /// Those of `contents` that are held here.
    func held(among contents: [ContentReference]) -> [ContentReference] {
        contents.filter { held[$0.dot]?.contains($0.index) ?? false }
    }

    /// Those of `contents` that were let go: others hold them.
    func letGo(among contents: [ContentReference]) -> [ContentReference] {
        remaining(among: contents).filter { !(held[$0.dot]?.contains($0.index) ?? false) }
    }

    /// Destroys `contents`, ascending.
    func destroy(_ contents: [ContentReference], in transaction: ReplicaTransaction) throws {
        try replace(contents, in: transaction) { try $0.destroying($1) }
    }

    /// Lets `contents` go, ascending.
    func letGo(_ contents: [ContentReference], in transaction: ReplicaTransaction) throws {
        try replace(contents, in: transaction) { try $0.lettingGo($1) }
    }

    private func replace(
        _ contents: [ContentReference], in transaction: ReplicaTransaction, by change: (LogEntry, Set<UInt16>) throws -> LogEntry
    ) throws {
        for (dot, group) in Dictionary(grouping: contents, by: \.dot).sorted(by: { $0.key < $1.key }) {
            guard let entry = entries[dot] else { continue }
            try transaction.replaceContents(of: dot, with: try change(entry, Set(group.map(\.index))).contents)
        }
    }
}

extension Turn {
    /// The change sets about a thread with what there is of their contents.
    func heldContents(of thread: ThreadID) throws -> HeldContents {
        let entries = try transaction.steps(of: .thread(thread)).compactMap { dot in
            try loadEntries(of: dot.replica, from: dot.sequence, countMax: 1).first.map { (dot, $0) }
        }
        return try HeldContents(entries, sets: try changeSets(at: entries.map(\.0)))
    }
}
