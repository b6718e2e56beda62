import Glibc
public import OfficeNode
public import ReplicaStore
public import Vault

/// A data directory with the key that opens it: how programs of this machine get at a node's identity and replica.
public struct DataFolder: Sendable {
    /// Asks a person, or whatever stands for one, for the passphrase.
    public typealias PassphraseSource = () throws -> SecretBytes

    /// Its path.
    public let dataDirectory: String
    /// Its key; nil where it is not sealed.
    public let key: FolderKey?

    /// A folder with its key; nothing is opened yet.
    init(_ dataDirectory: String, key: FolderKey?) {
        self.dataDirectory = dataDirectory
        self.key = key
    }

    /// The folder with its key, from where its record says that the key is kept.
    ///
    /// - Parameters:
    ///   - settings: What the node's configuration says about it; must agree with the record.
    ///   - passphrase: Is asked where the key is wrapped under one; nil where nobody can be.
    /// - Throws: ``NodeServiceError``: ``NodeServiceError/Code/wrongPassphrase``, ``NodeServiceError/Code/locked`` where a
    ///   passphrase is needed and nobody can be asked, ``NodeServiceError/Code/atRest`` for a key that is missing, open to
    ///   others, or kept otherwise than the configuration says. Nothing is changed.
    public static func unlock(
        _ dataDirectory: String, settings: NodeConfiguration.AtRest? = nil, passphrase: PassphraseSource? = nil
    ) throws -> DataFolder {
        let keeping = try KeyKeeping.load(from: dataDirectory)
        if let settings, settings.kind != keeping?.kind ?? .none {
            let found = (keeping?.kind ?? .none).rawValue
            throw NodeServiceError(
                .atRest,
                "the configuration says at-rest: \(settings.kind.rawValue), and \(dataDirectory) has \(found): correct the "
                    + "configuration, or seal the folder with `suture seal`", context: dataDirectory)
        }
        switch keeping {
        case nil: return DataFolder(dataDirectory, key: nil)
        case .keyFile(let path): return DataFolder(dataDirectory, key: try KeyFile.load(settings?.path ?? path))
        case .credential(let name):
            let path = try KeyFile.credentialPath(settings?.name ?? name)
            return DataFolder(dataDirectory, key: try KeyFile.load(path, isCredential: true))
        case .passphrase(let slot):
            guard let passphrase else {
                throw NodeServiceError(
                    .locked, "\(dataDirectory) is sealed under a passphrase, and nobody can be asked for it here",
                    context: dataDirectory)
            }
            return DataFolder(dataDirectory, key: try open(slot, dataDirectory, try passphrase()))
        }
    }

    private static func open(_ slot: KeySlot, _ dataDirectory: String, _ passphrase: consuming SecretBytes) throws -> FolderKey {
        do {
            return try slot.open(passphrase: passphrase)
        } catch let error as VaultError where error.code == .authenticationFailed {
            throw NodeServiceError(
                .wrongPassphrase, "wrong passphrase for \(dataDirectory); nothing was changed", context: dataDirectory)
        }
    }

    /// How the key of a new folder is to be kept.
    public enum Choice: Hashable, Sendable {
        /// Nothing is sealed.
        case none
        /// In this file, which is made where it is missing.
        case keyFile(String)
        /// In the credential of this name.
        case credential(String)
        /// Wrapped under a passphrase.
        case passphrase
    }

    /// Prepares a folder for a new node: makes it, and its key where it is to be sealed. One that was prepared before and not
    /// used is taken again.
    public static func prepare(
        _ dataDirectory: String, _ choice: Choice, passphrase: PassphraseSource? = nil
    ) throws -> DataFolder {
        let identity = IdentityFile(dataDirectory: dataDirectory)
        try identity.makeDirectory()
        if choice == .none || identity.exists || KeyKeeping.isRecorded(in: dataDirectory) {
            return try unlock(dataDirectory, passphrase: passphrase)
        }
        return try DataFolder(dataDirectory, key: record(choice, in: dataDirectory, passphrase: passphrase))
    }

    /// Makes or finds the key, and writes the record.
    static func record(_ choice: Choice, in dataDirectory: String, passphrase: PassphraseSource?) throws -> FolderKey? {
        switch choice {
        case .none: return nil
        case .keyFile(let path):
            let path = try absolute(path)
            let key = try KeyFile.loadOrCreate(path)
            try KeyKeeping.keyFile(path).store(in: dataDirectory)
            return key
        case .credential(let name):
            let key = try KeyFile.load(try KeyFile.credentialPath(name), isCredential: true)
            try KeyKeeping.credential(name).store(in: dataDirectory)
            return key
        case .passphrase:
            guard let passphrase else { throw NodeServiceError(.locked, "nobody can be asked for a passphrase here") }
            let key = try FolderKey(random: SystemRandomSource())
            let slot = try KeySlot(wrapping: key, passphrase: try passphrase(), random: SystemRandomSource())
            try KeyKeeping.passphrase(slot).store(in: dataDirectory)
            return key
        }
    }

    /// Wraps the key under another passphrase: in one step, so that always one of the two opens it. Nothing else is written.
    /// - Throws: as ``unlock(_:settings:passphrase:)``, and ``NodeServiceError/Code/atRest`` where there is no passphrase.
    public static func changePassphrase(
        of dataDirectory: String, from old: PassphraseSource, to new: PassphraseSource, cost: PasswordCost = .moderate
    ) throws {
        guard case .passphrase(let slot) = try KeyKeeping.load(from: dataDirectory) else {
            throw NodeServiceError(.atRest, "\(dataDirectory) is not sealed under a passphrase", context: dataDirectory)
        }
        let key = try open(slot, dataDirectory, try old())
        let next = try KeySlot(wrapping: key, passphrase: try new(), cost: cost, random: SystemRandomSource())
        try KeyKeeping.passphrase(next).store(in: dataDirectory, replaces: true)
    }

    /// The file that holds the member's keys.
    public var identityFile: IdentityFile { IdentityFile(dataDirectory: dataDirectory, key: key) }

    /// The member that the folder's keys make this node. Throws as ``IdentityFile/load()``.
    public func identity() throws -> MemberIdentity { try MemberIdentity(identityFile.load()) }

    /// Where the replica lies, with what opens it.
    public func location() throws -> ReplicaLocation {
        .file(NodeConfiguration(dataDirectory: dataDirectory).databasePath, seal: try key.map { key throws in try key.databaseSeal() })
    }

    /// Opens the replica. Throws as `ReplicaStore.init`.
    public func openStore() throws -> ReplicaStore { try ReplicaStore(location()) }

    static func absolute(_ path: String) throws(NodeServiceError) -> String {
        if path.hasPrefix("/") { return path }
        guard let folder = getcwd(nil, 0) else {
            throw NodeServiceError(.inputOutput, "the working directory is not known: give the key file's whole path")
        }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }
}

extension KeyKeeping {
    static func isRecorded(in dataDirectory: String) -> Bool { access(dataDirectory + "/at-rest", F_OK) == 0 }
}
