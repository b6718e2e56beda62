import Glibc
import Vault

/// A file that only its owner may read: checked when it is read, made so when it is written.
struct PrivateFile {
    let path: String
    /// What it is called in messages.
    let name: String
    let code: NodeServiceError.Code

    /// Whether something stands there.
    var exists: Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Calls `body` with what it holds, which is wiped afterwards.
    ///
    /// - Parameter isCredential: Whether the system may own it too and let the service's group read it, as systemd's
    ///   credentials are.
    func read<Value>(
        bytesMax: Int, isCredential: Bool = false, _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value {
        let descriptor = open(path, O_RDONLY | (isCredential ? 0 : O_NOFOLLOW) | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault(Self.reason(opening: errno), errno) }
        defer { _ = close(descriptor) }
        let size = try check(descriptor, bytesMax: bytesMax, isCredential: isCredential)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, size), alignment: 1)
        defer {
            SecretMemory.wipe(bytes)
            bytes.deallocate()
        }
        var end = 0
        while end < size {
            let count = Glibc.read(descriptor, bytes.baseAddress.map { $0 + end }, size - end)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("could not be read to its end; try again", errno) }
            end += count
        }
        return try body(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
    }

    /// Writes the file whole and on the disk, or not at all.
    ///
    /// - Parameter replaces: Whether what stands there is replaced, in one step; else it is never overwritten.
    func write(_ bytes: UnsafeRawBufferPointer, replaces: Bool = false) throws(NodeServiceError) {
        let temporary = path + ".new"
        // What a killed process left: never in use.
        _ = unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw writeFault(errno) }
        defer {
            _ = close(descriptor)
            _ = unlink(temporary)
        }
        do throws(FileFault) {
            guard fchmod(descriptor, 0o600) == 0 else { throw .last }
            try FileFault.write(bytes, to: descriptor)
            guard fsync(descriptor) == 0 else { throw .last }
        } catch {
            throw writeFault(error.number)
        }
        let done = replaces ? rename(temporary, path) : link(temporary, path)
        guard done == 0 else {
            throw errno == EEXIST ? fault("is there already and is never overwritten; choose another place", errno) : writeFault(errno)
        }
        try syncFolder()
    }

    private func syncFolder() throws(NodeServiceError) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw writeFault(errno) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw writeFault(errno) }
    }

    private func check(_ descriptor: Int32, bytesMax: Int, isCredential: Bool) throws(NodeServiceError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw fault(Self.reason(opening: errno), errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw fault("is not an ordinary file; put the real one there") }
        guard status.st_uid == geteuid() || (isCredential && status.st_uid == 0) else {
            throw fault(
                "belongs to user \(status.st_uid), not to user \(geteuid()) who runs this; run as its owner or change the owner")
        }
        let closed: mode_t = isCredential ? 0o037 : 0o077
        guard status.st_mode & closed == 0 else {
            throw fault("can be read by other users (mode \(String(status.st_mode & 0o7777, radix: 8))); close it with `chmod 600 \(path)`")
        }
        guard status.st_size <= bytesMax else { throw fault("is too long to be one; put the right file there") }
        return Int(status.st_size)
    }

    private static func reason(opening number: Int32) -> String {
        switch number {
        case ENOENT: "is missing; put it back, or say where it is in the configuration, at `at-rest`"
        case ELOOP: "is a symbolic link; put the real file there"
        default: "cannot be opened: \(String(cString: strerror(number))); check its owner and mode"
        }
    }

    func fault(_ reason: String, _ number: Int32? = nil) -> NodeServiceError {
        NodeServiceError(code, "the \(name) \(path) \(reason)", context: path, errorNumber: number)
    }

    private func writeFault(_ number: Int32) -> NodeServiceError {
        NodeServiceError(
            .inputOutput, "the \(name) \(path) cannot be written: \(String(cString: strerror(number))); nothing was stored",
            context: path, errorNumber: number)
    }
}
