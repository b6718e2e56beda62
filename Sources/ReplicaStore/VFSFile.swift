import GRDB
import GRDBSQLite

/// A file of a registered SQLite VFS, and how SQLite is told to open it there.
struct VFSFile {
    private let vfs: String
    private let name: String

    /// Throws `ReplicaStoreError.Code.notFound` where no such VFS is registered, and `.other` where this SQLite does not
    /// read file names as URIs: it would take the name for one of a real file.
    init(vfs: String, name: String) throws {
        guard sqlite3_compileoption_used("USE_URI") != 0 else {
            throw ReplicaStoreError(
                .other, "This SQLite was built without USE_URI and cannot open \(name) sealed or on a simulated disk.")
        }
        guard sqlite3_vfs_find(vfs) != nil else {
            throw ReplicaStoreError(
                .notFound, "There is no disk \(vfs) to open \(name) on. Keep the disk as long as its stores.")
        }
        self.vfs = vfs
        self.name = name
    }

    /// What to give to SQLite as a path.
    var uri: String { "file:\(Self.escaped(name))?vfs=\(Self.escaped(vfs))" }

    /// Whether the file, or the one beside it with that suffix, exists and holds anything.
    func isPresent(suffix: String = "") throws -> Bool {
        guard let found = sqlite3_vfs_find(vfs), let access = found.pointee.xAccess else { return false }
        var exists: Int32 = 0
        let result = access(found, name + suffix, SQLITE_ACCESS_EXISTS, &exists)
        if result != SQLITE_OK { throw ReplicaStoreError(sqlite: result, during: "Looking for \(name + suffix)") }
        return exists != 0
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }
}
