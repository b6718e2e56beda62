import Glibc
import Vault

/// The file `identity.keys` of a data directory: the secret keys by which this node is a member.
///
/// Made once and never overwritten. The folder must be closed to others (mode 0700) and the file too (mode 0600), and both
/// must belong to the account that runs the node; anything else is refused rather than mended, because keys that others
/// could read may have been read. Where the folder has a key the secrets in the file are sealed with it.
public struct IdentityFile: Sendable {
    /// The folder it stands in.
    public let dataDirectory: String
    /// The folder's key; nil where nothing in it is sealed.
    public let key: FolderKey?

    /// Its path.
    public var path: String { dataDirectory + "/identity.keys" }

    /// The identity file of a data directory. Nothing is read or made yet.
    public init(dataDirectory: String, key: FolderKey? = nil) {
        self.dataDirectory = dataDirectory
        self.key = key
    }

    /// Whether something stands at ``path``.
    public var exists: Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Reads the keys.
    /// - Throws: ``NodeServiceError``: ``NodeServiceError/Code/dataDirectory`` or ``NodeServiceError/Code/identity`` for what
    ///   is missing, damaged, newer than this program, or open to others; the message says what to do.
    public func load() throws(NodeServiceError) -> IdentitySecrets {
        try load(expectsSealed: key != nil)
    }

    private func load(expectsSealed: Bool) throws(NodeServiceError) -> IdentitySecrets {
        try checkDirectory()
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw openFailure(errno) }
        defer { _ = close(descriptor) }
        let size = try checkFile(descriptor)
        let text = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        defer { Self.wipe(text) }
        var end = 0
        while end < size {
            let count = read(descriptor, text.baseAddress! + end, size - end)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("could not be read to its end; try again") }
            end += count
        }
        if let parts = IdentityText.sealedParts(UnsafeRawBufferPointer(text)) {
            return try unsealed(parts.sealed, parts.nonce)
        }
        if text.starts(with: Array("\(IdentityText.format) \(IdentityText.versionSealed)\n".utf8)) {
            throw fault("is damaged; put the original file back, or join again as a new member")
        }
        if expectsSealed { throw fault("is not sealed, and the folder has a key; finish sealing it with `suture seal`") }
        return try IdentitySecrets { (secrets) throws(NodeServiceError) in
            do throws(IdentityText.Fault) {
                try IdentityText.read(UnsafeRawBufferPointer(text), into: secrets)
            } catch {
                throw self.failure(error)
            }
        }
    }

    /// Makes new keys and stores them: whole and on disk when this returns, or not there at all. Makes the data directory
    /// if only that is missing.
    /// - Throws: ``NodeServiceError``: ``NodeServiceError/Code/identityExists`` if there are keys already, else as
    ///   ``load()``, or ``NodeServiceError/Code/inputOutput``, with a full disk for example.
    public func create() throws(NodeServiceError) -> IdentitySecrets {
        try makeDirectory()
        // One at a time: another's unfinished file must not be taken for one that a killed process left.
        let directory = try lockDirectory()
        defer { _ = close(directory) }
        guard !exists else { throw existsFailure }
        let secrets = try IdentitySecrets.random()
        try store(secrets)
        // Without this the name might be gone after a power cut, and with it the member.
        guard fsync(directory) == 0 else { throw writeFailure(errno) }
        return secrets
    }

    /// The keys that are there, or new ones if there are none. Throws as ``load()`` and ``create()`` do.
    public func loadOrCreate() throws(NodeServiceError) -> IdentitySecrets {
        if exists { return try load() }
        do throws(NodeServiceError) {
            return try create()
        } catch where error.code == .identityExists {
            // Another process was faster; its keys are as good.
            return try load()
        }
    }

    /// The keys as the text of an unsealed file, for a copy that is sealed itself. The caller keeps it no longer than needed.
    func plainText() throws(NodeServiceError) -> [UInt8] {
        let secrets = try load()
        var text = [UInt8](repeating: 0, count: IdentityText.byteCount)
        text.withUnsafeMutableBytes { IdentityText.write(secrets, to: $0) }
        return text
    }

    /// Stores the keys of such a text, sealed where the folder has a key. Throws as ``create()``.
    func adopt(_ text: [UInt8]) throws {
        let secrets = try IdentitySecrets(text: text)
        guard !exists else { throw existsFailure }
        try store(secrets)
    }

    private func unsealed(_ sealed: [UInt8], _ nonce: Nonce) throws(NodeServiceError) -> IdentitySecrets {
        guard let key else { throw fault("is sealed; the folder's record of its key (the file at-rest) is missing: put it back") }
        return try IdentitySecrets { (secrets) throws(NodeServiceError) in
            do throws(VaultError) {
                try key.open(sealed, nonce: nonce, into: secrets)
            } catch {
                throw self.fault("does not open with this key: give the key it was sealed with, or put the original file back")
            }
        }
    }

    /// Seals an identity that was stored in the clear. Returns whether there was something to do. The member stays the same.
    func sealInPlace() throws(NodeServiceError) -> Bool {
        if try isSealed() { return false }
        let secrets = try load(expectsSealed: false)
        let file = PrivateFile(path: path, name: "identity file", code: .identity)
        let text = try sealedText(secrets)
        let result = text.withUnsafeBytes { bytes in
            Result { () throws(NodeServiceError) in try file.write(bytes, replaces: true) }
        }
        try result.get()
        return true
    }

    private func isSealed() throws(NodeServiceError) -> Bool {
        do throws(FileFault) {
            let text = try FileFault.contents(of: path, bytesMax: IdentityText.bytesMax) ?? []
            return text.starts(with: Array("\(IdentityText.format) \(IdentityText.versionSealed)\n".utf8))
        } catch {
            throw openFailure(error.number)
        }
    }

    private func sealedText(_ secrets: borrowing IdentitySecrets) throws(NodeServiceError) -> [UInt8] {
        guard let key else { throw fault("cannot be sealed: the folder has no key") }
        let nonce = Nonce(random: SystemRandomSource())
        do throws(VaultError) {
            return IdentityText.sealedText(nonce: nonce, sealed: try key.seal(secrets, nonce: nonce))
        } catch {
            throw NodeServiceError(.inputOutput, "\(error)")
        }
    }

    // MARK: - Storing

    private func store(_ secrets: borrowing IdentitySecrets) throws(NodeServiceError) {
        if key != nil { return try store(text: sealedText(secrets).withUnsafeBytes { Array($0) }) }
        let text = UnsafeMutableRawBufferPointer.allocate(byteCount: IdentityText.byteCount, alignment: 1)
        defer { Self.wipe(text) }
        IdentityText.write(secrets, to: text)
        try store(UnsafeRawBufferPointer(text))
    }

    private func store(text: [UInt8]) throws(NodeServiceError) {
        let result = text.withUnsafeBytes { bytes in Result { () throws(NodeServiceError) in try store(bytes) } }
        try result.get()
    }

    private func store(_ text: UnsafeRawBufferPointer) throws(NodeServiceError) {
        let temporary = path + ".new"
        // What a process left behind when it was killed: never linked, so nobody's keys.
        _ = unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw writeFailure(errno) }
        defer {
            _ = close(descriptor)
            _ = unlink(temporary)
        }
        do throws(FileFault) {
            // The umask may have taken the owner's own rights.
            guard fchmod(descriptor, 0o600) == 0 else { throw .last }
            try FileFault.write(text, to: descriptor)
            guard fsync(descriptor) == 0 else { throw .last }
        } catch {
            throw writeFailure(error.number)
        }
        // A rename would overwrite; a link fails if the name is taken, and is as atomic.
        guard link(temporary, path) == 0 else { throw errno == EEXIST ? existsFailure : writeFailure(errno) }
    }

    /// The open folder, locked until it is closed.
    private func lockDirectory() throws(NodeServiceError) -> Int32 {
        let descriptor = open(dataDirectory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw writeFailure(errno) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let number = errno
                _ = close(descriptor)
                throw writeFailure(number)
            }
        }
        return descriptor
    }

    private static func wipe(_ text: UnsafeMutableRawBufferPointer) {
        if let start = text.baseAddress { explicit_bzero(start, text.count) }
        text.deallocate()
    }

    // MARK: - Checking

    func makeDirectory() throws(NodeServiceError) {
        if mkdir(dataDirectory, 0o700) == 0 || errno == EEXIST { return try checkDirectory() }
        let reason = String(cString: strerror(errno))
        throw NodeServiceError(
            .dataDirectory,
            "the data directory \(dataDirectory) cannot be made: \(reason); make the folder it stands in, or choose another",
            context: dataDirectory, errorNumber: errno)
    }

    private func checkDirectory() throws(NodeServiceError) {
        var status = stat()
        guard stat(dataDirectory, &status) == 0 else {
            let number = errno
            let advice =
                number == ENOENT
                ? "make it with `suture init --data \(dataDirectory)`" : "check the path and who may enter the folders on it"
            throw NodeServiceError(
                .dataDirectory,
                "the data directory \(dataDirectory) cannot be used: \(String(cString: strerror(number))); \(advice)",
                context: dataDirectory, errorNumber: number)
        }
        func refuse(_ reason: String) -> NodeServiceError {
            NodeServiceError(.dataDirectory, "the data directory \(dataDirectory) \(reason)", context: dataDirectory)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw refuse("is not a folder; give the path of one") }
        guard status.st_uid == geteuid() else {
            throw refuse(
                "belongs to user \(status.st_uid), not to user \(geteuid()) who runs this; run as its owner or change the owner")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw refuse(
                "is open to other users (mode \(Self.octal(status.st_mode))); close it with `chmod 700 \(dataDirectory)`")
        }
    }

    /// Checks the open file and not the path, which could be changed in between. Returns its size.
    private func checkFile(_ descriptor: Int32) throws(NodeServiceError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw openFailure(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw fault("is not an ordinary file; put the real one there") }
        guard status.st_uid == geteuid() else {
            throw fault(
                "belongs to user \(status.st_uid), not to user \(geteuid()) who runs this; run as its owner or change the owner")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw fault(
                "can be read by other users (mode \(Self.octal(status.st_mode))); close it with `chmod 600 \(path)`, "
                    + "and revoke this member if somebody may have read it")
        }
        guard status.st_size <= IdentityText.bytesMax else {
            throw failure(.notAnIdentity)
        }
        return Int(status.st_size)
    }

    private static func octal(_ mode: mode_t) -> String {
        let digits = String(mode & 0o7777, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    // MARK: - Errors

    private func fault(_ reason: String) -> NodeServiceError {
        NodeServiceError(.identity, "the identity file \(path) \(reason)", context: path)
    }

    private func failure(_ fault: IdentityText.Fault) -> NodeServiceError {
        let restore = "put the original file back, or join again as a new member"
        return switch fault {
        case .notAnIdentity: self.fault("is not an identity file; \(restore)")
        case .newerVersion: self.fault("was written by a newer suture; upgrade this one")
        case .badLine(let line):
            self.fault(
                "is damaged in line \(line): expected one of \(IdentityText.names.joined(separator: ", ")), a space and 64 "
                    + "lower-case hexadecimal digits; \(restore)")
        case .repeated(let name, let line): self.fault("has \(name) a second time in line \(line); \(restore)")
        case .missing(let name): self.fault("has no \(name); \(restore)")
        }
    }

    private func openFailure(_ number: Int32) -> NodeServiceError {
        let reason =
            switch number {
            case ENOENT: "is missing; make a node here with `suture init` or `suture join`, or put the file back"
            case ELOOP: "is a symbolic link; put the real file there"
            default: "cannot be opened: \(String(cString: strerror(number))); check its owner and mode"
            }
        return NodeServiceError(.identity, "the identity file \(path) \(reason)", context: path, errorNumber: number)
    }

    private func writeFailure(_ number: Int32) -> NodeServiceError {
        NodeServiceError(
            .inputOutput,
            "the identity file \(path) cannot be written: \(String(cString: strerror(number))); nothing was stored",
            context: path, errorNumber: number)
    }

    private var existsFailure: NodeServiceError {
        NodeServiceError(
            .identityExists, "\(path) is there already and is never overwritten; choose another data directory", context: path)
    }
}
