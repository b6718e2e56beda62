import Causality
import InboxModel

/// Reads states back from their rows.
enum StoredState {
    /// The state whose canonical bytes are `bytes`; `kind` and `name` say whose it is where it cannot be read.
    static func decode<State: CanonicalCodable>(
        _ type: State.Type, _ bytes: UnsafeRawBufferPointer, _ kind: String, _ name: @autoclosure () -> String
    ) throws -> State {
        do {
            return try State.decode(bytes)
        } catch {
            throw ReplicaStoreError(
                .corrupt, "The stored state of \(kind) \(name()) cannot be read. Rebuild the inbox from the log.",
                underlying: error)
        }
    }

    /// An id from a blob of 16 bytes.
    static func id<Entity>(_ bytes: UnsafeRawBufferPointer) throws -> EntityID<Entity> {
        guard bytes.count == 16 else {
            throw ReplicaStoreError(.corrupt, "A stored id has \(bytes.count) bytes instead of 16. Rebuild the inbox from the log.")
        }
        return EntityID(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
}
