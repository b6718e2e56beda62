import Causality
import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore

/// Sealed contents of a thread, taken down when somebody ordered to purge it: what must not be found any more afterwards.
struct CondemnedContents {
    /// A piece of each, long enough to be no chance.
    private(set) var pieces: [ContentReference: ByteSearch] = [:]

    /// How many bytes of a content are looked for, beyond its first.
    private static let pieceLength = 24

    /// Takes down what `reader` holds of a thread now.
    mutating func add(_ thread: ThreadID, from reader: ReplicaReader) throws {
        for line in try reader.thread(thread)?.timeline ?? [] {
            guard let row = try reader.logRow(at: line.stamp.dot) else { continue }
            let entry = LogEntry(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
            for number in try entry.heldContents().sorted() {
                let reference = ContentReference(line.stamp.dot, number)
                guard pieces[reference] == nil, let bytes = try entry.heldContent(number), bytes.count > Self.pieceLength else {
                    continue
                }
                pieces[reference] = ByteSearch(Array(bytes.suffix(Self.pieceLength)))
            }
        }
    }
}
