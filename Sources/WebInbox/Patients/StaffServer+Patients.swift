import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

extension StaffServer {
    /// Rows of a list of patients.
    private static let patientsMax = 50
    /// How long an emergency opens a record, in milliseconds.
    static let glassTime: Int64 = 3_600_000

    func addPatients(to router: Router<PageContext>) {
        get("/patients", in: router) { page in try self.patients(page) }
        get("/patients/new", in: router) { page in
            try page.require(.editPatient, office: page.access.profile.offices.first)
            return try self.page("patient-new", page, nav: "/patients", ["fields": PatientFields(page).model(nil), "isAlike": false])
        }
        get("/patients/:patient", in: router) { page in try self.patient(page) }
        post("/patients", in: router) { page in try await self.addPatient(page) }
        post("/patients/:patient/details", in: router) { page in
            let state = try self.patientState(page)
            let command = try made { Command.putPatient(state.id, try PatientFields(page).details, shown: try page.shown()) }
            try await self.perform(command, for: page, patient: state.id)
            self.note("The record is saved.", for: page)
            return Self.go(to: "/patients/\(state.id)")
        }
        post("/patients/:patient/consent", in: router) { page in
            let patient = try self.patientState(page).id
            let command = try made { try Self.consentCommand(page, of: patient) }
            try await self.perform(command, for: page, patient: patient)
            let isGranted = page.form.isOn("granted")
            self.note(isGranted ? "The consent is recorded." : "The withdrawal is recorded; it holds from now on.", for: page)
            return Self.go(to: "/patients/\(patient)")
        }
        for (word, isLink) in [("link", true), ("unlink", false)] {
            post("/patients/:patient/\(word)", in: router) { page in
                let state = try self.patientState(page)
                guard let other = PatientID(hexadecimal: try page.form.required("other")) else { throw PageFault.noPatient }
                try await self.perform(
                    isLink ? .linkPatients(state.id, other) : .unlinkPatients(state.id, other), for: page, patient: state.id)
                self.note(isLink ? "The two records are one person." : "The two records are two people.", for: page)
                return Self.go(to: "/patients/\(state.id)")
            }
        }
        post("/patients/:patient/break-glass", in: router) { page in try self.breakGlass(page) }
    }

    // MARK: Reading

    /// The patient of an address, whom the person may read.
    func patientState(_ page: PageRequest) throws -> PatientState {
        let state = try anyPatient(page)
        guard isOpen(state, to: page) else {
            try audit.record(page.entry(.readPatient, .refused, patient: state.id))
            throw PageFault.noPatient
        }
        return state
    }

    private func anyPatient(_ page: PageRequest) throws -> PatientState {
        guard let id = page.context.parameters.get("patient").flatMap({ PatientID(hexadecimal: $0) }),
            let state = try page.reader.store.patient(id), state.shown != nil
        else { throw PageFault.noPatient }
        return state
    }

    /// Whether the person may read the record: by the policy, or because they opened it in an emergency.
    func isOpen(_ state: PatientState, to page: PageRequest) -> Bool {
        if page.access.decision(.readPatient, office: state.shown?.office ?? page.access.profile.offices.first).isAllowed { return true }
        return page.access.hasOpened(state.id)
    }

    private func patients(_ page: PageRequest) throws -> Response {
        try page.require(.readPatient, office: page.access.profile.offices.first)
        let text = page.query["q"] ?? ""
        // One more tells whether there are more; records that are closed to the person are left out.
        let found = try page.reader.store.patients(matching: text, limit: 4 * Self.patientsMax).filter { isOpen($0, to: page) }
        let shown = found.prefix(Self.patientsMax)
        if !page.isBackground { try audit.record(page.entry(.search, detail: "\(found.count) patients found")) }
        var model: [String: Any] = [
            "q": text, "found": "\(shown.count)\(found.count > shown.count ? " or more" : "")",
            "canCreate": page.access.decision(.editPatient, office: page.access.profile.offices.first).isAllowed,
            "patients": try shown.map { state in
                let open = try page.reader.store.threads(ThreadFilter(.open, patient: state.id, reach: page.access.reach), limit: 20).count
                return PatientFields.row(state, open: open, page)
            },
        ]
        if shown.isEmpty { model["empty"] = ["title": "No patient found", "words": "Check the spelling, or add a new patient."] }
        return try self.page("patients", page, nav: "/patients", model)
    }

    private func patient(_ page: PageRequest) throws -> Response {
        let state = try anyPatient(page)
        guard let details = state.shown else { throw PageFault.noPatient }
        var patient: [String: Any] = ["id": "\(state.id)", "name": details.name, "url": "/patients/\(state.id)"]
        patient["search"] = details.name.queryEncoded
        guard isOpen(state, to: page) else {
            try page.require(.breakGlass, office: page.access.profile.offices.first)
            try audit.record(page.entry(.readPatient, .refused, patient: state.id))
            patient["name"] = "Closed record"
            let office = page.directory.name(of: details.office)
            return try self.page(
                "patient", page, nav: "/patients",
                ["patient": patient, "closed": "Only \(office) and those who look after its threads open this record."])
        }
        try audit.record(page.entry(.readPatient, patient: state.id))
        return try self.page(
            "patient", page, nav: "/patients",
            try PatientView(state: state, details: details, page: page).model(
                patient: patient, rows: { try self.threads(of: state.id, page) }))
    }

    private func threads(of patient: PatientID, _ page: PageRequest) throws -> [String: Any] {
        let forgotten = rowShelf.forgotten
        let items = try page.reader.list(ThreadFilter(.all, patient: patient, reach: page.access.reach), limit: 100)
        return try rows(items, page, since: forgotten)
    }

    // MARK: Writing

    /// The consent that a form records.
    private static func consentCommand(_ page: PageRequest, of patient: PatientID) throws -> Command {
        let word = page.form["purpose"]
        guard let channel = ChannelWords.channel(try page.form.required("channel")),
            let purpose = ConsentPurpose.allCases.first(where: { "\($0)" == word })
        else { throw PageFault.malformed("There is no such consent.") }
        let consent = Consent(ConsentScope(channel, purpose), isGranted: page.form.isOn("granted"))
        return .recordConsent(patient, consent, shown: try page.shown())
    }

    private func addPatient(_ page: PageRequest) async throws -> Response {
        let fields = PatientFields(page)
        let details = try fields.details
        if !page.form.isOn("anyway") {
            let alike = try PatientView.alike(details, besides: nil, page)
            if !alike.isEmpty {
                return try self.page(
                    "patient-new", page, nav: "/patients", ["fields": fields.model(details), "isAlike": true, "alike": alike])
            }
        }
        let outcome = try await perform(made { .putPatient(nil, details, shown: nil) }, for: page)
        note("The patient is added.", for: page)
        return Self.go(to: outcome.patient.map { "/patients/\($0)" } ?? "/patients")
    }

    private func breakGlass(_ page: PageRequest) throws -> Response {
        let state = try beginEmergency(page)
        sessions.update(page.token) { $0.openedRecords[state.id] = page.now + Self.glassTime }
        note("The record is open to you for 60 minutes. Opening it was recorded with your reason.", for: page)
        // A thread whose texts were not shown asks to be shown again.
        if let thread = page.form["thread"].flatMap({ ThreadID(hexadecimal: $0) }) { return Self.go(to: "/threads/\(thread)") }
        return Self.go(to: "/patients/\(state.id)")
    }

    /// Records that the person opens the address's record in an emergency, with the reason that the fields give. Throws where they may not.
    func beginEmergency(_ page: PageRequest) throws -> PatientState {
        let state = try anyPatient(page)
        try page.require(.breakGlass, office: page.access.profile.offices.first)
        let reason = page.form.exact("reason")?.trimmed ?? ""
        guard reason.count >= 10, reason.utf8.count <= 1000 else { throw PageFault.malformed("Say why, in ten characters or more.") }
        // Recorded before it is opened: what cannot be recorded does not happen.
        try audit.record(page.entry(.breakGlass, patient: state.id, detail: String(reason.prefix(200))))
        return state
    }
}
