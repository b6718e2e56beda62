import HTTPTypes
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// The lists of the daily list, by the words of their addresses.
enum ListName: String, CaseIterable {
    case needsReply = "needs-reply"
    case mine
    case queues
    case unassigned
    case contested
    case review
    case overdue
    case conflicts
    case waiting
    case snoozed
    case open
    case resolved
    case shared

    var title: String {
        switch self {
        case .needsReply: "Needs reply"
        case .mine: "Mine"
        case .queues: "My queues"
        case .unassigned: "Unassigned"
        case .contested: "Contested"
        case .review: "Clinical review"
        case .overdue: "Overdue"
        case .conflicts: "Done apart"
        case .waiting: "Waiting on patient"
        case .snoozed: "Snoozed"
        case .open: "All open"
        case .resolved: "Resolved"
        case .shared: "Shared"
        }
    }

    /// What an empty list says.
    var empty: (title: String, words: String) {
        switch self {
        case .needsReply: ("Nobody waits for a reply", "New messages appear here by themselves.")
        case .mine: ("You own no thread", "What you claim, and what is handed to you, appears here.")
        case .queues: ("Your queues are empty", "What is routed to them appears here by itself.")
        case .unassigned: ("Every thread has a person", "Threads that only a queue looks after appear here.")
        case .contested: ("Nothing is contested", "Where two people claim a thread while apart, it appears here until it is settled.")
        case .review: ("Nothing waits for clinical review", "Flagged threads appear here.")
        case .overdue: ("Nothing is overdue", "What passes its time appears here.")
        case .conflicts: ("Nothing was done twice", "What two offices did while apart appears here until somebody has looked.")
        case .waiting: ("No patient owes an answer", "Threads that were answered appear here.")
        case .snoozed: ("Nothing is snoozed", "What you put off appears here.")
        case .open: ("No thread is open", "Open one from a patient's record.")
        case .resolved: ("Nothing is resolved yet", "What is resolved appears here, the latest first.")
        case .shared: ("Nothing is shared", "What is shared with an outside partner appears here until that ends.")
        }
    }

    /// The lists that somebody has: from outside the practice the one of what is shared with them.
    static func groups(for access: StaffAccess) -> [(heading: String, lists: [ListName])] {
        access.isFromOutside ? [("Shared", [.shared])] : groups
    }

    private static let groups: [(heading: String, lists: [ListName])] = [
        ("To do", [.needsReply, .mine, .queues, .unassigned]), ("Look at", [.contested, .review, .overdue, .conflicts]),
        ("Later", [.waiting, .snoozed]), ("All", [.open, .resolved, .shared]),
    ]

    /// Whether a count above zero asks for somebody.
    var isPressing: Bool { self == .contested || self == .overdue || self == .conflicts }

    func count(_ counts: ThreadCounts) -> Int? {
        switch self {
        case .needsReply: counts.needsReply
        case .mine: counts.mine
        case .queues: counts.queues
        case .unassigned: counts.unassigned
        case .contested: counts.contested
        case .review: counts.clinicalReview
        case .overdue: counts.overdue
        case .conflicts: counts.conflicts
        case .waiting: counts.waitingOnPatient
        case .snoozed: counts.snoozed
        case .open: counts.open
        // Counting them would read every thread there ever was.
        case .resolved, .shared: nil
        }
    }

    func list(_ access: StaffAccess, now: Int64) -> ThreadList {
        switch self {
        case .needsReply: .needsReply
        case .mine: .mine(access.staff)
        case .queues: .queues(access.queues)
        case .unassigned: .unassigned
        case .contested: .contested
        case .review: .clinicalReview
        case .overdue: .overdue(now: now)
        case .conflicts: .conflicts
        case .waiting: .waitingOnPatient
        case .snoozed: .snoozed(now: now)
        case .open: .open
        case .resolved: .resolved
        // Somebody from outside reaches nothing but what is shared with them.
        case .shared: access.isFromOutside ? .all : .shared(now: now)
        }
    }
}

/// What somebody asked the daily list for.
struct InboxListing {
    /// Rows of a page.
    static let rowsMax = 50

    let list: ListName
    let office: OfficeEntry?
    let category: CategoryEntry?
    let text: String
    let cursor: ThreadCursor?

    /// Reads an address's query. Throws where it names something that is not there.
    init(_ query: FormFields, _ directory: Directory, for access: StaffAccess) throws(PageFault) {
        let lists = ListName.groups(for: access).flatMap(\.lists)
        let word = query["list"] ?? lists.first?.rawValue ?? ""
        guard let list = lists.first(where: { $0.rawValue == word }) else {
            throw PageFault(
                status: .notFound, code: "not-found", what: "There is no list “\(word)”.",
                todo: "The lists are \(lists.map(\.rawValue).joined(separator: ", ")).")
        }
        self.list = list
        // Which offices and categories there are is the practice's affair, and what a search passes over would tell what is not shared.
        if access.isFromOutside, ["office", "category", "q"].contains(where: { query[$0] != nil }) { throw .refused(.searchRefusal) }
        office = try query["office"].map { key throws(PageFault) in
            guard let office = directory.offices.first(where: { $0.profile?.key == key }) else {
                throw .malformed("There is no office “\(key)”.")
            }
            return office
        }
        category = try query["category"].map { key throws(PageFault) in
            guard let category = directory.categories.first(where: { $0.profile?.key == key }) else {
                throw .malformed("There is no category “\(key)”.")
            }
            return category
        }
        text = query["q"] ?? ""
        guard text.utf8.count <= 800 else { throw .malformed("What you look for is too long.") }
        cursor = try query["after"].map { text throws(PageFault) in
            guard let cursor = ThreadCursor(text: text) else { throw .malformed("The place in the list is not one.") }
            return cursor
        }
    }

    var isFiltered: Bool { office != nil || category != nil || !text.isEmpty }

    /// The address of the same listing with another list, from its start or after a row.
    func address(list: ListName? = nil, after cursor: ThreadCursor? = nil) -> String {
        var address = "/inbox?list=\((list ?? self.list).rawValue)"
        if let key = office?.profile?.key { address += "&office=\(key.queryEncoded)" }
        if let key = category?.profile?.key { address += "&category=\(key.queryEncoded)" }
        if !text.isEmpty { address += "&q=\(text.queryEncoded)" }
        if let cursor { address += "&after=\(cursor.text)" }
        return address
    }

    /// The threads to show and whether there are more.
    func threads(_ page: PageRequest) throws -> (items: [ThreadListItem], next: ThreadCursor?) {
        if !text.isEmpty {
            let items = try page.reader.find(text, limit: Self.rowsMax) { state in
                (office == nil || state.office == office?.id) && (category == nil || state.category?.category == category?.id)
                    && page.access.decision(.read, on: state).isAllowed
            }
            return (items, nil)
        }
        let filter = ThreadFilter(
            list.list(page.access, now: page.now), office: office?.id, category: category?.id, awakeAt: page.now, reach: page.access.reach)
        let items = try page.reader.list(filter, limit: Self.rowsMax + 1, after: cursor)
        let shown = Array(items.prefix(Self.rowsMax))
        return (shown, items.count > shown.count ? shown.last?.cursor : nil)
    }
}
