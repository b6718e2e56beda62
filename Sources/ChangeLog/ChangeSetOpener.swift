public import Causality
import InboxModel
import Vault

/// Opens change sets as a log keeps them: when reading a page, when rebuilding, when a key arrives late.
public struct ChangeSetOpener: Sendable {
    /// The group.
    public let group: GroupID

    /// As what branches were written.
    private let origins: LogOrigins

    /// An opener for the logs of `group`, of which some are branches.
    public init(group: GroupID, origins: LogOrigins = LogOrigins()) {
        self.group = group
        self.origins = origins
    }

    /// The serialized roster changes of an entry, or nil where it has none.
    public func rosterChanges(of entry: LogEntry) throws(LogError) -> [UInt8]? {
        try withParts(entry) { parts throws(LogError) in parts.roster.map { Array($0) } }
    }

    /// Opens an entry's changes; nil where it has none.
    ///
    /// - Parameters:
    ///   - entry: The entry as kept.
    ///   - replica: Whose log it is in.
    ///   - previous: Hash of the change set before it.
    ///   - key: The key of the entry's epoch.
    public func changes(
        of entry: LogEntry, replica: ReplicaID, previous: ChangeSetHash, key: EpochKey
    ) throws(LogError) -> ChangeSetBody? {
        let dot = Dot(replica, entry.sequence)
        let written = Dot(origins[replica], entry.sequence)
        let header = ChangeSetHeader(group: group, dot: written, previous: previous, epoch: key.id)
        var seal = ByteWriter(capacity: 256)
        header.writeChangesSeal(into: &seal)
        return try withParts(entry) { parts throws(LogError) in
            guard let sealed = parts.changes else { return nil }
            var room = [UInt8](repeating: 0, count: sealed.count)
            return try seal.bytes.withUnsafeBufferPointer { seal throws(LogError) in
                try room.withUnsafeMutableBufferPointer { room throws(LogError) in
                    try Self.open(
                        sealed, seal: UnsafeRawBufferPointer(seal), dot: dot, key: key,
                        room: UnsafeMutableRawBufferPointer(room))
                }
            }
        }
    }

    /// Opens content `index` of an entry.
    ///
    /// Throws `.purged` where it was destroyed, `.notHeld` where this node let it go, `.noSuchContent` where there is none of that
    /// number, `.cannotOpen` where it was altered or `key` is not the one it was sealed under.
    public func content(
        _ index: UInt16, of entry: LogEntry, replica: ReplicaID, key: SealingKey
    ) throws(LogError) -> [UInt8] {
        let place = ContentPlace(group: group, dot: Dot(origins[replica], entry.sequence), index: index)
        return try withParts(entry) { parts throws(LogError) in
            do {
                guard let form = try parts.content(Int(index)), let changes = parts.changes else {
                    throw LogError(.noSuchContent, "change set \(place.dot) has no content \(index)")
                }
                let sealed: UnsafeRawBufferPointer
                switch form {
                case .sealed(let bytes): sealed = bytes
                case .destroyed: throw LogError(.purged, "content \(index) of change set \(place.dot) was destroyed")
                case .letGo: throw LogError(.notHeld, "content \(index) of change set \(place.dot) is held at offices only")
                }
                let base = try Nonce(copying: UnsafeRawBufferPointer(rebasing: changes[..<Nonce.byteCount]))
                let nonce = Nonce.derived(LogDomain.contentNonce, base: base, index: index)
                let bytes = Array(sealed)
                switch key {
                case .epoch(let key): return try key.key.open(bytes, nonce: nonce, associated: place.associated)
                case .thread(let key): return try key.key.open(bytes, nonce: nonce, associated: place.associated)
                }
            } catch let error as LogError {
                throw error
            } catch {
                throw LogError(.cannotOpen, "content \(index) of change set \(place.dot) was altered or sealed otherwise")
            }
        }
    }

    /// Which key a content is sealed under.
    public enum SealingKey: Sendable {
        /// The epoch's.
        case epoch(EpochKey)
        /// A thread's.
        case thread(ContentKey)
    }

    /// Opens `sealed` (nonce, then sealed changes) with the associated data `seal` and reads it. `room` is where the plaintext
    /// is put: memory of at least the size of `sealed`, to be used again by the caller.
    static func open(
        _ sealed: UnsafeRawBufferPointer, seal: UnsafeRawBufferPointer, dot: Dot, key: EpochKey,
        room: UnsafeMutableRawBufferPointer
    ) throws(LogError) -> ChangeSetBody {
        let nonce = UnsafeRawBufferPointer(rebasing: sealed[..<Nonce.byteCount])
        let cipher = UnsafeRawBufferPointer(rebasing: sealed[Nonce.byteCount...])
        let plaintext = UnsafeMutableRawBufferPointer(rebasing: room[..<(cipher.count - SymmetricKey.overhead)])
        do throws(VaultError) {
            try key.key.open(cipher, nonce: nonce, associated: seal, into: plaintext)
        } catch {
            throw LogError(.cannotOpen, "the changes of \(dot) were altered or sealed for another place or epoch")
        }
        do throws(ByteReader.Failure) {
            return try ChangeSetBody.decode(UnsafeRawBufferPointer(plaintext), of: dot)
        } catch {
            throw LogError.malformed("the changes of \(dot)", error)
        }
    }

    private func withParts<Value>(
        _ entry: LogEntry, _ body: (EntryParts) throws(LogError) -> Value
    ) throws(LogError) -> Value {
        let bytes = Array(entry.body) + Array(entry.contents)
        return try bytes.withUnsafeBufferPointer { buffer throws(LogError) in
            let parts: EntryParts
            do throws(ByteReader.Failure) {
                parts = try EntryParts(UnsafeRawBufferPointer(buffer), isKept: true)
            } catch {
                throw LogError.malformed("change set \(entry.sequence)", error)
            }
            return try body(parts)
        }
    }
}
