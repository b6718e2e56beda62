public import Causality
public import InboxModel

/// All that is shown of one patient record, as plain values that two ways of computing it can be compared by.
public struct ShownPatient: Equatable {
    /// Every pair of channel and purpose.
    static let scopes = Channel.allCases.flatMap { channel in
        ConsentPurpose.allCases.map { ConsentScope(channel, $0) }
    }

    /// The clock of the record's page.
    public internal(set) var clock = VersionVector()
    /// The version of the details that is shown.
    public internal(set) var details: PatientDetails?
    /// The versions that no later one has seen.
    public internal(set) var versions: Set<PatientDetails> = []
    /// Whether people wrote the details while apart and nobody has settled it.
    public internal(set) var isConflicted = false
    /// What was ever agreed to or refused.
    public internal(set) var consents: [ConsentScope: Bool] = [:]
    /// The records that are the same person, with the change sets that said so, ascending.
    public internal(set) var links: [PatientID: [Dot]] = [:]

    init() {}

    /// What a merged state shows.
    public init(_ state: PatientState) {
        clock = state.clock
        details = state.shown
        versions = Set(state.details.entries.map(\.value))
        isConflicted = state.isConflicted
        for scope in Self.scopes { consents[scope] = state.consent(in: scope) }
        for link in state.links { links[link.patient] = link.added }
    }
}
