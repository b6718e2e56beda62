import HTTPTypes
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

// How much there is to do: what the pages show beside the threads themselves.
extension APIOperation {
    static let lists: [APIOperation] = [
        APIOperation(
            id: "countThreads", method: .get, path: "/lists", group: "Threads", summary: "The lists, and how many threads stand in each.",
            scope: .read, fields: [query("office", "Only of this office, by key.")],
            example: .object([("lists", .list([.object([("list", .text("needs-reply")), ("threads", .number(12))])]))])
        ) { server, page in try count(server, page) },
        APIOperation(
            id: "listQueues", method: .get, path: "/queues", group: "Group", summary: "The queues, who covers them and how much waits.",
            scope: .read, fields: [],
            example: .object([("queues", .list([.object([("key", .text("desk")), ("waiting", .number(3))])]))])
        ) { server, page in try queues(server, page) },
    ]

    private static func count(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        guard page.access.mayList else { throw PageFault.refused(.listRefusal) }
        let listing = try InboxListing(page.query, page.directory, for: page.access)
        let counts = try page.reader.store.counts(
            now: page.now, staff: page.access.staff, queues: page.access.queues, office: listing.office?.id, reach: page.access.reach)
        let lists = ListName.groups(for: page.access).flatMap(\.lists).map { list -> JSONText in
            .object([
                ("list", .text(list.rawValue)), ("title", .text(list.title)), ("threads", .optional(list.count(counts).map { Int64($0) })),
            ])
        }
        return .object([("lists", .list(lists)), ("asOf", asOf(server, page))])
    }

    private static func queues(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        try page.require(.seeSync)
        let time = PageTime(for: page)
        return .object([("queues", .list(try server.queueLoads(page).map { json($0, page, time) }))])
    }

    private static func json(_ load: QueueLoad, _ page: PageRequest, _ time: PageTime) -> JSONText {
        .object([
            ("id", .text("\(load.id)")), ("key", .text(load.profile.key)), ("name", .text(load.profile.name)),
            ("office", .optional(load.profile.office.map { "\($0)" })), ("members", .list(load.profile.members.map { .text("\($0)") })),
            ("primary", .optional(load.profile.primary.map { "\($0)" })), ("backup", .optional(load.profile.backup.map { "\($0)" })),
            ("uncovered", .flag(load.isUncovered)), ("waiting", .number(Int64(load.waiting))), ("isMore", .flag(load.isMore)),
            ("oldest", .optional(load.oldest.map { time.iso($0) })),
        ])
    }
}
