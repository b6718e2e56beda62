import CSealedVFS
import Foundation
import GRDBSQLite
import Synchronization

/// What SQLite answered, and what the VFS said about it.
struct SQLiteFailure: Error {
    let result: Int32
    let message: String
    let fault: Int
    let number: UInt64
}

/// A folder for one test, removed with this object.
final class TestFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("sealed-vfs-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/test.sqlite" }
    var log: String { database + "-wal" }

    func bytes(_ path: String) -> [UInt8] { FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? [] }

    func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    /// Every byte of every file here.
    func everything() throws -> [UInt8] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted().flatMap { bytes(path + "/" + $0) }
    }

    /// Another folder with the database and its log as they are on the disk now: what a killed process leaves.
    func copy() throws -> TestFolder {
        let copy = try TestFolder()
        try copy.write(bytes(database), to: copy.database)
        try copy.write(bytes(log), to: copy.log)
        return copy
    }
}

/// A registered sealing VFS.
final class TestVFS {
    static let key = [UInt8](1...32)
    private static let count = Atomic<Int>(0)
    let name: String
    let vfs: OpaquePointer

    init(key: [UInt8] = TestVFS.key, over below: String? = nil) {
        name = "test-sealed-\(Self.count.wrappingAdd(1, ordering: .relaxed).newValue)"
        // Where SQLite takes no VFS no test can run.
        vfs = suture_sealed_vfs_create(name, below, key, nil, nil, nil)!
    }

    deinit { suture_sealed_vfs_release(vfs) }
}

/// A connection as the store makes them, to a sealed database or to a plain one.
final class Connection {
    private var handle: OpaquePointer?
    private let vfs: TestVFS?

    init(_ path: String, _ vfs: TestVFS?, reads: Bool = false, setUp: [String] = ["PRAGMA temp_store = MEMORY"]) throws {
        self.vfs = vfs
        let flags = (reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_EXRESCODE
        let result = sqlite3_open_v2(path, &handle, flags, vfs?.name)
        if result != SQLITE_OK {
            let failure = failure(result)
            close()
            throw failure
        }
        sqlite3_busy_timeout(handle, 5000)
        do { for statement in setUp { try run(statement) } } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    func close() {
        sqlite3_close(handle)
        handle = nil
    }

    private func failure(_ result: Int32) -> SQLiteFailure {
        var fault = suture_sealed_fault()
        suture_sealed_take_fault(&fault)
        let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? ""
        return SQLiteFailure(result: result, message: message, fault: Int(fault.kind), number: fault.number)
    }

    /// Runs statements.
    func run(_ sql: String) throws {
        let result = sqlite3_exec(handle, sql, nil, nil, nil)
        if result != SQLITE_OK { throw failure(result) }
    }

    /// The first column of every row, as text.
    func rows(_ sql: String) throws -> [String] {
        var statement: OpaquePointer?
        var result = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        if result != SQLITE_OK { throw failure(result) }
        defer { sqlite3_finalize(statement) }
        var rows: [String] = []
        while true {
            result = sqlite3_step(statement)
            if result == SQLITE_DONE { return rows }
            if result != SQLITE_ROW { throw failure(result) }
            rows.append(sqlite3_column_text(statement, 0).map { String(cString: $0) } ?? "")
        }
    }

    func isWhole() throws -> Bool { try rows("PRAGMA integrity_check") == ["ok"] }
}

/// The failure that `body` throws, or nil.
func sqliteFailure(_ body: () throws -> Void) -> SQLiteFailure? {
    do {
        try body()
        return nil
    } catch {
        return error as? SQLiteFailure
    }
}

/// `SQLITE_IOERR_DATA`, a macro that Swift does not import.
let notAuthentic: Int32 = SQLITE_IOERR | (32 << 8)

let canary = "CanaryInTheSealedMine"

/// Writes rows that hold the canary, each some bytes long.
func fill(_ connection: Connection, rows: Range<Int>) throws {
    try connection.run("BEGIN")
    for row in rows {
        let text = String(repeating: "\(canary) \(row) ", count: 12)
        try connection.run("INSERT INTO note VALUES (\(row), '\(text)')")
    }
    try connection.run("COMMIT")
}

func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    Data(bytes).range(of: Data(text.utf8)) != nil
}
