import PartitionSimulator
import ReplicaStore
import Testing

@Suite("A simulated disk: faults and images")
struct StorageFaultTests {
    @Test("a full disk refuses what would grow, whole, and takes it once there is room")
    func full() throws {
        let disk = try ShadowDisk(name: "towson", seed: 1)
        let store = try ReplicaStore(disk.location)
        try store.put(0, .full)
        disk.isFull = true
        #expect(disk.isFull)
        let refusal = #expect(throws: ReplicaStoreError.self) { try store.put(1, .full) }
        #expect(refusal?.code == .diskFull)
        #expect(try store.values() == [0])
        disk.isFull = false
        try store.put(2, .full)
        #expect(try store.values() == [0, 2])
        disk.capacity = disk.bytesStored + 20_000
        for number in 3..<30 { try? store.put(number, .full) }
        #expect(disk.bytesStored <= disk.capacity ?? 0)
        #expect(try store.reader.checkIntegrity() == [])
    }

    @Test("an operation that fails undoes its transaction, and the next one succeeds",
          arguments: [StorageOperation.write, .sync])
    func failing(_ kind: StorageOperation) throws {
        let disk = try ShadowDisk(name: "towson", seed: 2)
        let store = try ReplicaStore(disk.location)
        try store.put(0, .full)
        disk.failNextOperations(1, kind: kind)
        let failure = #expect(throws: ReplicaStoreError.self) { try store.put(1, .full) }
        #expect(failure?.code == .inputOutput)
        #expect(disk.counters.failures == 1)
        #expect(try store.values() == [0])
        try store.put(2, .full)
        disk.crash(.powerLosingAll)
        #expect(try ReplicaStore(disk.location).values() == [0, 2])
    }

    @Test("a disk that cannot be read does not open, and opens when it can")
    func unreadable() throws {
        let disk = try ShadowDisk(name: "towson", seed: 3)
        try ReplicaStore(disk.location).put(1, .full)
        disk.failNextOperations(1, kind: .read)
        let failure = #expect(throws: ReplicaStoreError.self) { try ReplicaStore(disk.location) }
        #expect(failure?.code == .inputOutput)
        #expect(try ReplicaStore(disk.location).values() == [1])
    }

    @Test("a dead disk fails every call until it is brought back")
    func dead() throws {
        let disk = try ShadowDisk(name: "towson", seed: 4)
        let store = try ReplicaStore(disk.location)
        try store.put(0, .full)
        disk.crashAt(operation: disk.counters.operations)
        #expect(throws: ReplicaStoreError.self) { try store.put(1, .full) }
        #expect(disk.isDead)
        #expect(throws: ReplicaStoreError.self) { try store.put(1, .full) }
        #expect(throws: ReplicaStoreError.self) { try ReplicaStore(disk.location) }
        disk.crash(.power)
        #expect(!disk.isDead)
        #expect(try ReplicaStore(disk.location).values() == [0])
    }

    @Test("a flipped bit in the log undoes the transactions from there on, and never changes one", arguments: 0..<40)
    func rottenLog(_ seed: UInt64) throws {
        let disk = try ShadowDisk(name: "towson", seed: seed)
        let store = try ReplicaStore(disk.location)
        try store.checkpoint()
        for number in 0..<10 { try store.put(number, .full) }
        let rotten = disk.rot(bits: 1, in: "towson.db-wal")
        #expect(rotten.count == 1)
        #expect(rotten.allSatisfy { $0.file == "towson.db-wal" })
        #expect(disk.counters.bitsRotted == 1)
        disk.crash(.process)
        let opened = try ReplicaStore(disk.location)
        let values = try opened.values()
        #expect(values == Array(0..<values.count))
        #expect(try opened.reader.checkIntegrity() == [])
    }

    @Test("an image brings back what was stored, and what of it was not durable")
    func images() throws {
        let disk = try ShadowDisk(name: "towson", seed: 5)
        let store = try ReplicaStore(disk.location)
        try store.put(0, .full)
        try store.put(1, .normal)
        let image = try disk.snapshot()
        let unsynced = disk.unsyncedCount
        #expect(unsynced > 0 && image.byteCount == disk.bytesStored)
        try store.put(2, .full)
        try disk.restore(image)
        #expect(disk.unsyncedCount == unsynced)
        #expect(throws: ReplicaStoreError.self) { try store.put(3, .full) }
        #expect(try ReplicaStore(disk.location).values() == [0, 1])
        try disk.restore(image)
        disk.crash(.powerLosingAll)
        #expect(try ReplicaStore(disk.location).values() == [0])
    }

    @Test("an image put on another disk is a clone that lives on its own")
    func clone() throws {
        let disk = try ShadowDisk(name: "towson", seed: 6)
        let store = try ReplicaStore(disk.location)
        try store.put(1, .full)
        let other = try ShadowDisk(name: "belair", seed: 6)
        try other.restore(try disk.snapshot())
        #expect(other.files == ["belair.db", "belair.db-wal"])
        let twin = try ReplicaStore(other.location)
        try twin.put(2, .full)
        try store.put(3, .full)
        #expect(try twin.values() == [1, 2])
        #expect(try store.values() == [1, 3])
    }

    @Test("a disk without a name, or with too long a one, is refused")
    func names() {
        #expect(throws: SimulationError.self) { try ShadowDisk(name: "", seed: 1) }
        #expect(throws: SimulationError.self) { try ShadowDisk(name: String(repeating: "a", count: 49), seed: 1) }
        #expect(throws: Never.self) {
            let disk = try ShadowDisk(name: "a b?&#%é" + String(repeating: "a", count: 39), seed: 1)
            try ReplicaStore(disk.location).put(1, .full)
            #expect(disk.files.first == disk.databaseName)
        }
    }
}
