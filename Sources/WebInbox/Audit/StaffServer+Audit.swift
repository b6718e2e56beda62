import Causality
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

extension StaffServer {
    /// Lines of a page, and of an export.
    private static let linesMax = 100
    private static let exportMax = 50_000

    func addAudit(to router: Router<PageContext>) {
        get("/audit", in: router) { page in try self.audit(page) }
        for format in AuditFormat.allCases {
            get("/\(format.fileName)", in: router) { page in try self.export(format, page) }
        }
        post("/audit/verify", in: router) { page in try await self.verify(page) }
    }

    // MARK: Reading

    /// What the address's query asks for. A patient is named by id, or by a name that is one patient's.
    func auditFilter(_ page: PageRequest) throws -> AuditFilter {
        var filter = AuditFilter()
        let query = page.query
        let time = PageTime(for: page)
        filter.staff = try query["who"].map { text throws(PageFault) in
            guard let id = StaffID(hexadecimal: text) ?? page.directory.staff.first(where: { $0.profile?.key == text })?.id else {
                throw .malformed("There is no such person.")
            }
            return id
        }
        if let text = query["patient"] {
            if let id = PatientID(hexadecimal: text) {
                filter.patient = id
            } else {
                let found = try page.reader.store.patients(matching: text, limit: 3)
                guard let one = found.first, found.count == 1 || found[0].shown?.name.lowercased() == text.lowercased() else {
                    throw PageFault.malformed(
                        found.isEmpty ? "There is no such patient here." : "Several patients have such a name: type all of it.")
                }
                filter.patient = one.id
            }
        }
        if let word = query["action"] {
            if word == "trouble" {
                filter.isTrouble = true
            } else {
                guard let action = AuditWords.actions.first(where: { $0.value == word })?.action else {
                    throw PageFault.malformed("There is no such action.")
                }
                filter.actions = [action]
            }
        }
        filter.from = try query["from"].map { text throws(PageFault) in
            guard let moment = time.time(field: text + "T00:00") else { throw .malformed("“\(text)” is no date.") }
            return moment
        }
        filter.to = try query["to"].map { text throws(PageFault) in
            guard let moment = time.time(field: text + "T00:00") else { throw .malformed("“\(text)” is no date.") }
            return moment + 86_400_000 - 1
        }
        return filter
    }

    private func place(_ page: PageRequest) throws(PageFault) -> Stamp? {
        try page.query["after"].map { text throws(PageFault) in
            guard let stamp = Stamp(pageText: text) else { throw .malformed("The place in the audit is not one.") }
            return stamp
        }
    }

    private func audit(_ page: PageRequest) throws -> Response {
        try page.require(.readAudit)
        let filter = try auditFilter(page)
        let slice = try page.reader.audit(filter, limit: Self.linesMax, before: try place(page))
        if !page.isBackground { try audit.record(page.entry(.readAudit, patient: filter.patient, detail: "\(slice.lines.count) lines")) }
        let lines = try slice.lines.map { try AuditWords.record($0, page) }
        let address = Self.address(page)
        var model: [String: Any] = [
            "entries": lines.map { $0.row }, "hasEntries": !lines.isEmpty, "filters": filters(filter, page),
            "isFiltered": filter != AuditFilter(), "canVerify": true, "canExport": page.access.decision(.export).isAllowed,
            "found": slice.next == nil ? "\(lines.count) entries" : "\(lines.count) entries, the latest first", "heads": try heads(page),
            "asOf": absences(page),
            "exports": [("CSV", "csv"), ("NDJSON", "ndjson"), ("FHIR AuditEvent", "fhir.json")].map {
                ["name": $0.0, "url": "/audit.\($0.1)?\(address)"]
            },
        ]
        if let next = slice.next { model["more"] = ["url": "/audit?\(address)&after=\(next.pageText)", "words": "Show earlier entries"] }
        if page.query["after"] != nil { model["start"] = ["url": "/audit?\(address)"] }
        if let verified = sessions.session(page.token, now: page.now, isUse: false)?.verification { model["verified"] = verified.model }
        return try self.page("audit", page, nav: "/audit", model)
    }

    /// The query's filters as a query again, without the place.
    private static func address(_ page: PageRequest) -> String {
        ["who", "patient", "action", "from", "to"].compactMap { name in page.query[name].map { "\(name)=\($0.queryEncoded)" } }.joined(
            separator: "&")
    }

    private func filters(_ filter: AuditFilter, _ page: PageRequest) -> [String: Any] {
        let action = page.query["action"] ?? ""
        return [
            "who": page.directory.staff.map { person -> [String: Any] in
                ["value": "\(person.id)", "name": person.profile?.name ?? "", "isSelected": person.id == filter.staff]
            },
            "actions": AuditWords.actions.map { item -> [String: Any] in
                ["value": item.value, "name": item.name, "isSelected": item.value == action]
            } + [["value": "trouble", "name": "refused or failed", "isSelected": action == "trouble"]],
            "patient": page.query["patient"] ?? "", "from": page.query["from"] ?? "", "to": page.query["to"] ?? "",
        ]
    }

    private func heads(_ page: PageRequest) throws -> [[String: Any]] {
        let roster = try page.reader.roster()
        let witnesses = try page.reader.headWitnesses()
        return try page.reader.store.progress().filter { $0.received.sequence > 0 }.map { progress -> [String: Any] in
            let hash = "\(progress.received.hash)"
            let signers = witnesses[progress.replica] ?? []
            return [
                "member": roster.author(of: progress.replica)?.name ?? "a device not admitted", "sequence": "\(progress.received.sequence)",
                "hash": "\(hash.prefix(8))…\(hash.suffix(4))",
                "signers": signers.map { "\($0.member) to \($0.sequence)" }.joined(separator: ", "), "isCountersigned": !signers.isEmpty,
            ]
        }
    }

    // MARK: Taking out, checking

    /// The audit that the query asks for, as a file.
    func export(_ format: AuditFormat, _ page: PageRequest) throws -> Response {
        try page.require(.readAudit)
        try page.require(.export)
        let filter = try auditFilter(page)
        var lines: [AuditWords.Record] = []
        var place = try place(page)
        repeat {
            let slice = try page.reader.audit(filter, limit: 1000, before: place)
            lines += try slice.lines.map { try AuditWords.record($0, page) }
            place = slice.next
        } while place != nil && lines.count < Self.exportMax
        try audit.record(page.entry(.export, patient: filter.patient, detail: "audit, \(lines.count) lines as \(format.fileName)"))
        return Response(
            status: .ok, headers: [.contentType: format.type, .contentDisposition: "attachment; filename=\"\(format.fileName)\""],
            body: ResponseBody(byteBuffer: ByteBuffer(string: format.text(lines))))
    }

    private func verify(_ page: PageRequest) async throws -> Response {
        try page.require(.readAudit)
        let reader = page.reader
        let outcome = try await offMain { try reader.verifyLogs() }
        let time = PageTime(for: page)
        let count = outcome.logs.reduce(0) { $0 + $1.changeSets }
        let trouble = outcome.logs.compactMap { log in log.fault.map { "\(log.author ?? "\(log.replica)"): \($0)" } }
        try audit.record(page.entry(.verifyAudit, outcome.isSound ? .done : .failed, detail: "\(count) change sets"))
        let verification = Session.Verification(
            isWhole: outcome.isSound,
            words: outcome.isSound
                ? "Every change set of \(outcome.logs.count) logs is in its chain and signed: \(count) of them."
                : "Of \(count) change sets in \(outcome.logs.count) logs, not all are what their authors signed.",
            time: time.clock(page.now), iso: time.iso(page.now), trouble: trouble)
        sessions.update(page.token) { $0.verification = verification }
        return Self.go(to: "/audit")
    }
}

/// The kinds of file that the audit is taken out as.
enum AuditFormat: String, CaseIterable {
    case csv, ndjson, fhir

    var fileName: String { self == .fhir ? "audit.fhir.json" : "audit.\(rawValue)" }

    /// The file's media type.
    var type: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .ndjson: "application/x-ndjson"
        case .fhir: "application/fhir+json"
        }
    }

    /// The file of these lines.
    func text(_ lines: [AuditWords.Record]) -> String {
        switch self {
        case .csv: AuditCSV.text(lines)
        case .ndjson: lines.map { $0.json.text + "\n" }.joined()
        case .fhir: FHIRAudit.bundle(lines).text
        }
    }
}
