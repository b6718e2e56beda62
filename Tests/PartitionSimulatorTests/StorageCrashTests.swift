import PartitionSimulator
import ReplicaStore
import Testing

@Suite("A simulated disk: crashes")
struct StorageCrashTests {
    @Test("what a store wrote is there when it is opened again, and the log is gone after a clean close")
    func reopens() throws {
        let disk = try ShadowDisk(name: "towson", seed: 1)
        let store = try ReplicaStore(disk.location)
        try store.put(7, .full)
        #expect(disk.files == ["towson.db", "towson.db-wal"])
        try store.close()
        #expect(disk.files == ["towson.db"])
        #expect(try ReplicaStore(disk.location).values() == [7])
        #expect(disk.counters.failures == 0)
    }

    @Test("a process that dies loses nothing that was committed", arguments: [Durability.full, .normal])
    func process(_ durability: Durability) throws {
        let disk = try ShadowDisk(name: "towson", seed: 2)
        let store = try ReplicaStore(disk.location)
        for number in 0..<20 { try store.put(number, durability) }
        disk.crash(.process)
        #expect(try ReplicaStore(disk.location).values() == Array(0..<20))
        #expect(disk.counters.sectorsLost == 0)
    }

    @Test("a power cut loses nothing that a full commit made durable, and of normal ones at most the last", arguments: 0..<60)
    func power(_ seed: UInt64) throws {
        let disk = try ShadowDisk(name: "towson", seed: seed)
        let store = try ReplicaStore(disk.location)
        for number in 0..<8 { try store.put(number, .full) }
        for number in 8..<20 { try store.put(number, .normal) }
        disk.crash(.power)
        let opened = try ReplicaStore(disk.location)
        let values = try opened.values()
        #expect(values.count >= 8)
        #expect(values == Array(0..<values.count))
        #expect(try opened.reader.checkIntegrity() == [])
        // Another value than the one that was lost: the same page once more would join what survived behind it in the log.
        try opened.put(100, .full)
        disk.crash(.powerLosingAll)
        #expect(try ReplicaStore(disk.location).values() == values + [100])
    }

    @Test("power cuts keep, lose and tear sectors, in different measure for different seeds")
    func outcomes() throws {
        var counts: Set<Int> = []
        var torn: Int64 = 0
        for seed in 0..<40 {
            let disk = try ShadowDisk(name: "towson", seed: UInt64(seed))
            let store = try ReplicaStore(disk.location)
            try store.put(0, .full)
            for number in 1..<20 { try store.put(number, .normal) }
            #expect(disk.unsyncedCount > 0)
            disk.crash(.power)
            #expect(disk.unsyncedCount == 0)
            torn += disk.counters.sectorsTorn
            counts.insert(try ReplicaStore(disk.location).values().count)
        }
        #expect(torn > 0)
        #expect(counts.count > 3, "the cuts keep \(counts) of the transactions")
    }

    @Test("the same seed and calls give the same outcome, and another seed another one")
    func deterministic() throws {
        func run(_ seed: UInt64) throws -> [StorageCounters] {
            let disk = try ShadowDisk(name: "towson", seed: seed)
            var counters: [StorageCounters] = []
            for round in 0..<4 {
                let store = try ReplicaStore(disk.location)
                for number in 0..<10 { try store.put(round * 10 + number, number < 5 ? .full : .normal) }
                disk.crash(.power)
                counters.append(disk.counters)
            }
            return counters
        }
        #expect(try run(5) == run(5))
        #expect(try run(5) != run(6))
    }

    @Test("a commit that dies at any operation is there whole or not at all", arguments: StorageCrash.allCases, [false, true])
    func everyOperation(_ crash: StorageCrash, tearing: Bool) throws {
        let disk = try ShadowDisk(name: "towson", seed: 3)
        let before = try ReplicaStore(disk.location)
        for number in 0..<3 { try before.put(number, .full) }
        let image = try disk.snapshot()
        var operation: Int64 = 0
        var outcomes: Set<Int> = []
        while true {
            try disk.restore(image)
            disk.reseed(UInt64(operation))
            let store = try ReplicaStore(disk.location)
            disk.crashAt(operation: disk.counters.operations + operation, tearing: tearing)
            let result = Result { try store.put(3, .full) }
            let died = disk.isDead
            disk.crash(crash)
            let opened = try ReplicaStore(disk.location)
            let values = try opened.values()
            #expect(values == [0, 1, 2] || values == [0, 1, 2, 3])
            #expect(try opened.reader.checkIntegrity() == [])
            if !died {
                try result.get()
                #expect(values.count == 4)
                break
            }
            #expect(throws: ReplicaStoreError.self) { try result.get() }
            outcomes.insert(values.count)
            operation += 1
        }
        #expect(operation >= 3, "a commit has several operations")
        #expect(outcomes.contains(3))
    }

    @Test("a disk that dies while it is opened for the first time is opened as new or as made", arguments: StorageCrash.allCases)
    func firstOpen(_ crash: StorageCrash) throws {
        var operation: Int64 = 0
        var died = true
        while died {
            let disk = try ShadowDisk(name: "towson", seed: UInt64(operation))
            disk.crashAt(operation: operation, tearing: operation % 2 == 0)
            _ = try? ReplicaStore(disk.location)
            died = disk.isDead
            disk.crash(crash)
            let store = try ReplicaStore(disk.location)
            #expect(try store.reader.checkIntegrity() == [])
            try store.put(1, .full)
            operation += 1
        }
        #expect(operation > 20)
    }

    @Test("a disk that lies on sync loses what it promised")
    func lies() throws {
        let disk = try ShadowDisk(name: "towson", seed: 4)
        let store = try ReplicaStore(disk.location)
        try store.put(0, .full)
        disk.liesOnSync = true
        try store.put(1, .full)
        #expect(disk.counters.lies > 0)
        disk.liesOnSync = false
        disk.crash(.powerLosingAll)
        let opened = try ReplicaStore(disk.location)
        #expect(try opened.values() == [0])
        #expect(try opened.reader.checkIntegrity() == [])
    }

    @Test("a store from before a crash reaches nothing any more, whenever it goes")
    func staleStore() throws {
        let disk = try ShadowDisk(name: "towson", seed: 5)
        var old: ReplicaStore? = try ReplicaStore(disk.location)
        try old?.put(1, .full)
        disk.crash(.process)
        #expect(throws: ReplicaStoreError.self) { try old?.put(2, .full) }
        let store = try ReplicaStore(disk.location)
        try store.put(3, .full)
        let operations = disk.counters.operations
        old = nil
        #expect(disk.counters.operations == operations)
        try store.put(4, .full)
        #expect(try store.values() == [1, 3, 4])
    }

    @Test("a store may outlive its disk")
    func outlived() throws {
        var disk: ShadowDisk? = try ShadowDisk(name: "towson", seed: 6)
        let store = try ReplicaStore(try #require(disk).location)
        disk = nil
        try store.put(1, .full)
        #expect(try store.values() == [1])
    }

    @Test("the log is moved into the database inside the commit that makes it due, and started anew")
    func checkpoints() throws {
        let disk = try ShadowDisk(name: "towson", seed: 7)
        let store = try ReplicaStore(disk.location)
        let large = [UInt8](repeating: 1, count: 200_000)
        for number in 0..<60 { try store.write(.normal) { try $0.set(large, for: "large \(number)") } }
        #expect(disk.contents(of: disk.databaseName).count > 8_000_000)
        #expect(disk.contents(of: disk.databaseName + "-wal").count < 6_000_000)
        disk.crash(.power)
        let opened = try ReplicaStore(disk.location)
        #expect(try opened.reader.checkIntegrity() == [])
        #expect(try opened.reader.setting("large 40") == large)
    }
}

extension ReplicaStore {
    /// Keeps a number.
    func put(_ number: Int, _ durability: Durability) throws {
        try write(durability) { try $0.set([UInt8(number)], for: "value \(number)") }
    }

    /// The numbers kept, ascending.
    func values() throws -> [Int] {
        try reader.settings(prefix: "value ").compactMap { $0.value.first.map(Int.init) }.sorted()
    }
}
