import InboxModel
import OfficeNode
import ReplicaStore

/// One opening of a record in an emergency, and who has looked at it since.
struct GlassRecord {
    /// What came of looking at it.
    struct Review {
        let line: AuditLine
        /// What the reviewer found, in their words.
        let finding: String
    }

    /// The most that are read at once.
    static let countMax = 500

    let line: AuditLine
    /// The reviews, the newest first.
    var reviews: [Review] = []

    /// How reviews name it: its change set and its place there.
    var name: String { Self.name(line) }

    private static func name(_ line: AuditLine) -> String { "\(line.stamp.dot)/\(line.index)" }

    /// The openings since `from` (milliseconds since 1970), the newest first, with their reviews. A review is later than what it is of, so
    /// reading backwards from the end finds it first.
    static func all(_ reader: InboxReader, from: Int64) throws -> [GlassRecord] {
        var filter = AuditFilter()
        filter.actions = [.breakGlass, .reviewGlass]
        filter.from = from
        var reviews: [String: [Review]] = [:]
        var records: [GlassRecord] = []
        var place: Stamp?
        repeat {
            let slice = try reader.audit(filter, limit: countMax, before: place)
            for line in slice.lines {
                if line.action == .breakGlass {
                    records.append(GlassRecord(line: line))
                } else if line.outcome == .done {
                    let parts = line.detail.split(separator: " ", maxSplits: 1)
                    guard let name = parts.first else { continue }
                    reviews[String(name), default: []].append(Review(line: line, finding: parts.count > 1 ? String(parts[1]) : ""))
                }
            }
            place = slice.next
        } while place != nil && records.count < countMax
        return records.map { record in GlassRecord(line: record.line, reviews: reviews[record.name] ?? []) }
    }
}
