import Causality
import InboxModel
import PlainInbox
import Testing

@Suite("Laws of merging over random histories")
struct MergeLawTests {
    @Test(
        "Any causally valid order gives the same bytes, and they show what the reference shows",
        arguments: UInt64(0)..<500)
    func laws(seed: UInt64) {
        let laws = MergeLaws()
        var generator = HistoryGenerator(seed: seed)
        let history = generator.history()
        guard laws.breach(in: history) != nil else { return }
        let shortest = HistoryShrinker { laws.breach(in: $0) != nil }.shrunk(history)
        Issue.record("seed \(seed): \(laws.breach(in: shortest) ?? "")\n\(shortest)")
    }

    @Test("The histories hold every kind of change, every page choice, concurrency and every flag")
    func coverage() {
        var kinds: Set<ThreadChange.Kind> = []
        var pages: Set<PageChoice> = []
        var flags: ThreadFlags = []
        var statuses: Set<ThreadStatus> = []
        var staleWrites = 0
        var concurrentWrites = 0
        for seed in UInt64(0)..<150 {
            var generator = HistoryGenerator(seed: seed)
            let history = generator.history()
            for action in history.actions {
                if case .act(_, _, let page, _) = action.kind { pages.insert(page) }
            }
            let log = Simulation(replaying: history).log
            let reference = PlainInbox(log.map(\.set))
            for id in reference.threadIDs {
                let thread = reference.thread(id)
                kinds.formUnion(thread.writes.map(\.change.kind))
                flags.formUnion(thread.shown.flags)
                statuses.insert(thread.shown.status)
                concurrentWrites += thread.writes.count { write in
                    thread.writes.contains { $0.change.kind == write.change.kind && !$0.saw(write) && !write.saw($0) }
                }
                staleWrites += thread.writes.count { write in
                    thread.writes.contains { other in
                        other.dot.replica == write.dot.replica && other.dot.sequence < write.dot.sequence
                            && !write.context.isEmpty && !write.saw(other)
                    }
                }
            }
        }
        #expect(kinds == Set(ThreadChange.Kind.allCases))
        #expect(pages == [.fresh, .kept, .blank])
        #expect(flags.rawValue == 0x3FF)
        #expect(statuses == Set(ThreadStatus.allCases))
        #expect(staleWrites > 100)
        #expect(concurrentWrites > 300)
    }
}
