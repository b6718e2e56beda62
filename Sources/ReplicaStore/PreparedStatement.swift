import Causality
import GRDB
import GRDBSQLite

/// One compiled SQL statement: the only place that binds and reads SQLite values through C.
///
/// GRDB boxes each argument in an existential and each row in an object, which costs more than SQLite's own work on
/// the merge path. Here numbers and bytes go straight to SQLite. Blobs are bound without copying: whatever memory was
/// bound must live until `run()` or the last `step()` has returned, so callers bind and step inside one
/// `withUnsafeBytes`.
///
/// Confined to its connection's queue. Binding failures are remembered and thrown by the next step.
final class PreparedStatement {
    private let connection: OpaquePointer
    private var handle: OpaquePointer?
    private var bindFailure: Int32 = SQLITE_OK
    /// The GRDB statement that `handle` belongs to, where it is not our own to finalise.
    private let lender: Statement?
    /// The writing connection whose transaction the statement may have to begin. It owns the statement.
    private unowned let writer: WriteConnection?

    /// Compiles `sql` for the connection's life.
    init(_ sql: String, on connection: OpaquePointer, of writer: WriteConnection) throws {
        self.connection = connection
        self.writer = writer
        lender = nil
        let result = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard result == SQLITE_OK, handle != nil else {
            throw ReplicaStoreError(
                sqlite: sqlite3_extended_errcode(connection), during: "Preparing a statement",
                detail: String(cString: sqlite3_errmsg(connection)))
        }
    }

    /// Borrows a statement that GRDB compiled and keeps for its connection.
    init(borrowing statement: Statement, on connection: OpaquePointer) {
        self.connection = connection
        writer = nil
        lender = statement
        handle = statement.sqliteStatement
        reset()
    }

    deinit { finalize() }

    /// Gives the statement back to SQLite. Before the connection closes.
    func finalize() {
        guard let statement = handle else { return }
        handle = nil
        if lender == nil { sqlite3_finalize(statement) } else { sqlite3_reset(statement) }
    }

    // MARK: Binding

    /// Binds a number to parameter `index`, from 1.
    @inline(__always)
    func bind(_ index: Int32, _ value: Int64) { note(sqlite3_bind_int64(handle, index, value)) }

    /// Binds a number, or NULL.
    @inline(__always)
    func bind(_ index: Int32, _ value: Int64?) {
        if let value { bind(index, value) } else { note(sqlite3_bind_null(handle, index)) }
    }

    /// Binds borrowed bytes as a blob; of no bytes the empty blob.
    @inline(__always)
    func bind(_ index: Int32, _ value: UnsafeRawBufferPointer) {
        if let start = value.baseAddress, value.count > 0 {
            note(sqlite3_bind_blob64(handle, index, start, UInt64(value.count), nil))
        } else {
            note(sqlite3_bind_zeroblob(handle, index, 0))
        }
    }

    /// Binds a copy of `value` as a blob.
    func bindCopy(_ index: Int32, _ value: [UInt8]) {
        value.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, bytes.count > 0 else {
                note(sqlite3_bind_zeroblob(handle, index, 0))
                return
            }
            note(sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), transient))
        }
    }

    /// Binds a copy of `value` as text.
    func bindCopy(_ index: Int32, _ value: String) {
        var text = value
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress, bytes.count > 0 else {
                note(sqlite3_bind_text(handle, index, "", 0, transient))
                return
            }
            start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                note(sqlite3_bind_text64(handle, index, $0, UInt64(bytes.count), transient, UInt8(SQLITE_UTF8)))
            }
        }
    }

    /// Binds a 128-bit id as a blob of 16 bytes, big-endian, so that blobs sort as ids do.
    func bindCopy(_ index: Int32, high: UInt64, low: UInt64) {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
            note(sqlite3_bind_blob64(handle, index, $0.baseAddress, 16, transient))
        }
    }

    @inline(__always)
    private func note(_ result: Int32) { if result != SQLITE_OK { bindFailure = result } }

    // MARK: Stepping

    /// Runs a statement that gives no rows, and makes it ready for the next time.
    @inline(__always)
    func run() throws {
        if let writer, writer.isArmed { try writer.begin() }
        let result = sqlite3_step(handle)
        sqlite3_reset(handle)
        if result != SQLITE_DONE || bindFailure != SQLITE_OK { throw failure(result) }
    }

    /// Steps to the next row; false when there is none. Call `reset()` afterwards.
    func step() throws -> Bool {
        if let writer, writer.isArmed { try writer.begin() }
        let result = sqlite3_step(handle)
        if bindFailure == SQLITE_OK {
            if result == SQLITE_ROW { return true }
            if result == SQLITE_DONE { return false }
        }
        throw failure(result)
    }

    /// Makes the statement ready for the next time.
    func reset() { sqlite3_reset(handle) }

    private func failure(_ result: Int32) -> ReplicaStoreError {
        let code = bindFailure != SQLITE_OK ? bindFailure : sqlite3_extended_errcode(connection)
        let detail = bindFailure != SQLITE_OK ? "" : String(cString: sqlite3_errmsg(connection))
        bindFailure = SQLITE_OK
        sqlite3_reset(handle)
        return ReplicaStoreError(sqlite: code, during: "The database refused a step", detail: detail)
    }

    // MARK: Reading the row

    /// The number in column `index`, from 0.
    @inline(__always)
    func integer(_ index: Int32) -> Int64 { sqlite3_column_int64(handle, index) }

    /// Whether column `index` is NULL.
    func isNull(_ index: Int32) -> Bool { sqlite3_column_type(handle, index) == SQLITE_NULL }

    /// The blob in column `index`, valid until the next step.
    func borrowedBlob(_ index: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, index)
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, index)))
    }

    /// The blob in column `index`.
    func blob(_ index: Int32) -> [UInt8] { Array(borrowedBlob(index)) }

    /// The text in column `index`.
    func text(_ index: Int32) -> String {
        guard let start = sqlite3_column_text(handle, index) else { return "" }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index)))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The 256-bit hash in column `index`.
    func hash(_ index: Int32) throws -> ChangeSetHash {
        let bytes = borrowedBlob(index)
        guard bytes.count == ChangeSetHash.byteCount else {
            throw ReplicaStoreError(.corrupt, "A stored hash has \(bytes.count) bytes instead of 32.")
        }
        return ChangeSetHash(loading: bytes)
    }
}

/// Tells SQLite to copy what is bound.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
