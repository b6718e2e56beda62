import Causality
import HTTPTypes
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

// What must be kept, and what is to be destroyed.
extension APIOperation {
    private static let thread = inPath("thread", "The thread, by id or by a code such as TOW-4F7K.")
    private static let shown = inBody("shown", "What the writer had seen: “shown” as the thread's answer gave it.", isRequired: false)
    private static let token = inBody("token", "What the hold is known by, such as the number of a matter. Never a patient's name.")
    private static let done: JSONText = .object([("thread", .text("01jd…")), ("shown", .text("…"))])

    static let keeping: [APIOperation] = [
        APIOperation(
            id: "listHolds", method: .get, path: "/holds", group: "Keeping and destroying", summary: "The holds on threads.",
            scope: .administer, fields: [],
            example: .object([("holds", .list([.object([("thread", .text("01jd…")), ("token", .text("M-2041"))])]))])
        ) { server, page in try holds(server, page) },
        APIOperation(
            id: "placeHold", method: .post, path: "/threads/{thread}/hold", group: "Keeping and destroying",
            summary: "Keeps a thread whole: nothing of it is destroyed while a hold is on it.", scope: .administer,
            fields: [
                thread, token, inBody("reason", "Why, without details of the patient: it stays in the record."),
                inBody("review", "When to look at it again, as YYYY-MM-DD.", isRequired: false), shown,
            ], example: done
        ) { server, page in try await placeHold(server, page) },
        APIOperation(
            id: "releaseHold", method: .post, path: "/threads/{thread}/release-hold", group: "Keeping and destroying",
            summary: "Ends the holds of a token on a thread.", scope: .administer, fields: [thread, token, shown], example: done
        ) { server, page in try await releaseHold(server, page) },
        APIOperation(
            id: "listPurges", method: .get, path: "/purges", group: "Keeping and destroying",
            summary: "The purges with how far every member is.", scope: .administer, fields: [],
            example: .object([("purges", .list([.object([("thread", .text("01jd…")), ("complete", .flag(true))])]))])
        ) { server, page in try purges(server, page) },
        APIOperation(
            id: "purgeThread", method: .post, path: "/threads/{thread}/purge", group: "Keeping and destroying",
            summary: "Orders that what was said in a thread be destroyed at every member. Only of one that is resolved and not held.",
            scope: .administer,
            fields: [
                thread, inBody("reason", "Why, without details of the patient: it stays in the record."),
                inBody("class", "The class of records whose retention has ended, such as adult-7y."), shown,
            ], example: done
        ) { server, page in try await purge(server, page) },
    ]

    // MARK: Reading

    /// The threads' states that the person may decide about, by thread; others are left out.
    private static func state(_ id: ThreadID, for action: StaffAction, _ page: PageRequest) throws -> ThreadState? {
        guard let state = try page.reader.store.state(of: id), page.access.decision(action, on: state).isAllowed else { return nil }
        return state
    }

    private static func code(_ state: ThreadState, _ page: PageRequest) -> JSONText {
        .text(ShortCode.text(of: state.id, officeKey: page.directory.key(of: state.office)))
    }

    private static func holds(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        try page.require(.placeHold, office: page.access.profile.offices.first)
        let time = PageTime(for: page)
        let holds = try page.reader.holds().compactMap { notice -> JSONText? in
            guard let state = try state(notice.thread, for: .placeHold, page) else { return nil }
            return .object([
                ("thread", .text("\(notice.thread)")), ("code", code(state, page)), ("token", .text(notice.hold.token)),
                ("reason", .text(notice.hold.reason)), ("review", .optional(notice.hold.review.map { time.iso($0) })),
                ("placed", .text(time.iso(notice.stamp.timestamp.milliseconds))), ("changeSet", .text("\(notice.stamp.dot)")),
            ])
        }
        try server.audit.record(page.entry(.list, detail: "API, \(holds.count) holds"))
        return .object([("holds", .list(holds))])
    }

    private static func purges(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        try page.require(.purge, office: page.access.profile.offices.first)
        let time = PageTime(for: page)
        let purges = try page.reader.purges().compactMap { certificate -> JSONText? in
            guard let state = try state(certificate.thread, for: .purge, page) else { return nil }
            return .object([
                ("thread", .text("\(certificate.thread)")), ("code", code(state, page)),
                ("changeSet", .text("\(certificate.stamp.dot)")), ("ordered", .text(time.iso(certificate.stamp.timestamp.milliseconds))),
                ("by", .text(certificate.by)), ("reason", .text(certificate.order.reason)),
                ("class", .text(certificate.order.retentionClass)),
                ("complete", .flag(certificate.isComplete)), ("waitingFor", .list(certificate.waitingFor.map { .text($0) })),
                ("members", .list(certificate.lines.map { line($0, time) })),
            ])
        }
        try server.audit.record(page.entry(.list, detail: "API, \(purges.count) purges"))
        return .object([("purges", .list(purges))])
    }

    private static func line(_ line: PurgeCertificate.Line, _ time: PageTime) -> JSONText {
        .object([
            ("member", .text(line.member)), ("replica", .optional(line.replica.map { "\($0)" })),
            ("acknowledged", .optional(line.acknowledged.map { time.iso($0.timestamp.milliseconds) })),
            ("destroyed", .optional(line.destroyed.map { time.iso($0.timestamp.milliseconds) })),
        ])
    }

    // MARK: Writing

    private static func placeHold(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let review = try page.form["review"].map { text throws(PageFault) -> Int64 in
            guard let moment = PageTime(for: page).time(field: text + "T00:00") else { throw .malformed("“\(text)” is no date.") }
            return moment
        }
        let hold = LegalHold(token: try page.form.required("token"), reason: try page.form.required("reason"), review: review)
        return try await keep(.placeHold(hold), server, page)
    }

    private static func releaseHold(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let token = try page.form.required("token")
        return try await keep(.releaseHold(token: token), server, page)
    }

    private static func purge(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let order = PurgeOrder(reason: try page.form.required("reason"), retentionClass: try page.form.required("class"))
        return try await keep(.purge(order), server, page)
    }

    private static func keep(_ command: ThreadCommand, _ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let (id, state) = try server.thread(of: page)
        let shown = try page.shown()
        let patient = state.opening?.patient
        let done = try await server.perform(.thread(id, shown: shown, command), for: page, thread: id, patient: patient)
        return outcome(done)
    }
}
