public import Causality

extension ChangeSet {
    /// Every other change set that it names: in contexts, and as messages that a reply answers.
    public var namesOthers: Bool {
        changes.contains { change in
            if case .thread(_, _, .message(let posting)) = change, !posting.answers.isEmpty { return true }
            return !change.context.isEmpty
        }
    }

    /// The same change set where others that it names have other names now: their logs were forked.
    ///
    /// - Parameters:
    ///   - context: The new form of a context.
    ///   - dot: The new name of a change set.
    public func renaming(_ context: (VersionVector) -> VersionVector, dot: (Dot) -> Dot) -> ChangeSet {
        let renamed = changes.map { change -> Change in
            switch change {
            case .thread(let id, let seen, .message(let posting)) where !posting.answers.isEmpty:
                let answers = Set(posting.answers.map(dot)).sorted()
                let message = MessagePosting(
                    id: posting.id, direction: posting.direction, channel: posting.channel, content: posting.content, key: posting.key,
                    answers: answers)
                return .thread(id, context: context(seen), .message(message))
            case .thread(let id, let seen, .purgeNoted(let step, let purge)):
                return .thread(id, context: context(seen), .purgeNoted(step, of: dot(purge)))
            case .thread(let id, let seen, let kind): return .thread(id, context: context(seen), kind)
            case .patient(let id, let seen, let kind): return .patient(id, context: context(seen), kind)
            case .directory(let document, let seen): return .directory(document, context: context(seen))
            case .audit, .unknown: return change
            }
        }
        return ChangeSet(stamp: stamp, actor: actor, office: office, changes: renamed)
    }
}
