import Causality
import InboxModel
import OfficeNode
import ReplicaStore

/// The audit in words, for the page and for exports.
enum AuditWords {
    /// What can be asked for, by the words of the page's address.
    static let actions: [(value: String, name: String, action: AuditEntry.Action)] = [
        ("sign-in", "signing in", .signIn), ("sign-out", "signing out", .signOut), ("list", "looking at a list", .list),
        ("read", "reading a thread", .readThread), ("patient", "reading a record", .readPatient), ("search", "searching", .search),
        ("change", "changing something", .change), ("export", "taking records out", .export), ("glass", "break-glass", .breakGlass),
        ("audit", "reading the audit", .readAudit), ("verify", "verifying the audit", .verifyAudit),
        ("people", "looking at accounts", .readPeople), ("glass-review", "reviewing break-glass", .reviewGlass),
    ]

    /// One line with names in the place of ids.
    struct Record {
        let line: AuditLine
        let who: String
        let role: String
        let action: String
        let office: String
        let code: String?
        let patient: String?
        let time: PageTime

        var outcome: String {
            switch line.outcome {
            case .done: "done"
            case .refused: "refused"
            case .failed: "failed"
            }
        }

        /// A row of the page's table.
        var row: [String: Any] {
            var row: [String: Any] = [
                "time": time.long(line.at), "iso": time.iso(line.at), "who": who, "role": role, "device": line.member, "action": action,
                "outcome": outcome, "isRefused": line.outcome != .done, "subject": false, "patient": false,
                "address": line.address.isEmpty ? false : line.address as Any, "purpose": false,
            ]
            if let code, let thread = line.thread { row["subject"] = ["name": code, "url": "/threads/\(thread)"] }
            if let patient, let id = line.patient { row["patient"] = ["name": patient, "url": "/patients/\(id)"] }
            if line.action != .change, !line.detail.isEmpty { row["purpose"] = line.detail }
            return row
        }

        var json: JSONText {
            .object([
                ("time", .text(time.iso(line.at))), ("changeSet", .text("\(line.stamp.dot)")), ("member", .text(line.member)),
                ("office", .text(office)), ("person", .optional(line.actor.staff.map { "\($0)" })), ("name", .text(who)),
                ("role", .text(role)),
                ("action", .text(line.action == .change ? "change" : "\(line.action)")), ("outcome", .text(outcome)),
                ("thread", .optional(line.thread.map { "\($0)" })), ("code", .optional(code)),
                ("patient", .optional(line.patient.map { "\($0)" })), ("address", .text(line.address)), ("detail", .text(line.detail)),
            ])
        }
    }

    /// A line with names. A thread's code and a patient's name are shown where they are here.
    static func record(_ line: AuditLine, _ page: PageRequest) throws -> Record {
        let state = try line.thread.flatMap { try page.reader.store.state(of: $0) }
        let patientID = line.patient ?? state?.opening?.patient
        let patient = try patientID.flatMap { try page.reader.store.patient($0)?.shown?.name }
        let role: String
        if let known = line.role {
            role = RoleWords.name(of: known)
        } else {
            role =
                line.actor.staff.flatMap { id in page.directory.staff.first { $0.id == id }?.profile?.role }.map { RoleWords.name(of: $0) }
                ?? ""
        }
        return Record(
            line: line, who: page.directory.name(of: line.actor, patient: patient ?? "a patient"), role: role, action: words(line),
            office: line.office.map { page.directory.name(of: $0) } ?? "",
            code: state.map { ShortCode.text(of: $0.id, officeKey: page.directory.key(of: $0.office)) }, patient: patient,
            time: PageTime(for: page))
    }

    private static func words(_ line: AuditLine) -> String {
        switch line.action {
        case .signIn: "signed in"
        case .signOut: "signed out"
        case .list: "looked at a list"
        case .readThread: "read a thread"
        case .readPatient: "read a record"
        case .search: "searched"
        case .export: "took records out"
        case .change: line.outcome == .done ? "wrote: \(line.detail)" : "tried to change something"
        case .breakGlass: "opened a record in an emergency"
        case .readAudit: "read the audit"
        case .verifyAudit: "verified the audit"
        case .readPeople: "looked at accounts"
        case .reviewGlass: "reviewed an emergency"
        }
    }
}

extension Stamp {
    /// As an address carries it.
    var pageText: String { Hexadecimal.string(of: canonicalBytes) }

    /// The stamp that `pageText` gave; nil where the text is not one.
    init?(pageText: String) {
        guard let bytes = Hexadecimal.bytes(of: pageText) else { return nil }
        do { self = try Stamp(canonicalBytes: bytes) } catch { return nil }
    }
}

/// The audit as a table for spreadsheets.
enum AuditCSV {
    static func text(_ records: [AuditWords.Record]) -> String {
        var text = "time,change set,member,office,person,name,role,action,outcome,thread,patient,address,detail\r\n"
        for record in records {
            let line = record.line
            let fields = [
                record.time.iso(line.at), "\(line.stamp.dot)", line.member, record.office, line.actor.staff.map { "\($0)" } ?? "",
                record.who, record.role,
                line.action == .change ? "change" : "\(line.action)", record.outcome, record.code ?? "", line.patient.map { "\($0)" } ?? "",
                line.address, line.detail,
            ]
            text += fields.map(quoted).joined(separator: ",") + "\r\n"
        }
        return text
    }

    /// A field that a spreadsheet takes as text: what begins like a formula gets an apostrophe before it.
    private static func quoted(_ field: String) -> String {
        let isFormula = field.first.map { "=+-@\t\r".contains($0) } ?? false
        let text = isFormula ? "'" + field : field
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

/// The audit as FHIR R4 AuditEvents.
enum FHIRAudit {
    static func bundle(_ records: [AuditWords.Record]) -> JSONText {
        .object([
            ("resourceType", .text("Bundle")), ("type", .text("collection")),
            ("entry", .list(records.map { .object([("resource", event($0))]) })),
        ])
    }

    private static func event(_ record: AuditWords.Record) -> JSONText {
        let line = record.line
        var entities: [JSONText] = []
        if let patient = line.patient { entities.append(.object([("what", .object([("reference", .text("Patient/\(patient)"))]))])) }
        if let thread = line.thread { entities.append(.object([("what", .object([("reference", .text("Communication/\(thread)"))]))])) }
        var agent: [(String, JSONText)] = [("requestor", .flag(true)), ("name", .text(record.who))]
        if let staff = line.actor.staff { agent.append(("who", .object([("reference", .text("Practitioner/\(staff)"))]))) }
        if !record.role.isEmpty { agent.append(("role", .list([.object([("text", .text(record.role))])]))) }
        if !line.address.isEmpty { agent.append(("network", .object([("address", .text(line.address)), ("type", .text("2"))]))) }
        var event: [(String, JSONText)] = [
            ("resourceType", .text("AuditEvent")), ("id", .text("\(line.stamp.dot.replica)-\(line.stamp.dot.sequence)-\(line.index)")),
            ("type", coding("http://terminology.hl7.org/CodeSystem/audit-event-type", kind(line.action))),
            ("action", .text(letter(line.action))),
            ("recorded", .text(record.time.iso(line.at))),
            ("outcome", .text(line.outcome == .done ? "0" : line.outcome == .refused ? "8" : "4")),
            ("agent", .list([.object(agent)])), ("source", .object([("observer", .object([("display", .text(line.member))]))])),
        ]
        if !line.detail.isEmpty { event.append(("outcomeDesc", .text(line.detail))) }
        if !entities.isEmpty { event.append(("entity", .list(entities))) }
        return .object(event)
    }

    private static func coding(_ system: String, _ code: String) -> JSONText {
        .object([("system", .text(system)), ("code", .text(code))])
    }

    private static func kind(_ action: AuditEntry.Action) -> String {
        switch action {
        case .signIn, .signOut: "110114"
        case .export: "110106"
        case .search, .list: "110112"
        case .breakGlass, .reviewGlass: "110113"
        case .readAudit, .verifyAudit: "110101"
        default: "rest"
        }
    }

    private static func letter(_ action: AuditEntry.Action) -> String {
        switch action {
        case .change: "U"
        case .signIn, .signOut, .search, .list, .verifyAudit, .breakGlass, .reviewGlass: "E"
        default: "R"
        }
    }
}
