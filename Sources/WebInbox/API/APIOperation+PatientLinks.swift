import HTTPTypes
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

// What hangs on a patient's record: threads, other records of the same person, and opening it in an emergency.
extension APIOperation {
    private static let patient = inPath("patient", "The patient's id.")
    private static let other = inBody("other", "The other record's id.")
    private static let done: JSONText = .object([("patient", .text("01jc…")), ("shown", .text("…"))])

    static let patientLinks: [APIOperation] = [
        APIOperation(
            id: "listPatientThreads", method: .get, path: "/patients/{patient}/threads", group: "Patients",
            summary: "A patient's threads, as far as the person may read them.", scope: .read, fields: [patient],
            example: .object([("threads", .list([ThreadJSON.example]))])
        ) { server, page in try threads(server, page) },
        APIOperation(
            id: "linkPatients", method: .post, path: "/patients/{patient}/link", group: "Patients",
            summary: "Says that two records are one person.", scope: .write, fields: [patient, other], example: done
        ) { server, page in try await link(server, page) },
        APIOperation(
            id: "unlinkPatients", method: .post, path: "/patients/{patient}/unlink", group: "Patients",
            summary: "Says that they are not, after all.", scope: .write, fields: [patient, other], example: done
        ) { server, page in try await unlink(server, page) },
        APIOperation(
            id: "breakGlass", method: .post, path: "/patients/{patient}/break-glass", group: "Patients",
            summary: "Opens a closed record to this token for an hour, in an emergency. Recorded, and reviewed by others.", scope: .write,
            fields: [patient, inBody("reason", "Why, in ten characters or more, without details of the patient.")],
            example: .object([("patient", .text("01jc…")), ("until", .text("2026-11-23T11:00:00Z"))])
        ) { server, page in try breakGlass(server, page) },
    ]

    private static func threads(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        let state = try server.patientState(page)
        let items = try page.reader.list(ThreadFilter(.all, patient: state.id, reach: page.access.reach), limit: 100)
        try server.audit.record(page.entry(.list, patient: state.id, detail: "API, \(items.count) threads"))
        return .object([("threads", .list(items.map { ThreadJSON.line($0, page) }))])
    }

    private static func link(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let (id, other) = try pair(server, page)
        return outcome(try await server.perform(.linkPatients(id, other), for: page, patient: id))
    }

    private static func unlink(_ server: StaffServer, _ page: PageRequest) async throws -> JSONText {
        let (id, other) = try pair(server, page)
        return outcome(try await server.perform(.unlinkPatients(id, other), for: page, patient: id))
    }

    private static func pair(_ server: StaffServer, _ page: PageRequest) throws -> (PatientID, PatientID) {
        let state = try server.patientState(page)
        guard let other = PatientID(hexadecimal: try page.form.required("other")) else { throw PageFault.noPatient }
        return (state.id, other)
    }

    private static func breakGlass(_ server: StaffServer, _ page: PageRequest) throws -> JSONText {
        guard let token = page.program?.id else { throw PageFault.noToken }
        let state = try server.beginEmergency(page)
        let until = page.now + StaffServer.glassTime
        server.openedRecords.open(state.id, to: token, until: until)
        return .object([("patient", .text("\(state.id)")), ("until", .text(PageTime(for: page).iso(until)))])
    }
}
