import Causality
import HTTPTypes
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode

// What was set aside. Who may adopt sees no messages, so these say what kinds of changes there are and never what was said.
extension APIOperation {
    static let quarantine: [APIOperation] = [
        APIOperation(
            id: "listQuarantine", method: .get, path: "/quarantine", group: "Quarantine",
            summary: "The change sets that are kept and not merged, with why.", scope: .administer,
            fields: [query("after", "Where to go on: “next” of the answer before.")],
            example: .object([("held", .list([.object([("changeSet", .text("0123456789abcdef:17"))])])), ("next", .null)])
        ) { server, page in try list(server, page) },
        APIOperation(
            id: "getQuarantined", method: .get, path: "/quarantine/{changeSet}", group: "Quarantine",
            summary: "One of them, with the kinds of its changes and the threads they are about.", scope: .administer,
            fields: [inPath("changeSet", "Its name, such as 0123456789abcdef:17.")],
            example: .object([("changeSet", .text("0123456789abcdef:17")), ("changes", .list([.object([("kind", .text("reply"))])]))])
        ) { server, page in try show(server, page) },
        APIOperation(
            id: "adoptQuarantined", method: .post, path: "/quarantine/adopt", group: "Quarantine",
            summary: "Lets one of them count: every office merges it.", scope: .administer,
            fields: [inBody("changeSet", "Its name, such as 0123456789abcdef:17.")],
            example: .object([("changeSet", .text("0123456789abcdef:17"))])
        ) { server, page in try await adopt(server, page) },
    ]

    /// How many one answer holds.
    private static let heldMax = 200

    private static func list(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        try page.require(.seeSync)
        let place = try page.query["after"].map { text throws(PageFault) -> Dot in
            guard let dot = StaffServer.dot(text) else { throw .malformed("The place in the quarantine is not one.") }
            return dot
        }
        let items = try page.reader.quarantine().filter { item in place.map { $0 < item.dot } ?? true }
        let shown = items.prefix(heldMax)
        let next = items.count > shown.count ? shown.last.map { "\($0.dot)" } : nil
        return .object([("held", .list(shown.map { .object(members($0, page)) })), ("next", .optional(next))])
    }

    private static func show(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        try page.require(.seeSync)
        let dot = page.context.parameters.get("changeSet").flatMap { StaffServer.dot($0) }
        guard let item = try page.reader.quarantine().first(where: { $0.dot == dot }) else {
            throw PageFault(
                status: .notFound, code: "not-found", what: "No such change set was set aside.",
                todo: "Look in the list: it may have been adopted.")
        }
        let changes = item.statements.map { statement -> JSONText in
            .object([("kind", .text(statement.kind)), ("thread", .optional(statement.thread.map { "\($0)" }))])
        }
        return .object(members(item, page) + [("changes", .list(changes))])
    }

    private static func members(_ item: QuarantinedItem, _ page: PageRequest) -> [(String, JSONText)] {
        let time = PageTime(for: page)
        let kinds = Set(item.statements.map(\.kind)).sorted()
        return [
            ("changeSet", .text("\(item.dot)")), ("member", .optional(item.author?.name)),
            ("person", .optional(item.actor.map { page.directory.name(of: $0, patient: "a patient") })),
            ("made", .optional(item.madeAt.map { time.iso($0.milliseconds) })), ("received", .text(time.iso(item.receivedAt))),
            ("reason", .text(item.reason)), ("why", .text(QuarantineReason(rawValue: item.reason)?.explanation ?? item.reason)),
            ("kinds", .list(kinds.map { .text($0) })),
        ]
    }

    private static func adopt(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let name = try page.form.required("changeSet")
        try await server.adopt(name, for: page)
        return .object([("changeSet", .text(name))])
    }
}
