import Glibc
import OfficeNode
import Vault

/// A backup on disk: a preamble in the open, then sealed chunks, each with its length before it. The last is marked as such, so that a
/// file that was cut off, even between two chunks, is known to be.
struct BackupFile {
    /// No chunk is longer: the largest change set and what goes with it.
    static let chunkBytesMax = 4 << 20

    let path: String

    /// Writes a backup: whole and on disk when this returns, or not there at all. Never in the place of another file.
    ///
    /// - Parameter next: Gives the slices, nil after the last.
    /// - Returns: How many bytes the file has.
    func write(
        header: BackupHeader, key: borrowing BackupKey, next: () throws -> (bytes: [UInt8], isLast: Bool)?
    ) throws -> Int {
        var status = stat()
        guard lstat(path, &status) != 0 else {
            throw NodeServiceError(.backup, "\(path) is there already: a backup never overwrites anything; choose another name")
        }
        let partial = path + ".partial"
        // What a process left that was killed in the middle.
        _ = unlink(partial)
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be written") }
        defer {
            _ = close(descriptor)
            _ = unlink(partial)
        }
        let size = try write(to: descriptor, header: header, key: key, next: next)
        guard fsync(descriptor) == 0 else { throw failure("cannot be written") }
        // A rename would overwrite what came there meanwhile; a link fails, and is as atomic.
        guard link(partial, path) == 0 else { throw failure("cannot be put in its place") }
        try Self.sync(folderOf: path)
        return size
    }

    private func write(
        to descriptor: Int32, header: BackupHeader, key: borrowing BackupKey,
        next: () throws -> (bytes: [UInt8], isLast: Bool)?
    ) throws -> Int {
        var stream = try SealingStream(key: key.key, random: SystemRandomSource())
        let preamble = try BackupPreamble(key, header: header, streamHeader: stream.header)
        let associated = preamble.associated
        var size = preamble.bytes.count
        try put(preamble.bytes, to: descriptor)
        while let (bytes, isLast) = try next() {
            let sealed = stream.seal(bytes, associated: associated, isLast: isLast)
            let length = UInt32(sealed.count)
            try put(withUnsafeBytes(of: length.bigEndian) { Array($0) } + sealed, to: descriptor)
            size += 4 + sealed.count
        }
        return size
    }

    private func put(_ bytes: [UInt8], to descriptor: Int32) throws {
        do throws(FileFault) {
            try FileFault.write(bytes, to: descriptor)
        } catch {
            throw NodeServiceError(
                .backup, "\(path) cannot be written: \(error.reason)", context: path, errorNumber: error.number)
        }
    }

    private func failure(_ what: String) -> NodeServiceError {
        let number = errno
        return NodeServiceError(
            .backup, "\(path) \(what): \(String(cString: strerror(number)))", context: path, errorNumber: number)
    }

    /// Makes the names in the folder of `path` durable.
    static func sync(folderOf path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw NodeServiceError(.inputOutput, "\(folder) cannot be made durable: \(String(cString: strerror(errno)))")
        }
    }
}

/// A backup that is being read, from its beginning to its end.
struct BackupFileReader: ~Copyable {
    let preamble: BackupPreamble
    private let path: String
    private let descriptor: Int32
    private var number = 0

    /// Opens the file and reads its beginning.
    init(path: String) throws(NodeServiceError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw NodeServiceError(
                .backup, "\(path) cannot be read: \(String(cString: strerror(errno)))", context: path, errorNumber: errno)
        }
        do throws(NodeServiceError) {
            preamble = try Self.preamble(of: descriptor, path)
        } catch {
            _ = close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    private static func preamble(of descriptor: Int32, _ path: String) throws(NodeServiceError) -> BackupPreamble {
        let start = try read(BackupPreamble.magic.count + 3, from: descriptor, path)
        guard let start, start.starts(with: BackupPreamble.magic) else {
            throw NodeServiceError(.backup, "\(path) is no backup of this program", context: path)
        }
        guard start[BackupPreamble.magic.count] == BackupPreamble.version else {
            throw NodeServiceError(.backup, "\(path) was written by a newer suture: upgrade this one", context: path)
        }
        let length = Int(start[BackupPreamble.magic.count + 1]) << 8 | Int(start[BackupPreamble.magic.count + 2])
        guard length <= BackupPreamble.bytesMax, let body = try read(length, from: descriptor, path) else {
            throw NodeServiceError(.backup, "\(path) is damaged or cut off at its beginning", context: path)
        }
        return try BackupPreamble(body: body)
    }

    /// Gives every slice to `take`, in order. Throws where the key is another one, where anything was changed, and where the end is
    /// missing.
    mutating func read(key: borrowing BackupKey, _ take: ([UInt8]) throws -> Void) throws {
        guard try key.check() == preamble.check else {
            let what = key.kind == .passphrase ? "the passphrase is wrong" : "the key file is another one"
            throw NodeServiceError(.backup, "\(path): \(what), or the beginning of the file is damaged", context: path)
        }
        var stream = try OpeningStream(key: key.key, header: preamble.streamHeader)
        let associated = preamble.associated
        while true {
            number += 1
            guard let prefix = try Self.read(4, from: descriptor, path) else { throw cutOff }
            let length = prefix.reduce(0) { $0 << 8 | Int($1) }
            guard length <= BackupFile.chunkBytesMax else { throw damaged }
            guard let sealed = try Self.read(length, from: descriptor, path) else { throw cutOff }
            let opened: (chunk: [UInt8], isLast: Bool)
            do throws(VaultError) { opened = try stream.open(sealed, associated: associated) } catch { throw damaged }
            try take(opened.chunk)
            if opened.isLast { break }
        }
        guard try Self.read(1, from: descriptor, path) == nil else {
            throw NodeServiceError(.backup, "\(path) goes on after its end: it was damaged", context: path)
        }
    }

    private var damaged: NodeServiceError {
        NodeServiceError(
            .backup, "\(path) is damaged in part \(number): nothing of it can be trusted; use another backup", context: path)
    }

    private var cutOff: NodeServiceError {
        NodeServiceError(.backup, "\(path) is cut off in part \(number): use another backup", context: path)
    }

    /// So many bytes; nil where the file ends before.
    private static func read(_ count: Int, from descriptor: Int32, _ path: String) throws(NodeServiceError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var end = 0
        while end < count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress.map { $0 + end }, count - end) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw NodeServiceError(
                    .backup, "\(path) cannot be read: \(String(cString: strerror(errno)))", context: path, errorNumber: errno)
            }
            if got == 0 { return nil }
            end += got
        }
        return bytes
    }
}
