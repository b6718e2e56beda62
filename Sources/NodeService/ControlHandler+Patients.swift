import InboxModel
import OfficeNode
import ReplicaStore

extension ControlVerb {
    /// Patients' records.
    static let patientVerbs: [String: ControlVerb] = [
        "patients": ControlVerb(["text", "limit"]) { handler, arguments in
            let lookup = try await handler.lookup()
            let limit = try arguments.number("limit", in: 1...10_000) ?? 50
            let states = try lookup.reader.store.patients(matching: arguments.text("text") ?? "", limit: limit)
            return ["patients": .array(states.map { handler.json($0, lookup) })]
        },
        "patient-put": ControlVerb(
            ["patient", "name", "born", "phone", "email", "language", "channel", "office", "as", "shown"]
        ) { handler, arguments in try await handler.putPatient(arguments) },
        "consent": ControlVerb(["patient", "channel", "purpose", "granted", "as", "shown"]) { handler, arguments in
            let lookup = try await handler.lookup()
            let scope = ConsentScope(try arguments.requiredWord("channel"), try arguments.requiredWord("purpose"))
            let consent = Consent(scope, isGranted: try arguments.requiredFlag("granted"))
            let patient = try lookup.patient(arguments.requiredText("patient"))
            return try await handler.perform(
                .recordConsent(patient, consent, shown: try arguments.shown()),
                as: try handler.actor(arguments, lookup), lookup: lookup)
        },
        "patient-link": ControlVerb(["patient", "other", "linked", "as"]) { handler, arguments in
            let lookup = try await handler.lookup()
            let patient = try lookup.patient(arguments.requiredText("patient"))
            let other = try lookup.patient(arguments.requiredText("other"))
            let linked = try arguments.flag("linked") ?? true
            return try await handler.perform(
                linked ? .linkPatients(patient, other) : .unlinkPatients(patient, other),
                as: try handler.actor(arguments, lookup), lookup: lookup)
        },
    ]
}

extension ControlHandler {
    /// Writes a new record, or, with `patient`, a new version of one: what is left out stays as it is.
    fileprivate func putPatient(_ arguments: ControlArguments) async throws -> JSONValue {
        let lookup = try await lookup()
        let id = try arguments.text("patient").map { name throws in try lookup.patient(name) }
        let old = try id.flatMap { try lookup.reader.store.patient($0)?.shown }
        guard let name = try arguments.text("name") ?? old?.name else {
            throw ControlFailure.invalid("'name' is missing")
        }
        let born = try arguments.text("born") ?? old?.born ?? ""
        guard born.isEmpty || Self.isDate(born) else {
            throw ControlFailure.invalid("'born' must be a date such as 1984-12-14")
        }
        let details = PatientDetails(
            name: name, born: born, phone: try arguments.text("phone") ?? old?.phone ?? "",
            email: try arguments.text("email") ?? old?.email ?? "",
            language: try arguments.text("language") ?? old?.language ?? "en",
            channel: try arguments.word("channel") ?? old?.channel ?? .portal,
            office: try arguments.text("office").map { name throws in try lookup.office(name) } ?? old?.office)
        return try await perform(
            .putPatient(id, details, shown: try arguments.shown()), as: try actor(arguments, lookup), lookup: lookup)
    }

    /// Whether the text is a day of the calendar as `YYYY-MM-DD`.
    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 45 || (48...57).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
        else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    /// A patient's record as shown, with what is not settled.
    func json(_ state: PatientState, _ lookup: NameLookup) -> JSONValue {
        let shown = state.shown
        return [
            "id": JSONValue(state.id), "name": JSONValue(shown?.name), "born": JSONValue(shown?.born),
            "phone": JSONValue(shown?.phone), "email": JSONValue(shown?.email), "language": JSONValue(shown?.language),
            "channel": JSONValue(shown?.channel.word),
            "office": JSONValue(shown?.office.map { lookup.directory.key(of: $0) }),
            "conflicted": .bool(state.isConflicted), "links": .array(state.links.map { JSONValue($0.patient) }),
            "consents": .array(
                state.consents.map { entry in
                    [
                        "channel": .string(entry.scope.channel.word), "purpose": .string(entry.scope.purpose.word),
                        "granted": .bool(state.consent(in: entry.scope) ?? false),
                    ]
                }),
            "clock": JSONValue(state.clock),
        ]
    }
}
