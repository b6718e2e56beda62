/// Why a node begins a new log in place of the one it wrote.
///
/// A number of a log is never used twice. Where a node cannot know how far its log went, it leaves that log as it is and begins
/// another; peers hold what there is of the old one.
public struct NewReplicaReason: Hashable, Sendable {
    /// What kind of reason.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The replica was made from a backup.
        case restored
        /// The folder comes from another machine.
        case copied
        /// The database is another file than the one that this machine wrote.
        case moved
        /// The database holds less of its own log than was written down beside it.
        case rolledBack = "rolled-back"
        /// A peer holds more of this node's log, or another history of it.
        case peerKnowsMore = "peer-knows-more"
        /// The member was removed and appointed again: what it writes to its old log counts no more.
        case reinstated
        /// Two change sets with one number were found in the log that it writes.
        case forked
        /// The replica does not say which log is its own, or holds nothing of it.
        case lost
    }

    /// What kind of reason.
    public let kind: Kind
    /// What was found, in words: numbers and names of machines and members; may be empty.
    public let detail: String

    /// A reason from its parts.
    public init(_ kind: Kind, _ detail: String = "") {
        self.kind = kind
        self.detail = detail
    }

    /// A stored reason; whatever cannot be read is one too.
    init(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1).map(String.init)
        kind = parts.first.flatMap(Kind.init(rawValue:)) ?? .lost
        detail = parts.count > 1 ? parts[1] : ""
    }

    /// The stored form.
    var bytes: [UInt8] { Array("\(kind.rawValue)\n\(detail)".utf8) }
}

extension NewReplicaReason: CustomStringConvertible {
    /// The reason in words.
    public var description: String {
        let words =
            switch kind {
            case .restored: "it was restored from a backup"
            case .copied: "this folder was copied from another machine"
            case .moved: "the database is not the file that this node wrote last: it was copied or put back"
            case .rolledBack: "the database holds less than this node had written: an older one was put in its place"
            case .peerKnowsMore: "others know another end of its log: it was restored or copied, or two machines write as it"
            case .reinstated: "its member was removed from the group and appointed again"
            case .forked: "two machines wrote to it: its disk was copied or put back"
            case .lost: "it does not know how far its own log went"
            }
        return detail.isEmpty ? words : "\(words) (\(detail))"
    }
}
