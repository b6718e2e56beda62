import Glibc

/// The Unix socket `control.sock` of a data directory: where it is, how it is made, how it is reached.
enum ControlSocket {
    static func path(in dataDirectory: String) -> String { dataDirectory + "/control.sock" }

    /// A listening socket and what tells its file from a later one of the same name.
    struct Listening {
        let descriptor: Int32
        let path: String
        fileprivate let device: dev_t
        fileprivate let inode: ino_t

        /// Closes the socket and removes its file, unless another process has put its own there.
        func close() {
            var status = stat()
            if lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode { _ = unlink(path) }
            _ = Glibc.close(descriptor)
        }
    }

    /// Makes the socket of a data directory, for its owner only. The file that a dead process left is replaced.
    static func listen(in dataDirectory: String) throws(NodeServiceError) -> Listening {
        let path = path(in: dataDirectory)
        // Two processes that start at once would each take the other's fresh socket for a dead one.
        let folder = try lock(dataDirectory)
        defer { _ = Glibc.close(folder) }
        try removeStale(path, of: dataDirectory)

        let descriptor = try open(at: path)
        var keep = false
        defer { if !keep { _ = Glibc.close(descriptor) } }
        guard try withAddress(path, { bind(descriptor, $0, $1) }) == 0 else { throw failure("be made", at: path) }
        var status = stat()
        // Nobody can connect before it listens, so the mode is right from the first moment on.
        guard chmod(path, 0o600) == 0, lstat(path, &status) == 0, Glibc.listen(descriptor, 64) == 0 else {
            let error = failure("be made", at: path)
            _ = unlink(path)
            throw error
        }
        keep = true
        return Listening(descriptor: descriptor, path: path, device: status.st_dev, inode: status.st_ino)
    }

    /// What came of an attempt to reach a node.
    enum Connecting {
        case connected(Int32)
        /// Nothing listens there.
        case nobody
        /// Somebody listens and has no room at the moment.
        case full
    }

    /// Connects without waiting.
    static func connect(to path: String) throws(NodeServiceError) -> Connecting {
        let descriptor = try open(at: path)
        if try withAddress(path, { Glibc.connect(descriptor, $0, $1) }) == 0 { return .connected(descriptor) }
        let number = errno
        defer { _ = Glibc.close(descriptor) }
        switch number {
        case ENOENT, ECONNREFUSED, ENOTDIR: return .nobody
        case EAGAIN, EINTR: return .full
        default:
            errno = number
            throw failure("be reached", at: path)
        }
    }

    private static func lock(_ dataDirectory: String) throws(NodeServiceError) -> Int32 {
        let descriptor = Glibc.open(dataDirectory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw NodeServiceError(
                .dataDirectory, "the data directory \(dataDirectory) cannot be opened: \(String(cString: strerror(errno)))",
                context: dataDirectory, errorNumber: errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            _ = Glibc.close(descriptor)
            throw NodeServiceError(
                .alreadyRunning, "another process is starting on \(dataDirectory); wait for it or stop it",
                context: dataDirectory, errorNumber: number)
        }
        return descriptor
    }

    private static func removeStale(_ path: String, of dataDirectory: String) throws(NodeServiceError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw NodeServiceError(.controlSocket, "\(path) is not a socket; move it away and start again", context: path)
        }
        switch try connect(to: path) {
        case .nobody:
            guard unlink(path) == 0 || errno == ENOENT else { throw failure("be replaced", at: path) }
        case .connected(let descriptor):
            _ = Glibc.close(descriptor)
            throw runningFailure(dataDirectory)
        case .full:
            throw runningFailure(dataDirectory)
        }
    }

    private static func runningFailure(_ dataDirectory: String) -> NodeServiceError {
        NodeServiceError(
            .alreadyRunning, "a node is already running on \(dataDirectory); stop it first, or use another data directory",
            context: dataDirectory)
    }

    private static func open(at path: String) throws(NodeServiceError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw failure("be opened", at: path) }
        return descriptor
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(NodeServiceError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        let bytes = Array(path.utf8)
        guard bytes.count <= room else {
            throw NodeServiceError(
                .controlSocket,
                "the path \(path) has \(bytes.count) bytes and a socket's may have \(room); use a data directory with a shorter path",
                context: path)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    private static func failure(_ action: String, at path: String) -> NodeServiceError {
        let number = errno
        return NodeServiceError(
            .controlSocket,
            "the control socket \(path) cannot \(action): \(String(cString: strerror(number))); check the folder's owner and mode",
            context: path, errorNumber: number)
    }
}
