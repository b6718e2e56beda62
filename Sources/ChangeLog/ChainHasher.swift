public import Causality
import Vault

/// Recomputes the hashes of change sets as kept: for verifying a log from its files.
public struct ChainHasher: Sendable {
    private let group: GroupID
    /// The header of the change set hashed last, for whose log and epoch the next one usually is too.
    private var header: HeaderBytes?

    /// A hasher for the logs of `group`.
    public init(group: GroupID) { self.group = group }

    /// The hash of `entry` at `dot`, following a change set of hash `previous`. Throws `.malformed` where its bytes break the
    /// format.
    public mutating func hash(
        of entry: LogEntry, at dot: Dot, after previous: ChangeSetHash, epoch: EpochID
    ) throws(LogError) -> ChangeSetHash {
        let bytes = Array(entry.body) + Array(entry.contents)
        var header =
            header.flatMap { $0.isFor(dot.replica, epoch) ? $0 : nil }
            ?? HeaderBytes(group: group, replica: dot.replica, epoch: epoch)
        self.header = nil
        defer { self.header = header }
        do throws(ByteReader.Failure) {
            return try bytes.withUnsafeBufferPointer { buffer throws(ByteReader.Failure) in
                let parts = try EntryParts(UnsafeRawBufferPointer(buffer), isKept: true)
                return try header.hash(of: parts, at: dot.sequence, after: previous)
            }
        } catch {
            throw LogError.malformed("change set \(dot)", error)
        }
    }
}
