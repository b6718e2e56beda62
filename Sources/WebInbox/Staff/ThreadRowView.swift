import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// Everything that a row of a list shows of one thread to one person at one moment: two that are equal look the same.
struct ThreadRowView: Hashable {
    /// The thread.
    let id: ThreadID
    private let code: String
    private let patient: String
    private let subject: String
    private let category: String
    private let office: String
    private let owner: String?
    private let isQueue: Bool
    private let isMine: Bool
    private let isUnread: Bool
    private let marks: ThreadMarks
    private let handOff: String?
    private let snoozed: String?
    private let tags: [String]
    private let due: PageTime.Due?
    private let last: Int64?
    /// What the words for moments follow from besides the moments themselves.
    private let day: PageTime.Day
    /// What the row showed, for whoever may claim the thread; nil for others.
    private let claim: VersionVector?

    /// The row of `item` for the person of `page`, by the clock of `time`.
    init(_ item: ThreadListItem, _ page: PageRequest, _ time: PageTime) {
        let state = item.state
        id = item.id
        code = item.code
        patient = item.patient
        subject = item.subject
        category = item.category
        office = item.office
        owner = state.owner == nil ? nil : item.owner
        isQueue = state.owner?.queue != nil
        isMine = state.owner == .staff(page.access.staff)
        isUnread = Self.isUnread(state, by: page.access.staff)
        marks = ThreadMarks(item)
        handOff = state.offeredTo.map { "offered to \(page.directory.name(of: $0))" }
        snoozed = state.snoozedUntil.flatMap { $0 > page.now ? "until \(time.short($0))" : nil }
        tags = state.tags.map(\.tag)
        due = item.due.flatMap { item.status.isOpen && item.status != .waitingOnPatient ? time.due($0) : nil }
        last = item.lastActivity
        day = time.today
        let mayClaim = item.status.isOpen && state.owner?.staff == nil && page.access.decision(.claim, on: state).isAllowed
        claim = mayClaim ? state.clock : nil
    }

    /// The keys of the template `row`.
    func model(_ time: PageTime) -> [String: Any] {
        var row = marks.flags
        let isPlain = !row.values.contains { $0 as? Bool == true }
        row["id"] = "\(id)"
        row["url"] = "/threads/\(id)"
        row["code"] = code
        row["patient"] = patient
        row["subject"] = subject
        row["category"] = category
        row["office"] = office
        row["owner"] = owner
        row["isQueue"] = isQueue
        row["isMine"] = isMine
        row["status"] = marks.words
        row["needsReply"] = marks.needsReply
        row["isUnread"] = isUnread
        row["handOff"] = handOff
        row["snoozed"] = snoozed
        row["tags"] = tags
        row["isPlain"] = isPlain && tags.isEmpty && snoozed == nil
        // Nested values stand by themselves: what a row lacks must not be found around it.
        row["due"] = due.map { time.model($0) } ?? false
        row["last"] = last.map { time.moment($0) } ?? false
        row["claim"] = claim.map { ["url": "/threads/\(id)/claim", "shown": $0.pageText] } ?? false as Any
        return row
    }

    private static func isUnread(_ state: ThreadState, by staff: StaffID) -> Bool {
        guard let last = state.lastInbound else { return false }
        return !(state.readMarks.first { $0.staff == staff }?.seen.covers(last.dot) ?? false)
    }
}
