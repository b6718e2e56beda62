/// The certificate authorities that a group has made, and which of them counts.
///
/// A function of the set of them and the time, so that offices that made one each while apart agree once they have met: the highest
/// generation that has begun counts, and within it the authority with the lowest id.
public struct Authorities: Hashable, Sendable {
    /// One of them, by its id.
    public struct Entry: Hashable, Sendable {
        /// What its certificate hashes to.
        public let id: AuthorityID
        /// The authority.
        public let profile: AuthorityProfile

        /// An authority with its id.
        public init(_ id: AuthorityID, _ profile: AuthorityProfile) {
            self.id = id
            self.profile = profile
        }
    }

    /// All of them: the latest generation first, within it ascending by id.
    public let all: [Entry]

    /// The authorities in any order.
    public init(_ entries: [Entry]) {
        all = entries.sorted { ($1.profile.generation, $0.id) < ($0.profile.generation, $1.id) }
    }

    /// The one whose certificates pages show at `now` (milliseconds since 1970); nil where none has begun.
    public func inForce(at now: Int64) -> Entry? { all.first { $0.profile.begins <= now } }

    /// The one that takes over later, where one does.
    public func coming(at now: Int64) -> Entry? {
        guard let latest = all.first, latest.profile.begins > now else { return nil }
        return latest
    }

    /// Others that pages may still show, because an office that was out of reach for so long has not heard of the one in force.
    ///
    /// - Parameters:
    ///   - now: Milliseconds since 1970.
    ///   - lifetime: How long what they signed lasts, in milliseconds.
    public func leaving(at now: Int64, lifetime: Int64) -> [Entry] {
        // Any number may stand in a document: none is made that there is no room for.
        guard let current = inForce(at: now), current.profile.begins > now - lifetime else { return [] }
        return all.filter { entry in
            let generation = entry.profile.generation
            let isLast = generation >= current.profile.generation || current.profile.generation - generation == 1
            return entry != current && entry.profile.begins <= now && isLast
        }
    }

    /// The generation of one made next.
    public var nextGeneration: UInt32 { all.first.map { $0.profile.generation == .max ? .max : $0.profile.generation + 1 } ?? 1 }
}
