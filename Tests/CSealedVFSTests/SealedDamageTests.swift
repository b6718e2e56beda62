import CSealedVFS
import Foundation
import GRDBSQLite
import Testing

/// What damage and attacks on the stored bytes come to.
@Suite struct SealedDamageTests {
    /// A database of many pages in its main file, and its folder.
    private func movedDatabase() throws -> TestFolder {
        let folder = try TestFolder()
        let connection = try Connection(folder.database, TestVFS())
        try connection.run(SealedVFSTests.tables)
        try fill(connection, rows: 0..<300)
        connection.close()
        #expect(folder.bytes(folder.log).isEmpty)
        return folder
    }

    /// Reads everything. The failure that it ends with, or nil.
    private func readAll(_ folder: TestFolder) -> SQLiteFailure? {
        sqliteFailure {
            let connection = try Connection(folder.database, TestVFS())
            let isWhole = try connection.isWhole()
            let count = try connection.rows("SELECT count(*) FROM note WHERE text LIKE '\(canary)%'")
            if !isWhole || count != ["300"] { Issue.record("damage went unnoticed: \(isWhole), \(count)") }
        }
    }

    @Test("A flipped bit anywhere in a page is noticed, and the page named")
    func flippedBits() throws {
        let folder = try movedDatabase()
        let sound = folder.bytes(folder.database)
        #expect(readAll(folder) == nil)
        for page in stride(from: 0, to: sound.count / 4096, by: 5) {
            for offset in [0, 99, 2048, 4055, 4056, 4079, 4080, 4095] {
                var bytes = sound
                bytes[page * 4096 + offset] ^= 1 << (offset % 8)
                try folder.write(bytes, to: folder.database)
                let failure = readAll(folder)
                #expect(failure?.result == notAuthentic, "page \(page + 1), byte \(offset)")
                #expect(failure?.fault == Int(SUTURE_FAULT_PAGE))
                #expect(failure?.number == UInt64(page + 1))
            }
        }
    }

    @Test("Two pages that changed places, and a page of zeros, are noticed")
    func movedPages() throws {
        let folder = try movedDatabase()
        let sound = folder.bytes(folder.database)
        var swapped = sound
        swapped.replaceSubrange(4096..<8192, with: sound[8192..<12288])
        swapped.replaceSubrange(8192..<12288, with: sound[4096..<8192])
        var emptied = sound
        emptied.replaceSubrange(4096..<8192, with: [UInt8](repeating: 0, count: 4096))
        var cut = sound
        cut.removeLast(100)
        for bytes in [swapped, emptied, cut] {
            try folder.write(bytes, to: folder.database)
            #expect(readAll(folder)?.fault == Int(SUTURE_FAULT_PAGE))
        }
    }

    @Test("A page taken from the log does not open in the main file")
    func fromLogToMain() throws {
        let folder = try TestFolder()
        let connection = try Connection(folder.database, TestVFS())
        try connection.run(SealedVFSTests.tables)
        try fill(connection, rows: 0..<300)
        try connection.run("PRAGMA wal_checkpoint(PASSIVE)")
        let log = folder.bytes(folder.log)
        var main = folder.bytes(folder.database)
        connection.close()
        let page = Int(log[32]) << 24 | Int(log[33]) << 16 | Int(log[34]) << 8 | Int(log[35])
        main.replaceSubrange((page - 1) * 4096..<page * 4096, with: log[56..<4152])
        let forged = try TestFolder()
        try forged.write(main, to: forged.database)
        #expect(readAll(forged)?.fault == Int(SUTURE_FAULT_PAGE))
    }

    @Test("An older version of a page in its own place is not noticed here: the layers above compare with peers")
    func rolledBackPage() throws {
        let folder = try movedDatabase()
        let older = folder.bytes(folder.database)
        let connection = try Connection(folder.database, TestVFS())
        try connection.run("UPDATE note SET text = '\(canary) changed' WHERE id = 150")
        connection.close()
        try folder.write(older, to: folder.database)
        let again = try Connection(folder.database, TestVFS())
        #expect(try again.rows("SELECT text FROM note WHERE id = 150") != ["\(canary) changed"])
        #expect(try again.isWhole())
    }

    @Test("A page 1 that a checkpoint tore is taken from the log")
    func tornFirstPage() throws {
        let folder = try TestFolder()
        let connection = try Connection(folder.database, TestVFS())
        try connection.run(SealedVFSTests.tables)
        try fill(connection, rows: 0..<100)
        try connection.run("PRAGMA wal_checkpoint(PASSIVE)")
        let left = try folder.copy()
        var main = left.bytes(left.database)
        main.replaceSubrange(0..<512, with: [UInt8](repeating: 0, count: 512))
        for bytes in [main, Array(main[..<700])] {
            try left.write(bytes, to: left.database)
            try left.write(folder.bytes(folder.log), to: left.log)
            let again = try Connection(left.database, TestVFS())
            #expect(try again.rows("SELECT count(*) FROM note") == ["100"])
            #expect(try again.isWhole())
        }
        // Without the log it is damage, told apart from a wrong key by the pages that open.
        try left.write(main, to: left.database)
        try left.write([], to: left.log)
        let failure = sqliteFailure { _ = try Connection(left.database, TestVFS()) }
        #expect(failure?.fault == Int(SUTURE_FAULT_PAGE))
        #expect(failure?.number == 1)
    }

    /// A database whose log holds transactions of three rows each, and where each transaction ends in it.
    private func loggedDatabase() throws -> (folder: TestFolder, ends: [Int]) {
        let folder = try TestFolder()
        let connection = try Connection(folder.database, TestVFS())
        try connection.run(SealedVFSTests.tables)
        try connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
        var ends: [Int] = []
        for round in 0..<6 {
            try fill(connection, rows: round * 3..<round * 3 + 3)
            ends.append(folder.bytes(folder.log).count)
        }
        return (try folder.copy(), ends)
    }

    /// How many rows are there after recovery; nil where something is wrong with them.
    private func rowsRecovered(_ folder: TestFolder, log: [UInt8]) throws -> Int? {
        let copy = try TestFolder()
        try copy.write(folder.bytes(folder.database), to: copy.database)
        try copy.write(log, to: copy.log)
        let connection = try Connection(copy.database, TestVFS())
        guard try connection.isWhole() else { return nil }
        return try connection.rows("SELECT count(*) FROM note").first.flatMap { Int($0) }
    }

    @Test("A log cut anywhere holds the transactions that ended before the cut, and nothing of the next")
    func tornLog() throws {
        let (folder, ends) = try loggedDatabase()
        let log = folder.bytes(folder.log)
        #expect(try rowsRecovered(folder, log: log) == 18)
        var cuts: [Int] = [0, 1, 31, 32]
        for end in ends {
            let frame = end - 4120
            // Within the header: number, size, salts, checksum; within the page, its nonce and its tag; at the end.
            cuts += [0, 1, 4, 8, 16, 17, 23, 24, 25, 2000, 4079, 4080, 4103, 4104, 4119, 4120].map { frame + $0 }
        }
        for cut in cuts {
            let whole = ends.filter { $0 <= cut }.count * 3
            #expect(try rowsRecovered(folder, log: Array(log[..<cut])) == whole, "cut at \(cut)")
            // As a power cut leaves it: the length is there, the bytes are not.
            let zeros = [UInt8](repeating: 0, count: log.count - cut)
            #expect(try rowsRecovered(folder, log: log[..<cut] + zeros) == whole, "zeros from \(cut)")
        }
    }

    @Test("A frame with a flipped bit is the end of the log, at every kind of byte")
    func damagedFrame() throws {
        let (folder, ends) = try loggedDatabase()
        let log = folder.bytes(folder.log)
        let frame = ends[2]
        for offset in [0, 3, 5, 8, 15, 16, 23, 24, 2000, 4079, 4080, 4104, 4119] {
            var bytes = log
            bytes[frame + offset] ^= 1 << (offset % 8)
            #expect(try rowsRecovered(folder, log: bytes) == 9, "byte \(offset)")
        }
    }

    @Test("Frames that changed places, were doubled, or come from another generation of the log end it")
    func movedFrames() throws {
        let (folder, ends) = try loggedDatabase()
        let log = folder.bytes(folder.log)
        let (first, second) = (ends[1], ends[1] + 4120)
        var swapped = log
        swapped.replaceSubrange(first..<second, with: log[second..<second + 4120])
        swapped.replaceSubrange(second..<second + 4120, with: log[first..<second])
        #expect(try rowsRecovered(folder, log: swapped) == 6)
        var doubled = log
        doubled.replaceSubrange(second..<second + 4120, with: log[first..<second])
        #expect(try rowsRecovered(folder, log: doubled) == 6)
        // The same key and the same places, but other salts.
        let (other, _) = try loggedDatabase()
        var mixed = log
        mixed.replaceSubrange(first..., with: other.bytes(other.log)[first...])
        #expect(try rowsRecovered(folder, log: mixed) == 6)
    }

    @Test("A frame that rots while the log is in use is named when it is read")
    func rotInUse() throws {
        let folder = try TestFolder()
        let vfs = TestVFS()
        let writer = try Connection(folder.database, vfs)
        try writer.run(SealedVFSTests.tables)
        try fill(writer, rows: 0..<300)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.log))
        let log = folder.bytes(folder.log)
        for frame in stride(from: 32, to: log.count, by: 4120) {
            try file.seek(toOffset: UInt64(frame + 1000))
            try file.write(contentsOf: Data([log[frame + 1000] ^ 4]))
        }
        let failure = sqliteFailure {
            let reader = try Connection(folder.database, vfs, reads: true)
            _ = try reader.rows("SELECT text FROM note")
        }
        #expect(failure?.result == notAuthentic)
        #expect(failure?.fault == Int(SUTURE_FAULT_FRAME))
        #expect((failure?.number ?? 0) > 0)
    }
}
