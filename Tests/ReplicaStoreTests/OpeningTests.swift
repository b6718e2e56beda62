import Causality
import Foundation
import GRDB
import InboxModel
import Testing

@testable import ReplicaStore

@Suite("Opening")
struct OpeningTests {
    @Test("A new database is made, closed and opened again with what it held, readable by its owner only")
    func createsAndReopens() throws {
        let directory = try TemporaryDirectory()
        let history = SimpleHistory()
        let store = try ReplicaStore(.file(directory.path()))
        try store.receive(history.sets)
        let state = try store.logicalState()
        try store.close()
        try store.close()
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path())[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let again = try ReplicaStore(.file(directory.path()))
        #expect(try again.logicalState() == state)
        #expect(try again.reader.progress().map(\.merged) == [1])
    }

    @Test("After closing, everything is refused with an error")
    func closed() throws {
        let directory = try TemporaryDirectory()
        let store = try ReplicaStore(.file(directory.path()))
        try store.close()
        #expect(failureCode { try store.write(.normal) { _ in } } == .other)
        #expect(failureCode { try store.checkpoint() } == .other)
        #expect(throws: ReplicaStoreError.self) { try store.reader.progress() }
    }

    @Test("A second store on the same file is refused while the first lives, by name, and not after")
    func locked() throws {
        let directory = try TemporaryDirectory()
        var first: ReplicaStore? = try ReplicaStore(.file(directory.path()))
        let error = #expect(throws: ReplicaStoreError.self) { try ReplicaStore(.file(directory.path())) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains(directory.path()) == true)
        #expect(try first?.reader.progress() == [])
        first = nil
        _ = try ReplicaStore(.file(directory.path()))
    }

    @Test("Another process meets the lock", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock")))
    func lockedForOtherProcesses() throws {
        let directory = try TemporaryDirectory()
        func otherProcessGetsLock() throws -> Bool {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
            process.arguments = ["--nonblock", directory.path() + ".lock", "/bin/true"]
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
        let store = try ReplicaStore(.file(directory.path()))
        #expect(try !otherProcessGetsLock())
        try store.close()
        #expect(try otherProcessGetsLock())
    }

    @Test("A database of a newer program is refused, told to upgrade, and left as it was")
    func newer() throws {
        let directory = try TemporaryDirectory()
        try ReplicaStore(.file(directory.path())).close()
        try change(directory.path(), "PRAGMA user_version = 99")
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.path()))
        let error = #expect(throws: ReplicaStoreError.self) { try ReplicaStore(.file(directory.path())) }
        #expect(error?.code == .newerDatabase)
        #expect(error?.message.contains("Upgrade") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path())) == before)
    }

    @Test("A newer migration is refused even where the format number is ours")
    func newerMigration() throws {
        let directory = try TemporaryDirectory()
        try ReplicaStore(.file(directory.path())).close()
        try change(directory.path(), "INSERT INTO grdb_migrations (identifier) VALUES ('99')")
        #expect(failureCode { _ = try ReplicaStore(.file(directory.path())) } == .newerDatabase)
    }

    @Test("A database of format 1 gets what it lacks, and keeps what it has")
    func formatOne() throws {
        let directory = try TemporaryDirectory()
        let stamp = Stamp(Dot(ReplicaID(1), 1), HybridTimestamp(milliseconds: 1))
        let details = PatientDetails(name: "Ana Núñez", born: "1990-01-02")
        let known = Change.patient(PatientID(high: 1, low: 1), context: VersionVector(), .details(details))
        let store = try ReplicaStore(.file(directory.path()))
        try store.receive([ChangeSet(stamp: stamp, actor: .system, office: nil, changes: [known])])
        try store.close()
        for statement in [
            "DROP INDEX patient_name", "DROP TABLE thread_share", "DELETE FROM grdb_migrations WHERE identifier = '2'", "PRAGMA user_version = 1",
        ] {
            try change(directory.path(), statement)
        }
        let opened = try ReplicaStore(.file(directory.path()))
        #expect(try opened.reader.patients(matching: "nunez").count == 1)
        #expect(try opened.withDatabase { try Int64.fetchOne($0, sql: "PRAGMA user_version") } == ReplicaStore.formatVersion)
    }

    @Test("Another program's database is refused and left as it was")
    func foreign() throws {
        let directory = try TemporaryDirectory()
        try change(directory.path(), "CREATE TABLE other (a)")
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.path()))
        #expect(failureCode { _ = try ReplicaStore(.file(directory.path())) } == .notADatabase)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path())) == before)
    }

    @Test("A database whose making was cut short by a crash is made anew")
    func halfMade() throws {
        let directory = try TemporaryDirectory()
        try change(directory.path(), "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        let store = try ReplicaStore(.file(directory.path()))
        #expect(try store.reader.progress() == [])
    }

    @Test("Another program's database that keeps its migrations in the same way is refused")
    func foreignMigrations() throws {
        let directory = try TemporaryDirectory()
        try change(
            directory.path(),
            "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY); INSERT INTO grdb_migrations VALUES ('theirs')")
        #expect(failureCode { _ = try ReplicaStore(.file(directory.path())) } == .notADatabase)
    }

    @Test("A file that is no database is refused and left as it was", arguments: [1, 100, 511, 512, 20_000])
    func notADatabase(size: Int) throws {
        let directory = try TemporaryDirectory()
        let bytes = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
        try bytes.write(to: URL(fileURLWithPath: directory.path()))
        #expect(failureCode { _ = try ReplicaStore(.file(directory.path())) } == .notADatabase)
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.path())) == bytes)
    }

    @Test("An empty file becomes a database")
    func emptyFile() throws {
        let directory = try TemporaryDirectory()
        try Data().write(to: URL(fileURLWithPath: directory.path()))
        let store = try ReplicaStore(.file(directory.path()))
        #expect(try store.reader.progress() == [])
    }

    @Test("A damaged schema is named as damage")
    func damagedSchema() throws {
        let directory = try TemporaryDirectory()
        try ReplicaStore(.file(directory.path())).close()
        try overwrite(directory.path(), at: 100, with: Data(repeating: 0xEE, count: 3000))
        #expect(failureCode { _ = try ReplicaStore(.file(directory.path())) } == .corrupt)
    }

    @Test("Damage further inside is found by the integrity check or by reading, and named as damage")
    func damagedPages() throws {
        let directory = try TemporaryDirectory()
        let store = try ReplicaStore(.file(directory.path()))
        try store.receive(RandomHistory(seed: 3, sets: 300).shuffled(seed: 1), inTransactionsOf: 50)
        #expect(try store.reader.checkIntegrity() == [])
        try store.checkpoint()
        try store.close()
        let size = try Data(contentsOf: URL(fileURLWithPath: directory.path())).count
        try overwrite(directory.path(), at: 4096 * 3, with: Data(repeating: 0xEE, count: size - 4096 * 3))
        let code = failureCode {
            let damaged = try ReplicaStore(.file(directory.path()))
            if try !damaged.reader.checkIntegrity().isEmpty { throw ReplicaStoreError(.corrupt, "found by the check") }
        }
        #expect(code == .corrupt)
    }

    @Test("A directory that does not exist is named")
    func missingDirectory() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("no/such/replica.sqlite")
        let error = #expect(throws: ReplicaStoreError.self) { try ReplicaStore(.file(path)) }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains(path) == true)
    }

    @Test("A directory in the file's place is refused")
    func directoryInPlace() throws {
        let directory = try TemporaryDirectory()
        #expect(failureCode { _ = try ReplicaStore(.file(directory.url.path)) } == .notADatabase)
    }

    @Test("A directory that may not be written is refused")
    func readOnlyDirectory() throws {
        // Permissions do not bind the superuser; the kernel's own file systems do.
        if geteuid() == 0 {
            #expect(failureCode { _ = try ReplicaStore(.file("/sys/replica.sqlite")) } == .permissionDenied)
        } else {
            let directory = try TemporaryDirectory()
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory.url.path)
            defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.url.path) }
            #expect(failureCode { _ = try ReplicaStore(.file(directory.path())) } == .permissionDenied)
        }
    }

    private func change(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func overwrite(_ path: String, at offset: UInt64, with bytes: Data) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: bytes)
        try file.close()
    }
}
