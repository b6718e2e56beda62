import Causality
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

extension StaffServer {
    func addInbox(to router: Router<PageContext>) {
        get("/inbox", in: router) { page in try self.inbox(page) }
        get("/help", in: router) { page in try self.page("help", page, nav: "/help", [:]) }
    }

    private func inbox(_ page: PageRequest) throws -> Response {
        guard page.access.mayList else {
            if page.access.decision(.seeSync).isAllowed { return Self.go(to: "/offices") }
            if page.access.decision(.readAudit).isAllowed { return Self.go(to: "/audit") }
            return Self.go(to: "/account")
        }
        let listing = try InboxListing(page.query, page.directory)
        let counts = try page.reader.store.counts(
            now: page.now, staff: page.access.staff, queues: page.access.queues, office: listing.office?.id, reach: page.access.reach)
        let (items, next) = try listing.threads(page)
        // What a page fetches by itself is not a look.
        if !page.isBackground {
            try audit.record(
                listing.text.isEmpty
                    ? page.entry(.list, detail: listing.list.rawValue) : page.entry(.search, detail: "\(items.count) threads found"))
        }
        var model = rows(items, page)
        model.merge(lists(listing, counts)) { _, new in new }
        let isSearch = !listing.text.isEmpty
        var list: [String: Any] = ["name": isSearch ? "Search" : listing.list.title, "value": listing.list.rawValue]
        list["count"] = isSearch ? nil : listing.list.count(counts).map { "\($0)" } ?? ""
        model["list"] = list
        if isSearch {
            model["found"] =
                items.count == 1 ? "1 thread" : "\(items.count)\(items.count == InboxListing.rowsMax ? " or more" : "") threads"
        }
        model["asOf"] = absences(page)
        if items.isEmpty {
            model["empty"] =
                listing.isFiltered
                ? ["title": "Nothing fits", "words": "Look in another list, or clear the filters."]
                : ["title": listing.list.empty.title, "words": listing.list.empty.words]
        }
        if let next { model["more"] = ["url": listing.address(after: next), "words": "Show more"] }
        if listing.cursor != nil { model["start"] = ["url": listing.address()] }
        model["filters"] = filters(listing, page)
        model["canOpen"] = page.access.decision(.openThread, office: page.access.profile.offices.first).isAllowed
        return try self.page(page.isFragment ? "fragment-list" : "inbox", page, nav: "/inbox", model)
    }

    private func lists(_ listing: InboxListing, _ counts: ThreadCounts) -> [String: Any] {
        [
            "listGroups": ListName.groups.map { group -> [String: Any] in
                [
                    "heading": group.heading,
                    "lists": group.lists.map { list -> [String: Any] in
                        let count = list.count(counts)
                        return [
                            "name": list.title, "url": "/inbox?list=\(list.rawValue)", "count": count.map { "\($0)" } ?? "",
                            "isCurrent": list == listing.list && listing.text.isEmpty, "isPressing": list.isPressing && (count ?? 0) > 0,
                        ]
                    },
                ]
            }
        ]
    }

    private func filters(_ listing: InboxListing, _ page: PageRequest) -> [String: Any] {
        func option(_ key: String?, _ name: String?, _ isSelected: Bool) -> [String: Any] {
            ["value": key ?? "", "name": name ?? "", "isSelected": isSelected]
        }
        return [
            "q": listing.text, "isFiltered": listing.isFiltered,
            "offices": page.directory.offices.map { option($0.profile?.key, $0.profile?.name, $0.id == listing.office?.id) },
            "categories": page.directory.categories.map { option($0.profile?.key, $0.profile?.name, $0.id == listing.category?.id) },
        ]
    }

    /// The office nodes that were not heard from, for the banners of lists and threads.
    func absences(_ page: PageRequest) -> [[String: Any]] {
        guard let status = live.status else { return [] }
        let time = PageTime(for: page)
        return SyncWords(status, now: page.now).absent.map { absent in
            let office = status.members.first { $0.name == absent.name }?.office
            let name = office.map { page.directory.name(of: $0) } ?? absent.name
            guard let last = absent.lastHeard else {
                return ["office": name, "time": "before this node started", "iso": "", "age": "not heard since"]
            }
            return ["office": name, "time": time.short(last), "iso": time.iso(last), "age": time.age(last)]
        }
    }

    // MARK: Rows

    /// Threads as rows of a list.
    func rows(_ items: [ThreadListItem], _ page: PageRequest) -> [String: Any] {
        let time = PageTime(for: page)
        return ["threads": items.map { row($0, page, time) }]
    }

    private func row(_ item: ThreadListItem, _ page: PageRequest, _ time: PageTime) -> [String: Any] {
        let state = item.state
        let me = page.access.staff
        var row = ThreadMarks.flags(of: item)
        let isPlain = !row.values.contains { $0 as? Bool == true }
        row["id"] = "\(item.id)"
        row["url"] = "/threads/\(item.id)"
        row["code"] = item.code
        row["patient"] = item.patient
        row["subject"] = item.subject
        row["category"] = item.category
        row["office"] = item.office
        row["owner"] = state.owner == nil ? nil : item.owner
        row["isQueue"] = state.owner?.queue != nil
        row["isMine"] = state.owner == .staff(me)
        row["status"] = ThreadMarks.words(state.status, flags: item.flags)
        row["needsReply"] = item.flags.contains(.needsReply)
        row["isUnread"] = isUnread(state, by: me)
        if let offered = state.offeredTo { row["handOff"] = "offered to \(page.directory.name(of: offered))" }
        if let until = state.snoozedUntil, until > page.now { row["snoozed"] = "until \(time.short(until))" }
        row["tags"] = state.tags.map(\.tag)
        row["isPlain"] = isPlain && state.tags.isEmpty && row["snoozed"] == nil
        // Nested values stand by themselves: what a row lacks must not be found around it.
        row["due"] = item.due.flatMap { due in item.status.isOpen && item.status != .waitingOnPatient ? time.due(due) : nil } ?? false
        row["last"] = item.lastActivity.map { time.moment($0) } ?? false
        let mayClaim = item.status.isOpen && state.owner?.staff == nil && page.access.decision(.claim, on: state).isAllowed
        row["claim"] = mayClaim ? ["url": "/threads/\(item.id)/claim", "shown": state.clock.pageText] : false as Any
        return row
    }

    private func isUnread(_ state: ThreadState, by staff: StaffID) -> Bool {
        guard let last = state.lastInbound else { return false }
        return !(state.readMarks.first { $0.staff == staff }?.seen.covers(last.dot) ?? false)
    }
}

extension ThreadStatus {
    /// Whether something remains to be done, by the office or the patient.
    var isOpen: Bool { self != .resolved && self != .merged }
}

/// What lists and threads say of a thread in a word.
enum ThreadMarks {
    static func words(_ status: ThreadStatus, flags: ThreadFlags) -> String {
        switch status {
        case .queued: flags.contains(.needsReply) ? "Needs reply" : "Queued"
        case .owned: flags.contains(.needsReply) ? "Needs reply" : "Owned"
        case .waitingOnPatient: "Waiting on patient"
        case .escalated: "Escalated"
        case .resolved: "Resolved"
        case .merged: "Merged"
        }
    }

    /// The marks, each there or not.
    static func flags(of item: ThreadListItem) -> [String: Any] {
        let flags = item.flags
        return [
            "isUrgent": item.priority == .urgent, "isHigh": item.priority == .high, "isLow": item.priority == .low,
            "isContested": flags.contains(.contested), "isAnsweredTwice": flags.contains(.answeredTwice),
            "isFiledTwice": flags.contains(.filedTwice), "isUnseenByResolver": flags.contains(.unseenByResolver),
            "needsReview": flags.contains(.clinicalReview), "isHandOffPending": flags.contains(.handOffPending),
            "isEscalated": item.status == .escalated, "isReopened": flags.contains(.reopened), "isResolved": item.status == .resolved,
        ]
    }
}
