import CSealedVFS
import Foundation
import GRDBSQLite
import Testing

@Suite struct SealedVFSTests {
    static let tables = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT);
        CREATE VIRTUAL TABLE search USING fts5(text);
        CREATE INDEX note_text ON note (text)
        """

    @Test("No byte of what is stored shows in any file, whatever was written, deleted, moved and left behind")
    func canaryStaysHidden() throws {
        for isSealed in [false, true] {
            let folder = try TestFolder()
            let connection = try Connection(folder.database, isSealed ? TestVFS() : nil)
            try connection.run(Self.tables)
            #expect(try connection.rows("PRAGMA page_size") == ["4096"])
            try fill(connection, rows: 0..<300)
            try connection.run("INSERT INTO search SELECT text FROM note")
            var seen = contains(try folder.everything(), canary)
            try connection.run("DELETE FROM note WHERE id % 2 = 0; DELETE FROM search WHERE rowid % 3 = 0")
            try connection.run("PRAGMA wal_checkpoint(PASSIVE)")
            seen = try contains(folder.everything(), canary) || seen
            try fill(connection, rows: 1000..<1200)
            // What a killed process leaves, its log not moved.
            seen = try contains(folder.copy().everything(), canary) || seen
            try connection.run("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            seen = try contains(folder.everything(), canary) || seen
            // The same search finds it where nothing is sealed.
            #expect(seen == !isSealed)
            #expect(contains(try folder.everything(), "SQLite format 3") == !isSealed)
        }
    }

    @Test("A database is what it was when it is opened again, after a clean end and after a kill")
    func reopens() throws {
        let folder = try TestFolder()
        let vfs = TestVFS()
        let connection = try Connection(folder.database, vfs)
        try connection.run(Self.tables)
        try fill(connection, rows: 0..<200)
        let killed = try folder.copy()
        // Nothing was moved yet: all of it is in the log, and the main file is empty.
        #expect(killed.bytes(killed.database).isEmpty && !killed.bytes(killed.log).isEmpty)
        connection.close()
        for folder in [folder, killed] {
            let again = try Connection(folder.database, TestVFS())
            #expect(try again.rows("SELECT count(*) FROM note") == ["200"])
            #expect(try again.isWhole())
        }
    }

    @Test("A transaction that outgrows the cache survives a kill after its commit, and leaves nothing after one before it")
    func spilling() throws {
        let folder = try TestFolder()
        let connection = try Connection(
            folder.database, TestVFS(), setUp: ["PRAGMA temp_store = MEMORY", "PRAGMA cache_size = 8"])
        try connection.run(Self.tables)
        try connection.run("BEGIN")
        for round in 0..<4 {
            for row in 0..<200 {
                // The same pages again and again: they are overwritten in the log, and their headers written anew.
                try connection.run("REPLACE INTO note VALUES (\(row), '\(String(repeating: "\(round) ", count: 200))')")
            }
        }
        let before = try folder.copy()
        try connection.run("COMMIT")
        let after = try folder.copy()
        let unfinished = try Connection(before.database, TestVFS())
        #expect(try unfinished.rows("SELECT count(*) FROM note") == ["0"])
        #expect(try unfinished.isWhole())
        let finished = try Connection(after.database, TestVFS())
        #expect(try finished.rows("SELECT count(*) FROM note WHERE text LIKE '3 %'") == ["200"])
        #expect(try finished.isWhole())
        try connection.run("BEGIN; DELETE FROM note WHERE id < 50; SAVEPOINT a; DELETE FROM note; ROLLBACK TO a; COMMIT")
        #expect(try connection.rows("SELECT count(*) FROM note") == ["150"])
        #expect(try connection.isWhole())
    }

    @Test("Another key opens nothing, changes nothing, and is named as such", arguments: [false, true])
    func wrongKey(isMoved: Bool) throws {
        let folder = try TestFolder()
        let connection = try Connection(folder.database, TestVFS())
        try connection.run(Self.tables)
        try connection.run("PRAGMA wal_checkpoint(PASSIVE)")
        if !isMoved { try fill(connection, rows: 0..<50) }
        let left = try folder.copy()
        let failure = sqliteFailure { _ = try Connection(left.database, TestVFS(key: [UInt8](repeating: 9, count: 32))) }
        #expect(failure?.result == SQLITE_NOTADB)
        #expect(failure?.fault == Int(SUTURE_FAULT_KEY))
        #expect(left.bytes(left.database) == folder.bytes(folder.database))
        #expect(left.bytes(left.log) == folder.bytes(folder.log))
        #expect(try Connection(left.database, TestVFS()).rows("SELECT count(*) FROM note") == [isMoved ? "0" : "50"])
    }

    @Test("A plain database is named as such and left as it was; a sealed one is no database without the key")
    func plain() throws {
        let folder = try TestFolder()
        let plain = try Connection(folder.database, nil)
        try plain.run("CREATE TABLE note (id)")
        plain.close()
        let before = try folder.everything()
        #expect(sqliteFailure { _ = try Connection(folder.database, TestVFS()) }?.fault == Int(SUTURE_FAULT_PLAIN))
        #expect(try folder.everything() == before)
        let sealed = try TestFolder()
        let connection = try Connection(sealed.database, TestVFS())
        try connection.run(Self.tables)
        connection.close()
        #expect(sqliteFailure { _ = try Connection(sealed.database, nil).rows("SELECT * FROM note") }?.result == SQLITE_NOTADB)
    }

    @Test("Journals, temporary files and further databases are refused; sorting and statements work in memory")
    func refusals() throws {
        let folder = try TestFolder()
        let vfs = TestVFS()
        let connection = try Connection(folder.database, vfs)
        try connection.run(Self.tables)
        for mode in ["DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF"] {
            #expect(sqliteFailure { try connection.run("PRAGMA journal_mode = \(mode)") }?.message.contains("sealed") == true)
        }
        #expect(try connection.rows("PRAGMA journal_mode") == ["wal"])
        let other = sqliteFailure { try connection.run("ATTACH '\(folder.path)/other.sqlite' AS other; CREATE TABLE other.a (b)") }
        #expect(other?.fault == Int(SUTURE_FAULT_REFUSED))
        try fill(connection, rows: 0..<400)
        let sorted = try connection.rows("SELECT text || random() FROM note ORDER BY 1 DESC")
        #expect(sorted.count == 400)
        // A statement that fails halfway is undone alone: that needs a journal of its own.
        try connection.run("BEGIN")
        #expect(sqliteFailure { try connection.run("UPDATE note SET id = CASE WHEN id < 300 THEN id + 1000 ELSE 5000 END") } != nil)
        try connection.run("COMMIT")
        #expect(try connection.rows("SELECT max(id) FROM note") == ["399"])
        try connection.run("PRAGMA temp_store = FILE; PRAGMA cache_spill = 1; CREATE TEMP TABLE spill (a); PRAGMA temp.cache_size = 4")
        let spilled = sqliteFailure {
            try connection.run("BEGIN")
            for row in 0..<400 { try connection.run("INSERT INTO spill SELECT text FROM note WHERE id = \(row)") }
            try connection.run("COMMIT")
        }
        #expect(spilled?.fault == Int(SUTURE_FAULT_REFUSED))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["test.sqlite", "test.sqlite-shm", "test.sqlite-wal"])
    }

    @Test("A journal that somebody puts beside a sealed database is not played back")
    func foreignJournal() throws {
        let folder = try TestFolder()
        let connection = try Connection(folder.database, TestVFS())
        try connection.run(Self.tables)
        try fill(connection, rows: 0..<20)
        connection.close()
        let before = folder.bytes(folder.database)
        let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7, 0, 0, 0, 1]
        try folder.write(magic + [UInt8](repeating: 7, count: 8192), to: folder.database + "-journal")
        let again = try Connection(folder.database, TestVFS())
        #expect(try again.rows("SELECT count(*) FROM note") == ["20"])
        #expect(folder.bytes(folder.database) == before)
    }

    @Test("No nonce is used twice")
    func nonces() throws {
        let folder = try TestFolder()
        let connection = try Connection(folder.database, TestVFS())
        try connection.run(Self.tables)
        for round in 0..<5 {
            try fill(connection, rows: round * 100..<round * 100 + 100)
            if round == 2 { try connection.run("PRAGMA wal_checkpoint(PASSIVE)") }
        }
        let main = folder.bytes(folder.database)
        let log = folder.bytes(folder.log)
        var nonces = stride(from: 0, to: main.count, by: 4096).map { Array(main[$0 + 4056..<$0 + 4080]) }
        nonces += stride(from: 32, to: log.count - 4119, by: 4120).map { Array(log[$0 + 4080..<$0 + 4104]) }
        #expect(nonces.count > 100)
        #expect(Set(nonces).count == nonces.count)
        #expect(nonces.allSatisfy { $0[16...].elementsEqual(Array(SUTURE_SEALED_MARK.utf8)) })
    }

    @Test("The key goes with the last file that is open")
    func lifetime() throws {
        let folder = try TestFolder()
        let vfs = TestVFS()
        let connection = try Connection(folder.database, vfs)
        try connection.run(Self.tables)
        #expect(suture_sealed_vfs_open_files(vfs.vfs) == 2)
        connection.close()
        #expect(suture_sealed_vfs_open_files(vfs.vfs) == 0)
        #expect(suture_sealed_vfs_create(vfs.name, nil, TestVFS.key, nil, nil, nil) == nil)
        #expect(suture_sealed_vfs_create("no-such-below", "there is none", TestVFS.key, nil, nil, nil) == nil)
    }
}
