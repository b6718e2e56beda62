import Causality
public import InboxModel

/// One thread of a list.
public struct ThreadRow: Hashable, Sendable {
    /// The thread as it is merged here.
    public let state: ThreadState
    /// Where the list goes on after this thread.
    public let cursor: ThreadCursor

    /// The thread.
    public var id: ThreadID { state.id }
    /// The last four characters of its short code; `ShortCode.text` gives the whole.
    public var shortCode: String { ShortCode.suffix(of: state.id) }
}

/// A place in a list. It stays valid while threads come and go: the list goes on with what sorts behind it.
public struct ThreadCursor: Hashable, Sendable {
    /// 3 less the priority.
    let rank: Int64
    let due: Int64
    let activity: Int64
    let id: ThreadID

    init(rank: Int64, due: Int64, activity: Int64, id: ThreadID) {
        self.rank = rank
        self.due = due
        self.activity = activity
        self.id = id
    }

    /// The cursor as text for a link or a command: eighty hexadecimal digits.
    public var text: String {
        [rank, due, activity].map { Hexadecimal.string(of: UInt64(bitPattern: $0)) }.joined() + id.description
    }

    /// The cursor that `text` gave, or nil where the text is not one.
    public init?(text: String) {
        guard let bytes = Hexadecimal.bytes(of: text), bytes.count == 40 else { return nil }
        let words = stride(from: 0, to: 40, by: 8).map { start in
            bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        self.init(
            rank: Int64(bitPattern: words[0]), due: Int64(bitPattern: words[1]), activity: Int64(bitPattern: words[2]),
            id: ThreadID(high: words[3], low: words[4]))
    }
}
