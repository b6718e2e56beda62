import GRDB
#if canImport(Glibc)
import Glibc
#else
import Foundation
#endif

/// Turns a replica that lies in the clear into a sealed one.
public enum ReplicaSealing {
    /// Seals the database at `path`, which no process may have open, unless it is sealed already or there is none.
    ///
    /// A sealed copy is written beside it, flushed and compared, and takes its place in one step: a crash leaves the one or
    /// the other. The blocks of the plain file are freed, not overwritten.
    ///
    /// - Returns: Whether there was something to seal.
    /// - Throws: `ReplicaStoreError` as `ReplicaStore.init`, and `.corrupt` where the copy is not what it was made of; the
    ///   plain database is then as it was.
    public static func sealInPlace(_ path: String, _ seal: DatabaseSeal) throws -> Bool {
        let copy = path + ".sealing"
        removeFiles(of: copy)
        if access(path, F_OK) != 0 { return false }
        if ReplicaDatabase.looksSealed(path) {
            try ReplicaStore(.file(path, seal: seal), readers: 1).close()
            return false
        }
        let plain = try ReplicaStore(.file(path), readers: 1)
        defer { removeFiles(of: copy) }
        try plain.checkpoint()
        let sealed = try ReplicaStore(.file(copy, seal: seal), readers: 1)
        try sealed.withDatabase { try copyTables(from: path, to: $0) }
        try sealed.checkpoint()
        try compare(plain, sealed)
        try sealed.close()
        try plain.close()
        let lock = try DatabaseLock(databasePath: path)
        defer { lock.release() }
        guard rename(copy, path) == 0 else { throw DatabaseLock.failure(errno, opening: path) }
        // Cut to nothing by the checkpoint before; their names go too.
        _ = unlink(path + "-wal")
        _ = unlink(path + "-shm")
        try syncDirectory(of: path)
        return true
    }

    /// Copies every row. The tables are there: both have the form of this program. The full-text index is copied by the
    /// tables that it is made of.
    private static func copyTables(from path: String, to database: Database) throws {
        do {
            try database.execute(sql: "PRAGMA synchronous = FULL")
            let uri = try VFSFile(vfs: "unix", name: path).uri
            try database.execute(sql: "ATTACH ? AS plain", arguments: [uri + "&mode=ro"])
            let names = "type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
            let tables = try String.fetchAll(database, sql: "SELECT name FROM plain.sqlite_schema WHERE \(names) ORDER BY name")
            try database.inTransaction {
                for table in tables.map({ "\"\($0)\"" }) {
                    try database.execute(sql: "DELETE FROM main.\(table); INSERT INTO main.\(table) SELECT * FROM plain.\(table)")
                }
                return .commit
            }
            for table in tables.map({ "\"\($0)\"" }) {
                let counts = try ["plain", "main"].map {
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0).\(table)")
                }
                if counts[0] != counts[1] { throw differs(path) }
            }
            try database.execute(sql: "DETACH plain")
        } catch {
            throw ReplicaStoreError(error, during: "Sealing \(path)")
        }
    }

    /// Throws where the two do not show the same, or the copy is not whole.
    private static func compare(_ plain: ReplicaStore, _ sealed: ReplicaStore) throws {
        var bytes: [[UInt8]] = []
        try plain.reader.logicalBytes(sliceBytes: 1 << 20) { bytes.append(Array($0)) }
        var position = 0
        var isEqual = true
        try sealed.reader.logicalBytes(sliceBytes: 1 << 20) { slice in
            isEqual = isEqual && position < bytes.count && slice.elementsEqual(bytes[position])
            position += 1
        }
        let isWhole = try sealed.reader.checkIntegrity(thorough: true).isEmpty
        if !isEqual || position != bytes.count || !isWhole { throw differs("the sealed copy") }
    }

    private static func differs(_ path: String) -> ReplicaStoreError {
        ReplicaStoreError(
            .corrupt, "Sealing \(path): the copy is not equal to what it was made of. Nothing was replaced; check the disk.")
    }

    private static func removeFiles(of path: String) {
        for suffix in ["", "-wal", "-shm", ".lock"] { _ = unlink(path + suffix) }
    }

    private static func syncDirectory(of path: String) throws {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DatabaseLock.failure(errno, opening: folder) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DatabaseLock.failure(errno, opening: folder) }
    }
}
