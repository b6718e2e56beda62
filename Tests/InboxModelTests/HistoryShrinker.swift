/// Makes a failing history as short as it gets: deletes runs of actions, then single ones, then single steps, as long as
/// what is left still fails. Source: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input".
struct HistoryShrinker {
    /// Whether a history fails.
    let fails: (History) -> Bool

    func shrunk(_ history: History) -> History {
        var best = history
        var length = max(1, best.actions.count / 2)
        while true {
            let before = best.actions.count
            deleteRuns(of: length, from: &best)
            if length > 1 {
                length /= 2
            } else if best.actions.count == before {
                break
            }
        }
        deleteSteps(from: &best)
        return best
    }

    private func deleteRuns(of length: Int, from best: inout History) {
        var start = 0
        while start < best.actions.count {
            var candidate = best
            candidate.actions.removeSubrange(start..<min(start + length, best.actions.count))
            if fails(candidate) { best = candidate } else { start += length }
        }
    }

    private func deleteSteps(from best: inout History) {
        for index in best.actions.indices {
            guard case .act(let replica, let actor, let page, var steps) = best.actions[index].kind else { continue }
            var place = 0
            while place < steps.count && steps.count > 1 {
                let step = steps.remove(at: place)
                var candidate = best
                candidate.actions[index].kind = .act(replica: replica, actor: actor, page: page, steps: steps)
                if fails(candidate) {
                    best = candidate
                } else {
                    steps.insert(step, at: place)
                    place += 1
                }
            }
        }
    }
}
