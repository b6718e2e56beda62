import Causality
import InboxModel
import Testing

/// The laws must be able to fail. Each of these merges has a mistake that people have really made.
@Suite("Broken merges are caught")
struct BrokenMergeTests {
    enum Mistake: String, CaseIterable {
        case contextsIgnored = "ignores contexts, so that nothing is ever superseded"
        case arrivalDecides = "takes whatever has arrived as seen, so that the last to arrive wins"
        case resolveClearsAll = "lets a resolution cover messages that its author had not seen"
        case messageDropped = "drops the second of two messages"

        var merge: ThreadMerge {
            switch self {
            case .contextsIgnored: { $0.apply($1, context: VersionVector(), of: $3) }
            case .arrivalDecides: { $0.apply($1, context: $0.clock, of: $3) }
            case .resolveClearsAll: {
                if case .resolved = $1 { $0.apply($1, context: $0.clock, of: $3) } else { $0.apply($1, context: $2, of: $3) }
            }
            case .messageDropped: {
                if case .message = $1, $0.messageCount > 0 { return }
                $0.apply($1, context: $2, of: $3)
            }
            }
        }
    }

    @Test("A broken merge is found and its history shrunk to a handful of actions", arguments: Mistake.allCases)
    func caught(mistake: Mistake) throws {
        let laws = MergeLaws(merge: mistake.merge)
        let failing = (UInt64(0)..<50).lazy.map { seed -> History in
            var generator = HistoryGenerator(seed: seed)
            return generator.history()
        }.first { laws.breach(in: $0) != nil }
        let history = try #require(failing, "a merge that \(mistake.rawValue) passed every law")
        let shortest = HistoryShrinker { laws.breach(in: $0) != nil }.shrunk(history)
        #expect(laws.breach(in: shortest) != nil)
        #expect(shortest.actions.count <= 6, "\(shortest)")
        #expect(MergeLaws().breach(in: shortest) == nil, "the model itself fails: \(shortest)")
        for index in shortest.actions.indices {
            var shorter = shortest
            shorter.actions.remove(at: index)
            #expect(laws.breach(in: shorter) == nil, "an action could still go: \(shorter)")
        }
        #expect(shortest.description.contains("seed \(history.seed)"))
    }
}
