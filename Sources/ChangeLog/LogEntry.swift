public import Causality

/// One change set as a log keeps and sends it: its number, its hash, and the bytes of its `RunEntry` in two parts.
///
/// The slices share memory with the frame they came in, so that storing a run copies nothing.
public struct LogEntry: Hashable, Sendable {
    /// The change set's number in its replica's log.
    public let sequence: UInt64
    /// Its hash.
    public let hash: ChangeSetHash
    /// Fields 1 and 2 of the `RunEntry`: roster changes and sealed changes.
    public let body: ArraySlice<UInt8>
    /// Field 3 of the `RunEntry`, each occurrence: the contents.
    public let contents: ArraySlice<UInt8>

    /// An entry from its parts.
    public init(sequence: UInt64, hash: ChangeSetHash, body: ArraySlice<UInt8>, contents: ArraySlice<UInt8>) {
        self.sequence = sequence
        self.hash = hash
        self.body = body
        self.contents = contents
    }
}
