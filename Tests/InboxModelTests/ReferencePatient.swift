import Causality
import InboxModel

/// One patient record's fields, each straight from its row in the table of field rules.
struct ReferencePatient {
    let writes: [Write<PatientChange>]
    let clock: VersionVector

    /// Details: multi-value; the newest by (time, dot) shown; all readable until settled. Consent: any live withdrawal
    /// wins. Links: an observed-remove set.
    var shown: ShownPatient {
        let details = writes.live { if case .details(let value) = $0 { value } else { nil } }
        var shown = ShownPatient()
        shown.clock = clock
        shown.details = details.latest()?.value
        shown.versions = Set(details.map(\.value))
        shown.isConflicted = shown.versions.count > 1
        for scope in ShownPatient.scopes {
            let answers = writes.live { change -> Bool? in
                if case .consent(let consent) = change, consent.scope == scope { consent.isGranted } else { nil }
            }
            if !answers.isEmpty { shown.consents[scope] = !answers.contains { !$0.value } }
        }
        for other in Set(writes.compactMap { if case .linked(let other) = $0.change { other } else { nil } }) {
            let added = writes.observed(
                { change -> Bool? in change == .linked(other) ? true : nil }, removedBy: { $0 == .unlinked(other) })
            if !added.isEmpty { shown.links[other] = Set(added.map(\.stamp.dot)).sorted() }
        }
        return shown
    }
}

/// All that is shown of one patient record.
struct ShownPatient: Equatable {
    static let scopes = Channel.allCases.flatMap { channel in
        ConsentPurpose.allCases.map { ConsentScope(channel, $0) }
    }

    var clock = VersionVector()
    var details: PatientDetails?
    var versions: Set<PatientDetails> = []
    var isConflicted = false
    var consents: [ConsentScope: Bool] = [:]
    var links: [PatientID: [Dot]] = [:]

    init() {}

    init(_ state: PatientState) {
        clock = state.clock
        details = state.shown
        versions = Set(state.details.entries.map(\.value))
        isConflicted = state.isConflicted
        for scope in Self.scopes { consents[scope] = state.consent(in: scope) }
        for link in state.links { links[link.patient] = link.added }
    }
}
