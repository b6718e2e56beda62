import Causality
import InboxModel
import Synchronization
import Testing

@testable import ReplicaStore

/// What readers keep in memory, held against the tables after every transaction of a random history.
@Suite("What readers keep in memory")
struct KeptInMemoryTests {
    private static let now = RandomHistory.start + 200_000

    private struct Refused: Error {}

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }

    /// The counts as the tables have them, whatever is kept.
    private func plainCounts(_ store: ReplicaStore, _ staff: StaffID, _ queues: [QueueID]) throws -> ThreadCounts {
        try store.reader.read("Counting") { source in
            let person = try ThreadQuery.number(of: staff, in: source)
            let pools = try queues.compactMap { try ThreadQuery.number(of: $0, in: source) }
            var counts = ThreadCounts()
            try ListedThreads.read(source) { counts.add($1, now: Self.now, person: person, pools: pools) }
            return counts
        }
    }

    private func plainOffices(_ store: ReplicaStore) throws -> [OfficeEntry] {
        try store.reader.read("Reading") { try DirectoryQueries.all(OfficeProfile.self, of: OfficeEntity.self, in: $0) }
    }

    private func expectSame(_ store: ReplicaStore, _ history: RandomHistory, _ comment: String) throws {
        let reader = store.reader
        let counts = try reader.counts(now: Self.now, staff: history.staff[0], queues: Array(history.queues.prefix(2)))
        #expect(try counts == plainCounts(store, history.staff[0], Array(history.queues.prefix(2))), "\(comment)")
        #expect(try reader.offices() == plainOffices(store), "\(comment)")
        for id in history.offices {
            #expect(try reader.office(id) == plainOffices(store).first { $0.id == id }?.state, "\(comment)")
        }
    }

    @Test("Counts and the directory are those of the tables after every transaction", arguments: 0..<8 as Range<UInt64>)
    func afterEveryTransaction(seed: UInt64) throws {
        let folder = try TemporaryDirectory()
        let history = RandomHistory(seed: seed, replicas: 4, sets: 240)
        let store = try ReplicaStore(.file(folder.path()), cacheCapacity: 16)
        var random = SeededGenerator(seed: seed &+ 1)
        var waiting = history.shuffled(seed: seed)[...]
        var merged: [ChangeSet] = []
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(Int.random(in: 1...9, using: &random)))
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                #expect(throws: Refused.self) {
                    try store.write(.normal) { transaction in
                        for set in batch { try transaction.receive(set) }
                        throw Refused()
                    }
                }
            case 1:
                // Made anew from nothing, and from what it was made from.
                let thread = history.threads.randomElement(using: &random) ?? ThreadID(high: 0, low: 0)
                let isGone = Bool.random(using: &random)
                try store.write(.normal) { transaction in
                    let dots = Set(try transaction.steps(of: .thread(thread)))
                    try transaction.rebuild(.thread(thread), from: isGone ? [] : merged.filter { dots.contains($0.dot) })
                }
            case 2 where !merged.isEmpty:
                try store.write(.normal) { transaction in
                    try transaction.resetMaterialised()
                    for set in merged { try transaction.merge(set) }
                }
            default:
                try store.receive(batch, inTransactionsOf: batch.count)
                merged += batch
                waiting = waiting.dropFirst(batch.count)
            }
            // Sometimes several transactions pass between two looks.
            if Int.random(in: 0..<3, using: &random) > 0 { try expectSame(store, history, "seed \(seed), \(merged.count) merged") }
        }
        try expectSame(store, history, "seed \(seed), at the end")
    }

    @Test("Readers that count while a writer writes end with what the tables have")
    func beside() async throws {
        let folder = try TemporaryDirectory()
        let history = RandomHistory(seed: 31, replicas: 4, sets: 1200)
        let store = try ReplicaStore(.file(folder.path()), cacheCapacity: 64)
        let reader = store.reader
        let isOver = Flag()
        let staff = history.staff[0]
        let counting = (0..<3).map { _ in
            Task.detached {
                var last = 0
                while !isOver.isSet {
                    last += try reader.counts(now: Self.now, staff: staff).open
                    await Task.yield()
                }
                return last
            }
        }
        try store.receive(history.shuffled(seed: 2), inTransactionsOf: 3)
        isOver.set()
        for task in counting { _ = try await task.value }
        try expectSame(store, history, "after everything")
    }

    @Test("A reader of one state sees nothing that is committed meanwhile, neither in the tables nor in memory")
    func oneState() throws {
        let folder = try TemporaryDirectory()
        let history = RandomHistory(seed: 5, replicas: 3, sets: 200)
        let store = try ReplicaStore(.file(folder.path()))
        let sets = history.shuffled(seed: 1)
        try store.receive(Array(sets.prefix(100)))
        let before = try store.reader.threads(ThreadFilter(.every), limit: .max)
        let kept = try store.reader.onOneState { reader in
            #expect(try reader.threads(ThreadFilter(.every), limit: .max) == before)
            try store.receive(Array(sets.dropFirst(100)))
            #expect(try reader.threads(ThreadFilter(.every), limit: .max) == before)
            // What it reads into memory now is of the state before, and must not be taken for the present one.
            _ = try reader.counts(now: Self.now)
            _ = try reader.offices()
            return reader
        }
        try expectSame(store, history, "after the reader's end")
        #expect(try kept.threads(ThreadFilter(.every), limit: .max) == store.reader.threads(ThreadFilter(.every), limit: .max))
    }

    @Test("What was used lately is kept, and of the rest no more than twice as much", arguments: [1, 3, 50])
    func generations(generationMax: Int) {
        var values = TwoGenerations<Int, Int>(generationMax: generationMax)
        for key in 0..<500 {
            values.keep(key * 2, for: key)
            for lately in max(0, key - generationMax + 1)...key { #expect(values.find(lately) == lately * 2) }
            #expect(values.count <= generationMax * 2)
        }
        values.removeAll { $0 % 2 == 1 }
        #expect(values.find(499) == nil && (generationMax == 1 || values.find(498) == 996))
        values.removeAll()
        #expect(values.count == 0)
    }

    @Test("Opened texts are kept while they are short, and forgotten when contents are destroyed or the store is closed")
    func openedTexts() throws {
        let history = SimpleHistory()
        let store = try ReplicaStore(.memory)
        try store.receive(history.sets)
        let reference = ContentReference(history.sets[0].dot, 0)
        let texts = store.reader.openedTexts
        let before = texts.forgotten
        texts.keep("Stitches", at: reference, since: before)
        #expect(texts.text(at: reference) == "Stitches")
        let long = String(repeating: "x", count: OpenedTexts.byteCountMax + 1)
        texts.keep(long, at: ContentReference(history.sets[0].dot, 1), since: before)
        #expect(texts.text(at: ContentReference(history.sets[0].dot, 1)) == nil)
        try store.write(.normal) { try $0.set([1], for: "something-else") }
        #expect(texts.text(at: reference) == "Stitches")
        try store.write(.normal) { try $0.replaceContents(of: reference.dot, with: [9, 9][...]) }
        #expect(texts.text(at: reference) == nil)
        texts.keep("Stitches", at: reference, since: before)
        #expect(texts.text(at: reference) == nil, "it was read before it was destroyed")
        texts.keep("Stitches", at: reference, since: texts.forgotten)
        #expect(texts.text(at: reference) == "Stitches")
        try store.close()
        #expect(texts.text(at: reference) == nil)
    }

    @Test("A text that is read from a state of before it was destroyed is not kept, whenever it is opened")
    func textsOfOldState() throws {
        let folder = try TemporaryDirectory()
        let history = SimpleHistory()
        let store = try ReplicaStore(.file(folder.path()))
        try store.receive(history.sets)
        let reference = ContentReference(history.sets[0].dot, 0)
        let texts = store.reader.openedTexts
        try store.reader.onOneState { old in
            try store.write(.normal) { try $0.replaceContents(of: reference.dot, with: [9, 9][...]) }
            texts.keep("Stitches", at: reference, since: old.textsForgotten)
            #expect(texts.text(at: reference) == nil)
        }
        try store.reader.onOneState { texts.keep("Stitches", at: reference, since: $0.textsForgotten) }
        #expect(texts.text(at: reference) == "Stitches")
        try store.close()
    }
}
