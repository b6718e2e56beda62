import CSealedVFS
import Synchronization

/// A registered SQLite VFS that seals one database. Taken off SQLite's list when this object goes; the key in it is wiped
/// when the last connection is closed too.
final class SealedVFS {
    /// What SQLite finds it by.
    let name: String
    private let vfs: OpaquePointer

    private static let count = Atomic<UInt64>(0)

    /// A VFS over the one called `below`, or over SQLite's own.
    init(_ seal: DatabaseSeal, over below: String? = nil) throws {
        name = "suture-sealed-\(Self.count.wrappingAdd(1, ordering: .relaxed).newValue)"
        guard let vfs = seal.register(name, over: below) else {
            throw ReplicaStoreError(
                .other, "SQLite cannot be told to seal a database: there is no disk \(below ?? "") below, or no memory for a key.")
        }
        self.vfs = vfs
    }

    deinit { suture_sealed_vfs_release(vfs) }

    /// How many files are open on it.
    var openFiles: Int { Int(suture_sealed_vfs_open_files(vfs)) }

    /// Whether the file that begins with these bytes, its first page, looks sealed.
    static func isSealed(firstPage bytes: [UInt8]) -> Bool {
        let start = Int(SUTURE_SEALED_PAGE_SIZE) - Int(SUTURE_PAGE_TAG_BYTES) - Int(SUTURE_SEALED_MARK_BYTES)
        let mark = Array(SUTURE_SEALED_MARK.utf8)
        return bytes.count >= start + mark.count && bytes[start..<start + mark.count].elementsEqual(mark)
    }
}

/// What the sealing VFS refused in a call of this thread: SQLite passes on a number only.
struct SealedFault {
    private let fault: suture_sealed_fault

    /// The last one that was not taken yet, if it was told to SQLite as `result`; others are forgotten.
    static func take(for result: Int32) -> SealedFault? {
        var fault = suture_sealed_fault()
        return suture_sealed_take_fault(&fault) == 0 || fault.result != result ? nil : SealedFault(fault: fault)
    }

    /// Forgets what an earlier call of this thread met and nobody asked about.
    static func forget() {
        var fault = suture_sealed_fault()
        suture_sealed_take_fault(&fault)
    }

    private var file: String {
        withUnsafeBytes(of: fault.file) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The error it means while doing `task`.
    func error(during task: String, underlying: (any Error)?) -> ReplicaStoreError {
        func error(_ code: ReplicaStoreError.Code, _ message: String) -> ReplicaStoreError {
            ReplicaStoreError(code, "\(task): \(message)", underlying: underlying)
        }
        switch Int(fault.kind) {
        case SUTURE_FAULT_PAGE:
            return error(
                .corrupt,
                "page \(fault.number) of \(file) is not authentic: it was damaged or altered on the disk.\(ReplicaStoreError.restoring)")
        case SUTURE_FAULT_FRAME:
            return error(
                .corrupt,
                "frame \(fault.number) of \(file) is not authentic: it was damaged or altered on the disk.\(ReplicaStoreError.restoring)")
        case SUTURE_FAULT_KEY:
            return error(
                .wrongKey,
                "\(file) does not open with this key. Give the key that it was made with; nothing was changed. If the key is right, "
                    + "the file is damaged: restore it or join anew.")
        case SUTURE_FAULT_PLAIN:
            return error(.notSealed, "\(file) is not sealed. Seal it with `suture seal`, or open it without a key.")
        case SUTURE_FAULT_REFUSED:
            return error(.other, "beside a sealed database no file \(file.isEmpty ? "without a name" : file) may be opened.")
        default:
            return error(.other, "\(file) holds sealed pages only, and something else was to be read or written at \(fault.number).")
        }
    }
}
