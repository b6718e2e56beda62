import Causality
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import PageTemplates
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
        let listing = try InboxListing(page.query, page.directory, for: page.access)
        let counts = try page.reader.store.counts(
            now: page.now, staff: page.access.staff, queues: page.access.queues, office: listing.office?.id, reach: page.access.reach)
        let forgotten = rowShelf.forgotten
        let (items, next) = try listing.threads(page)
        // What a page fetches by itself is not a look.
        if !page.isBackground {
            try audit.record(
                listing.text.isEmpty
                    ? page.entry(.list, detail: listing.list.rawValue) : page.entry(.search, detail: "\(items.count) threads found"))
        }
        var model = try rows(items, page, since: forgotten)
        model.merge(lists(listing, counts, page)) { _, new in new }
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
        if !page.access.isFromOutside { model["filters"] = filters(listing, page) }
        model["canOpen"] = page.access.decision(.openThread, office: page.access.profile.offices.first).isAllowed
        return try self.page(page.isFragment ? "fragment-list" : "inbox", page, nav: "/inbox", model)
    }

    private func lists(_ listing: InboxListing, _ counts: ThreadCounts, _ page: PageRequest) -> [String: Any] {
        [
            "listGroups": ListName.groups(for: page.access).map { group -> [String: Any] in
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
        guard page.seesSync, let status = live.status else { return [] }
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

    /// Threads as rows of a list: `rows` is their HTML. `forgotten` is what `RowShelf.forgotten` was before they were read.
    func rows(_ items: [ThreadListItem], _ page: PageRequest, since forgotten: UInt64) throws -> [String: Any] {
        let time = PageTime(for: page)
        var html = RenderedHTML()
        for item in items {
            let row = ThreadRowView(item, page, time)
            html.bytes += try rowShelf.html(of: row, since: forgotten) { try renderer.html("row", row.model(time)) }.bytes
        }
        return ["rows": html, "noThreads": items.isEmpty]
    }
}

extension ThreadStatus {
    /// Whether something remains to be done, by the office or the patient.
    var isOpen: Bool { self != .resolved && self != .merged }
}
