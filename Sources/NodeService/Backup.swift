import ChangeLog
import Glibc
public import OfficeNode
import ReplicaStore
import Vault

/// Sealed copies of a replica: making, checking and restoring them.
///
/// A copy holds the logs as they were received and what the node needs to know of its group, and not the right to write as its
/// replica: what is restored begins a new log. It never is in the open on a disk.
public enum Backup {
    /// Seals a copy of what `reader` reads into a new file at `path`, while the node goes on. Returns what it is and its size.
    ///
    /// - Parameters:
    ///   - reader: Reads the replica.
    ///   - identity: The file with the member's secret keys, where they are to be in the copy.
    ///   - report: Is told how many slices were written.
    public static func write(
        _ reader: InboxReader, to path: String, key: borrowing BackupKey, identity: IdentityFile? = nil,
        progress report: (Int) -> Void = { _ in }
    ) throws -> (header: BackupHeader, byteCount: Int) {
        var reading = try BackupReading(reader, identity: try identity?.plainText(), now: WallClock.now())
        var slices = 0
        let size = try BackupFile(path: path).write(header: reading.header, key: key) {
            let slice = try reading.next()
            slices += 1
            report(slices)
            return slice
        }
        return (reading.header, size)
    }

    /// What the backup at `path` says about itself, and what it takes to open it. Nothing of it is authenticated yet.
    public static func inspect(_ path: String) throws -> BackupInspection {
        let reader = try BackupFileReader(path: path)
        return BackupInspection(header: reader.preamble.header, kind: reader.preamble.kind, parameters: reader.preamble.parameters)
    }

    /// Restores the backup in memory, verifies every log, merges them and compares what they show with what the node showed.
    ///
    /// - Parameters:
    ///   - identity: A file with the member's keys, for a backup that has none.
    ///   - report: Is told how many change sets were merged.
    public static func verify(
        _ path: String, key: borrowing BackupKey, identity file: IdentityFile?, progress report: (UInt64) -> Void = { _ in }
    ) throws -> BackupReport {
        let store = try ReplicaStore(.memory)
        // What was to last is durable by then, and a handle that cannot be closed goes with the process.
        defer { try? store.close() }
        let (header, summary, inside) = try fill(store, from: path, key: key)
        let identity = try identity(of: header, inside: inside, file: file)
        let node = try OfficeNode(store: store, identity: identity, random: SystemRandomSource())
        let verification = try node.checkRestored(summary, progress: report)
        return BackupReport(header: header, summary: summary, verification: verification, partialThreads: node.partialThreadCount)
    }

    /// Restores the backup into `dataDirectory`, which must be empty or missing. Complete and checked when this returns, or not there.
    ///
    /// - Parameters:
    ///   - identity: A file with the member's keys, for a backup that has none: they are copied.
    ///   - keeping: How the key of the new folder is kept; `passphrase` is asked where it is to be under one.
    ///   - report: Is told how many change sets were merged.
    public static func restore(
        _ path: String, key: borrowing BackupKey, to dataDirectory: String, identity: IdentityFile?,
        keeping: DataFolder.Choice = .none, passphrase: DataFolder.PassphraseSource? = nil,
        progress report: (UInt64) -> Void = { _ in }
    ) throws -> BackupReport {
        let folder = dataDirectory.count > 1 && dataDirectory.hasSuffix("/") ? String(dataDirectory.dropLast()) : dataDirectory
        try requireEmpty(folder)
        let partial = folder + ".restoring"
        try RestoringFolder.remove(partial)
        guard mkdir(partial, 0o700) == 0 else { throw RestoringFolder.failure(partial, "cannot be made") }
        var isDone = false
        // What cannot be removed is named by the next restore; the first error is what the caller must see.
        defer { if !isDone { try? RestoringFolder.remove(partial) } }
        let prepared = try DataFolder.prepare(partial, keeping, passphrase: passphrase)
        let report = try restore(path, key: key, into: prepared, identity: identity, progress: report)
        try RestoringFolder.sync(partial)
        // Takes the place of an empty folder, and of nothing else.
        guard rename(partial, folder) == 0 else { throw RestoringFolder.failure(folder, "cannot be put in its place") }
        isDone = true
        try BackupFile.sync(folderOf: folder)
        return report
    }

    private static func restore(
        _ path: String, key: borrowing BackupKey, into folder: DataFolder, identity file: IdentityFile?,
        progress report: (UInt64) -> Void
    ) throws -> BackupReport {
        let store = try folder.openStore()
        // What was to last is durable by then, and a handle that cannot be closed goes with the process.
        defer { try? store.close() }
        let (header, summary, inside) = try fill(store, from: path, key: key)
        let identity = try identity(of: header, inside: inside, file: file)
        if let text = try inside ?? file?.plainText() { try folder.identityFile.adopt(text) }
        let node = try OfficeNode(store: store, identity: identity, random: SystemRandomSource())
        let verification = try node.checkRestored(summary, progress: report)
        try store.checkpoint()
        return BackupReport(header: header, summary: summary, verification: verification, partialThreads: node.partialThreadCount)
    }

    private static func fill(
        _ store: ReplicaStore, from path: String, key: borrowing BackupKey
    ) throws -> (BackupHeader, BackupSummary, identity: [UInt8]?) {
        var reader = try BackupFileReader(path: path)
        let header = reader.preamble.header
        var restoring = try BackupRestoring(store, header: header)
        try reader.read(key: key) { try restoring.take($0) }
        return (header, try restoring.finish(), restoring.identity)
    }

    // MARK: Identities

    /// The keys that the backup holds, or those of a file; refused where they are another member's.
    private static func identity(of header: BackupHeader, inside: [UInt8]?, file: IdentityFile?) throws -> MemberIdentity {
        let identity: MemberIdentity
        if let inside {
            identity = try MemberIdentity(IdentitySecrets(text: inside))
        } else if let file {
            identity = try MemberIdentity(file.load())
        } else {
            throw NodeServiceError(
                .backup,
                "the backup holds no keys, and without its member's keys it cannot be read: give the folder that has them "
                    + "(identity.keys) with --identity")
        }
        guard identity.member == header.member else {
            throw NodeServiceError(
                .backup,
                "the backup is of member \(header.member.short) of group \(header.group.description.prefix(8)), the keys are those "
                    + "of member \(identity.member.short): give the keys that belong to it")
        }
        return identity
    }

    private static func requireEmpty(_ folder: String) throws {
        guard let names = RestoringFolder.names(in: folder) else {
            var status = stat()
            guard stat(folder, &status) == 0 else { return }
            throw NodeServiceError(.dataDirectory, "\(folder) is no folder that can be read: name another one", context: folder)
        }
        guard names.isEmpty else {
            throw NodeServiceError(
                .dataDirectory, "\(folder) is not empty: a backup is restored into a new or empty folder", context: folder)
        }
    }
}

/// What a backup says about itself before it is opened.
public struct BackupInspection: Sendable {
    /// Whose it is and from when.
    public let header: BackupHeader
    /// What it was sealed under.
    public let kind: BackupKey.Kind
    /// Salt and cost of its key.
    let parameters: PassphraseKey

    /// The key that follows from `secret` for this backup. Throws as `BackupKey.init` does.
    public func key(_ secret: [UInt8]) throws -> BackupKey { try BackupKey(kind, secret, parameters: parameters) }
}

/// What a test restore or a restore found.
public struct BackupReport: Sendable {
    /// Whose the backup is and from when.
    public let header: BackupHeader
    /// How much it holds.
    public let summary: BackupSummary
    /// That every log is what its author wrote.
    public let verification: LogVerification
    /// Of how many threads it lacks texts, because it is a copy of a laptop that let them go.
    public let partialThreads: Int
}
