public import Causality
public import InboxModel

/// One patient record's fields, each straight from its row in the table of field rules.
public struct PlainPatient {
    /// All changes to the record.
    public let writes: [Write<PatientChange>]
    /// The clock of the record's page.
    public let clock: VersionVector

    /// Details: multi-value; the newest by (time, dot) shown; all readable until settled. Consent: any live withdrawal
    /// wins. Links: an observed-remove set.
    public var shown: ShownPatient {
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
