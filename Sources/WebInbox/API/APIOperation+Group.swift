import Causality
import HTTPTypes
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import SyncEngine

extension APIOperation {
    private static let patient = inPath("patient", "The patient's id.")
    private static let details = [
        inBody("name", "Full name."), inBody("born", "Birth date as YYYY-MM-DD.", isRequired: false),
        inBody("phone", "Telephone number.", isRequired: false), inBody("email", "E-mail address.", isRequired: false),
        inBody("language", "As a BCP 47 tag.", isRequired: false),
        inBody("channel", "How they want to be reached.", isRequired: false, choices: Channel.allCases.map { ChannelWords.value(of: $0) }),
        inBody("office", "Their usual office, by id.", isRequired: false),
    ]

    static let patients: [APIOperation] = [
        APIOperation(
            id: "findPatients", method: .get, path: "/patients", group: "Patients", summary: "Patients by name.", scope: .read,
            fields: [query("q", "A part of the name.")], example: .object([("patients", .list([]))])
        ) { server, page in
            try page.require(.readPatient, office: page.access.profile.offices.first)
            let found = try page.reader.store.patients(matching: page.query["q"] ?? "", limit: 200).filter { server.isOpen($0, to: page) }
            try server.audit.record(page.entry(.search, detail: "API, \(found.count) patients"))
            return .object([("patients", .list(found.prefix(50).map(json)))])
        },
        APIOperation(
            id: "getPatient", method: .get, path: "/patients/{patient}", group: "Patients", summary: "A patient's record.", scope: .read,
            fields: [patient], example: .object([("id", .text("01jc…")), ("name", .text("Maria Delgado"))])
        ) { server, page in
            let state = try open(page, server)
            try server.audit.record(page.entry(.readPatient, patient: state.id, detail: "API"))
            return json(state)
        },
        APIOperation(
            id: "addPatient", method: .post, path: "/patients", group: "Patients", summary: "Adds a patient.", scope: .write,
            fields: details + [inBody("anyway", "Add although a record like it is there.", isRequired: false, type: "boolean")],
            example: .object([("patient", .text("01jc…"))])
        ) { server, page in try await addPatient(server, page) },
        APIOperation(
            id: "putPatient", method: .put, path: "/patients/{patient}", group: "Patients", summary: "Writes a patient's details, whole.",
            scope: .write, fields: [patient] + details + [inBody("shown", "What the writer had seen.", isRequired: false)],
            example: .object([("patient", .text("01jc…"))])
        ) { server, page in
            let patient = try open(page, server).id
            let command = try made { Command.putPatient(patient, try PatientFields(page).details, shown: try page.shown()) }
            return outcome(try await server.perform(command, for: page, patient: patient))
        },
        APIOperation(
            id: "recordConsent", method: .post, path: "/patients/{patient}/consent", group: "Patients",
            summary: "Records that a patient agreed to be contacted, or withdrew it.", scope: .write,
            fields: [
                patient, inBody("channel", "By which channel.", choices: Channel.allCases.map { ChannelWords.value(of: $0) }),
                inBody("purpose", "For what.", choices: ConsentPurpose.allCases.map { "\($0)" }),
                inBody("granted", "Whether they agree.", type: "boolean"), inBody("shown", "What the writer had seen.", isRequired: false),
            ], example: .object([("patient", .text("01jc…"))])
        ) { server, page in try await recordConsent(server, page) },
    ]

    static let group: [APIOperation] = [
        APIOperation(
            id: "getMe", method: .get, path: "/me", group: "Group", summary: "Whom the token acts for.", scope: .read, fields: [],
            example: .object([("key", .text("ana")), ("name", .text("Ana Whitfield")), ("role", .text("front-desk"))])
        ) { _, page in person(page.access.staff, page.access.profile) },
        APIOperation(
            id: "getDirectory", method: .get, path: "/directory", group: "Group", summary: "Offices, people, queues and categories.",
            scope: .read,
            fields: [], example: .object([("offices", .list([]))])
        ) { _, page in
            // Who works here and how is the practice's own affair.
            if page.access.isFromOutside { try page.require(.seePeople) }
            func entry(_ id: String, _ key: String?, _ name: String?) -> JSONText {
                .object([("id", .text(id)), ("key", .optional(key)), ("name", .optional(name))])
            }
            return .object([
                ("offices", .list(page.directory.offices.map { entry("\($0.id)", $0.profile?.key, $0.profile?.name) })),
                ("people", people(page)),
                ("queues", .list(page.directory.queues.map { entry("\($0.id)", $0.profile?.key, $0.profile?.name) })),
                ("categories", .list(page.directory.categories.map { entry("\($0.id)", $0.profile?.key, $0.profile?.name) })),
            ])
        },
        APIOperation(
            id: "getSync", method: .get, path: "/sync", group: "Group", summary: "How this node and the others stand.", scope: .read,
            fields: [],
            example: .object([("node", .text("towson")), ("members", .list([]))])
        ) { server, page in
            try page.require(.seeSync)
            let status = try await server.gateway.status()
            let time = PageTime(for: page)
            return .object([
                ("group", .text(status.groupName)), ("node", .optional(status.member?.name)),
                ("waitingForKey", .flag(status.isWaitingForKey)),
                (
                    "members",
                    .list(
                        status.members.map { member in
                            let peer = status.peers.first { $0.member == member.id }
                            return .object([
                                ("name", .text(member.name)), ("kind", .text(member.kind.name)),
                                ("connected", .flag(peer?.isConnected ?? false)),
                                ("lastHeard", .optional(peer?.lastHeard.map { time.iso($0) })),
                                ("missingHere", .number(Int64(peer?.missingHere ?? 0))),
                                ("missingThere", .number(Int64(peer?.missingThere ?? 0))),
                                // Milliseconds, where it is too far.
                                ("clockAhead", .optional(status.clockLeads[member.id])),
                            ])
                        })
                ),
            ])
        },
        APIOperation(
            id: "readAudit", method: .get, path: "/audit", group: "Audit", summary: "The audit, the latest first.", scope: .audit,
            fields: [
                query("who", "A person, by key or id."), query("patient", "A patient, by id or name."),
                query("action", "What was done.", choices: AuditWords.actions.map(\.value) + ["trouble"]), query("from", "A date."),
                query("to", "A date."),
                query("after", "Where to go on: “next” of the answer before."),
            ], example: .object([("lines", .list([])), ("next", .null)])
        ) { server, page in
            try page.require(.readAudit)
            let place = try page.query["after"].map { text throws(PageFault) in
                guard let stamp = Stamp(pageText: text) else { throw .malformed("The place in the audit is not one.") }
                return stamp
            }
            let slice = try page.reader.audit(try server.auditFilter(page), limit: 200, before: place)
            try server.audit.record(page.entry(.readAudit, detail: "API, \(slice.lines.count) lines"))
            return .object([
                ("lines", .list(try slice.lines.map { try AuditWords.record($0, page).json })), ("next", .optional(slice.next?.pageText)),
            ])
        },
        APIOperation(
            id: "verifyAudit", method: .post, path: "/audit/verify", group: "Audit",
            summary: "Recomputes every log's chain and checks its signatures.",
            scope: .audit, fields: [], example: .object([("sound", .flag(true)), ("logs", .list([]))])
        ) { server, page in
            try page.require(.readAudit)
            let reader = page.reader
            let outcome = try await server.offMain { try reader.verifyLogs() }
            try server.audit.record(page.entry(.verifyAudit, outcome.isSound ? .done : .failed, detail: "API"))
            return .object([
                ("sound", .flag(outcome.isSound)),
                (
                    "logs",
                    .list(
                        outcome.logs.map {
                            .object([
                                ("replica", .text("\($0.replica)")), ("member", .optional($0.author)),
                                ("changeSets", .number(Int64($0.changeSets))),
                                ("fault", .optional($0.fault)),
                            ])
                        })
                ),
            ])
        },
    ]

    /// Adds a patient, unless a record of the same person seems to be there.
    private static func addPatient(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let details = try PatientFields(page).details
        if !page.form.isOn("anyway"), try !PatientView.alike(details, besides: nil, page).isEmpty {
            throw PageFault(
                status: .conflict, code: "alike", what: "There is a patient like that already.",
                todo: "Look for the record by name. Where it is another person, send “anyway”. Nothing was changed.")
        }
        return outcome(try await server.perform(.putPatient(nil, details, shown: nil), for: page))
    }

    private static func recordConsent(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let patient = try open(page, server).id
        let command = try made { Command.recordConsent(patient, try consent(page), shown: try page.shown()) }
        return outcome(try await server.perform(command, for: page, patient: patient))
    }

    /// The consent that the fields say.
    private static func consent(_ page: PageRequest) throws -> Consent {
        let word = page.form["purpose"]
        guard let channel = ChannelWords.channel(try page.form.required("channel")),
            let purpose = ConsentPurpose.allCases.first(where: { "\($0)" == word })
        else { throw PageFault.malformed("There is no such consent.") }
        return Consent(ConsentScope(channel, purpose), isGranted: page.form.isOn("granted"))
    }

    private static func open(_ page: PageRequest, _ server: StaffServer) throws -> PatientState {
        guard let id = page.context.parameters.get("patient").flatMap({ PatientID(hexadecimal: $0) }),
            let state = try page.reader.store.patient(id), state.shown != nil
        else { throw PageFault.noPatient }
        guard server.isOpen(state, to: page) else {
            try server.audit.record(page.entry(.readPatient, .refused, patient: id, detail: "API"))
            throw PageFault.noPatient
        }
        return state
    }

    /// Everybody, for those who may see who works here.
    private static func people(_ page: PageRequest) -> JSONText {
        guard page.access.decision(.seePeople).isAllowed else { return .list([]) }
        return .list(page.directory.staff.compactMap { one in one.profile.map { person(one.id, $0) } })
    }

    private static func person(_ id: StaffID, _ profile: StaffProfile) -> JSONText {
        .object([
            ("id", .text("\(id)")), ("key", .text(profile.key)), ("name", .text(profile.name)),
            ("role", .text(StaffServer.word(of: profile.role))),
            ("offices", .list(profile.offices.map { .text("\($0)") })), ("active", .flag(profile.isActive)),
        ])
    }

    private static func json(_ state: PatientState) -> JSONText {
        let details = state.shown
        return .object([
            ("id", .text("\(state.id)")), ("name", .optional(details?.name)), ("born", .optional(details?.born)),
            ("phone", .optional(details?.phone)),
            ("email", .optional(details?.email)), ("language", .optional(details?.language)),
            ("channel", .optional(details.map { ChannelWords.value(of: $0.channel) })),
            ("office", .optional(details?.office.map { "\($0)" })),
            ("conflict", .flag(state.isConflicted)), ("versions", .list(versions(state))), ("consents", .list(consents(state))),
            ("linked", .list(state.links.map { .text("\($0.patient)") })),
            ("shown", .text(state.clock.pageText)),
        ])
    }

    /// The versions written while apart; empty where people agree.
    private static func versions(_ state: PatientState) -> [JSONText] {
        guard state.isConflicted else { return [] }
        return state.details.entries.map { entry in
            let details = entry.value
            return .object([
                ("name", .text(details.name)), ("born", .text(details.born)), ("phone", .text(details.phone)),
                ("email", .text(details.email)),
                ("language", .text(details.language)), ("channel", .text(ChannelWords.value(of: details.channel))),
                ("office", .optional(details.office.map { "\($0)" })), ("changeSet", .text("\(entry.stamp.dot)")),
            ])
        }
    }

    private static func consents(_ state: PatientState) -> [JSONText] {
        state.consents.map { entry in
            .object([
                ("channel", .text(ChannelWords.value(of: entry.scope.channel))), ("purpose", .text("\(entry.scope.purpose)")),
                ("granted", .optional(state.consent(in: entry.scope))),
            ])
        }
    }
}
