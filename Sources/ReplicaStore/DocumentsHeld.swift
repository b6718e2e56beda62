import InboxModel
import Synchronization

/// The documents of the directory in memory, for readers: every page names people and offices, and they seldom change.
///
/// Ordering duties: whoever reads takes `CommitCount.directory` before the snapshot begins and hands it on as `asOf`.
final class DocumentsHeld: Sendable {
    private struct Kind {
        let asOf: UInt64
        let entries: any Sendable
    }

    private let kinds = Mutex<[Int64: Kind]>([:])

    /// The documents of one kind, where what is kept is as new as `asOf`.
    func entries<Entity, Profile: KeyedProfile>(
        _ profile: Profile.Type, of entity: Entity.Type, asOf: UInt64
    ) -> [DirectoryEntry<Entity, Profile>]? {
        guard let kind = kinds.withLock({ $0[Profile.kind] }), kind.asOf >= asOf else { return nil }
        return kind.entries as? [DirectoryEntry<Entity, Profile>]
    }

    /// Keeps what was read.
    func keep<Entity, Profile: KeyedProfile>(_ entries: [DirectoryEntry<Entity, Profile>], asOf: UInt64) {
        kinds.withLock { kinds in
            if let held = kinds[Profile.kind], held.asOf >= asOf { return }
            kinds[Profile.kind] = Kind(asOf: asOf, entries: entries)
        }
    }
}
