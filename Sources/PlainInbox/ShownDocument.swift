public import Causality
public import InboxModel

/// All that is shown of one directory document.
public struct ShownDocument<Profile: Hashable>: Equatable {
    /// The clock of its page.
    public let clock: VersionVector
    /// The version in force.
    public let current: Profile?
    /// The versions that no later one has seen.
    public let versions: Set<Profile>
    /// Whether people wrote it while apart and nobody has settled it.
    public let isConflicted: Bool
}

extension ShownDocument where Profile: Sendable & CanonicalCodable {
    /// What a merged state shows.
    public init(_ state: DocumentState<Profile>) {
        self.init(
            clock: state.clock, current: state.current, versions: Set(state.versions.entries.map(\.value)),
            isConflicted: state.isConflicted)
    }
}
