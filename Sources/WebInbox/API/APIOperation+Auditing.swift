import Causality
import HTTPTypes
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

// The audit taken out, what other members signed of it, and emergencies looked at afterwards.
extension APIOperation {
    private static let day: Int64 = 86_400_000
    /// How far back emergencies are listed where nothing is said.
    private static let glassDays: Int64 = 90

    static let auditing: [APIOperation] = [
        APIOperation(
            id: "exportAudit", path: "/audit/export", group: "Audit", summary: "The audit as a file: CSV, NDJSON or FHIR AuditEvents.",
            scope: .audit,
            fields: [
                query("format", "Which kind of file.", choices: AuditFormat.allCases.map(\.rawValue)),
                query("who", "A person, by key or id."), query("patient", "A patient, by id or name."),
                query("action", "What was done.", choices: AuditWords.actions.map(\.value) + ["trouble"]), query("from", "A date."),
                query("to", "A date."),
            ], fileTypes: AuditFormat.allCases.map(\.type)
        ) { server, page in try export(server, page) },
        APIOperation(
            id: "listHeads", method: .get, path: "/audit/heads", group: "Audit",
            summary: "The end of every log, and which other members signed to hold it how far.", scope: .audit, fields: [],
            example: .object([("heads", .list([.object([("member", .text("towson")), ("sequence", .number(412))])]))])
        ) { server, page in try heads(server, page) },
        APIOperation(
            id: "listEmergencies", method: .get, path: "/break-glass", group: "Audit",
            summary: "The records that were opened in an emergency, why, and who has looked at that since.", scope: .audit,
            fields: [
                query("from", "A date; without it the last \(glassDays) days."),
                query("open", "Only those that nobody has reviewed.", type: "boolean"),
            ],
            example: .object([
                ("emergencies", .list([.object([("id", .text("0123456789abcdef:17/0")), ("reason", .text("Called at night"))])]))
            ])
        ) { server, page in try await emergencies(server, page) },
        APIOperation(
            id: "reviewEmergency", method: .post, path: "/break-glass/review", group: "Audit",
            summary: "Records that somebody else looked at an emergency, and what they found.", scope: .audit,
            fields: [
                inBody("emergency", "Which, as the list of emergencies names it."),
                inBody("finding", "What was found, in a few words without details of the patient: it stays in the record."),
            ], example: .object([("emergency", .text("0123456789abcdef:17/0"))])
        ) { server, page in try await review(server, page) },
    ]

    private static func export(_ server: StaffServer, _ page: PageRequest) throws -> Response {
        let word = page.query["format"] ?? AuditFormat.csv.rawValue
        guard let format = AuditFormat(rawValue: word) else {
            throw PageFault.malformed("There is no format “\(word)”: \(AuditFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return try server.export(format, page)
    }

    private static func heads(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        try page.require(.readAudit)
        let roster = try page.reader.roster()
        let witnesses = try page.reader.headWitnesses()
        let heads = try page.reader.store.progress().filter { $0.received.sequence > 0 }.map { progress -> JSONText in
            let signers = (witnesses[progress.replica] ?? []).map { witness -> JSONText in
                .object([("member", .text(witness.member)), ("sequence", .number(Int64(witness.sequence)))])
            }
            return .object([
                ("replica", .text("\(progress.replica)")), ("member", .optional(roster.author(of: progress.replica)?.name)),
                ("sequence", .number(Int64(progress.received.sequence))), ("hash", .text("\(progress.received.hash)")),
                ("signers", .list(signers)),
            ])
        }
        try server.audit.record(page.entry(.readAudit, detail: "API, the ends of \(heads.count) logs"))
        return .object([("heads", .list(heads))])
    }

    // MARK: Emergencies

    private static func emergencies(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        try page.require(.readAudit)
        let from = try page.query["from"].map { text throws(PageFault) -> Int64 in
            guard let moment = PageTime(for: page).time(field: text + "T00:00") else { throw .malformed("“\(text)” is no date.") }
            return moment
        }
        let records = try await records(server, page, from: from ?? page.now - glassDays * day)
        let wanted = page.query.isOn("open") && page.query["open"] != "false" ? records.filter(\.reviews.isEmpty) : records
        try server.audit.record(page.entry(.readAudit, detail: "API, \(wanted.count) emergencies"))
        return .object([("emergencies", .list(try wanted.map { try json($0, page) }))])
    }

    private static func records(_ server: StaffServer, _ page: PageRequest, from: Int64) async throws -> [GlassRecord] {
        let reader = page.reader
        return try await server.offMain { try GlassRecord.all(reader, from: from) }
    }

    private static func json(_ record: GlassRecord, _ page: PageRequest) throws -> JSONText {
        let words = try AuditWords.record(record.line, page)
        let reviews = try record.reviews.map { review -> JSONText in
            let words = try AuditWords.record(review.line, page)
            return .object([
                ("by", .text(words.who)), ("person", .optional(review.line.actor.staff.map { "\($0)" })),
                ("time", .text(words.time.iso(review.line.at))), ("finding", .text(review.finding)),
            ])
        }
        return .object([
            ("id", .text(record.name)), ("time", .text(words.time.iso(record.line.at))),
            ("person", .optional(record.line.actor.staff.map { "\($0)" })), ("name", .text(words.who)), ("role", .text(words.role)),
            ("patient", .optional(record.line.patient.map { "\($0)" })), ("patientName", .optional(words.patient)),
            ("member", .text(record.line.member)), ("address", .text(record.line.address)), ("reason", .text(record.line.detail)),
            ("reviews", .list(reviews)),
        ])
    }

    private static func review(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        try page.require(.readAudit)
        let name = try page.form.required("emergency")
        let finding = page.form.exact("finding")?.trimmed ?? ""
        guard !finding.isEmpty, finding.utf8.count <= 500 else {
            throw PageFault.malformed("Say what was found, in at most 500 bytes.")
        }
        guard let record = try await records(server, page, from: 0).first(where: { $0.name == name }) else {
            throw PageFault(
                status: .notFound, code: "not-found", what: "There is no such emergency among the last \(GlassRecord.countMax).",
                todo: "Take its id from the list of emergencies. One that was recorded a moment ago is there a second later.")
        }
        guard record.line.actor != page.actor else {
            throw PageFault(
                status: .forbidden, code: "not-allowed", what: "Nobody reviews what they did themselves.", todo: "Ask somebody else to.")
        }
        try server.audit.record(page.entry(.reviewGlass, patient: record.line.patient, detail: "\(name) \(finding)"))
        return .object([("emergency", .text(name))])
    }
}
