public import Causality

extension ChangeSet {
    /// Every other change set that it names: in contexts, as messages that a reply answers, as messages that go on elsewhere.
    public var namesOthers: Bool {
        changes.contains { change in
            switch change {
            case .thread(_, _, .message(let posting)) where !posting.answers.isEmpty: return true
            case .thread(_, _, .split), .thread(_, _, .continued): return true
            default: break
            }
            return !change.context.isEmpty
        }
    }

    /// The same change set where others that it names have other names now: their logs were forked.
    ///
    /// - Parameters:
    ///   - context: The new form of a context.
    ///   - dot: The new name of a change set.
    public func renaming(_ context: (VersionVector) -> VersionVector, dot: (Dot) -> Dot) -> ChangeSet {
        func renamed(_ parts: [ThreadSplit.Part]) -> [ThreadSplit.Part] {
            parts.map { ThreadSplit.Part($0.message, in: dot($0.changeSet)) }
        }
        let changed = changes.map { change -> Change in
            switch change {
            case .thread(let id, let seen, .message(let posting)) where !posting.answers.isEmpty:
                let answers = Set(posting.answers.map(dot)).sorted()
                let message = MessagePosting(
                    id: posting.id, direction: posting.direction, channel: posting.channel, content: posting.content, key: posting.key,
                    answers: answers)
                return .thread(id, context: context(seen), .message(message))
            case .thread(let id, let seen, .purgeNoted(let step, let purge)):
                return .thread(id, context: context(seen), .purgeNoted(step, of: dot(purge)))
            case .thread(let id, let seen, .split(let split)):
                return .thread(id, context: context(seen), .split(ThreadSplit(renamed(split.parts), into: split.into)))
            case .thread(let id, let seen, .continued(let continuation)):
                let moved = ThreadContinuation(
                    from: continuation.from, renamed(continuation.parts), isWaiting: continuation.isWaiting)
                return .thread(id, context: context(seen), .continued(moved))
            case .thread(let id, let seen, let kind): return .thread(id, context: context(seen), kind)
            case .patient(let id, let seen, let kind): return .patient(id, context: context(seen), kind)
            case .directory(let document, let seen): return .directory(document, context: context(seen))
            case .audit, .unknown: return change
            }
        }
        return ChangeSet(stamp: stamp, actor: actor, office: office, changes: changed)
    }
}
