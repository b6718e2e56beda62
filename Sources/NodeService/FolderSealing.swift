import Glibc
import ReplicaStore

extension DataFolder {
    /// Seals a folder that was made in the clear: its identity file and its replica. While no node runs on it.
    ///
    /// Each part is written sealed beside the plain one, flushed, compared, and put in its place in one step; a run that was
    /// cut short is finished by the next. The blocks where the plain files lay are free afterwards and not overwritten: on a
    /// solid-state disk nothing could promise that, and on others a later write may leave them for a while.
    ///
    /// - Returns: Whether anything was left to do.
    /// - Throws: as ``unlock(_:settings:passphrase:)``, ``IdentityFile/load()`` and `ReplicaStore.init`.
    public static func seal(
        _ dataDirectory: String, _ choice: Choice, passphrase: PassphraseSource? = nil
    ) throws -> Bool {
        let database = NodeConfiguration(dataDirectory: dataDirectory).databasePath
        var folder = try unlock(dataDirectory, passphrase: passphrase)
        var didAnything = false
        if folder.key == nil {
            // The plain identity is read first: a folder without one is none, and nothing is made in it.
            _ = try folder.identity()
            // Held while nothing else is sealed yet, so that no node starts meanwhile.
            try ReplicaStore(.file(database)).close()
            folder = try DataFolder(dataDirectory, key: record(choice, in: dataDirectory, passphrase: passphrase))
            didAnything = true
        }
        guard let key = folder.key else { return didAnything }
        didAnything = try folder.identityFile.sealInPlace() || didAnything
        return try ReplicaSealing.sealInPlace(database, try key.databaseSeal()) || didAnything
    }
}
