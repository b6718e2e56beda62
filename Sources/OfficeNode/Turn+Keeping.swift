import Causality
import ChangeLog
import InboxModel
import ReplicaStore

// Holds, and the order to purge. What follows from an order is in `Turn+Purging`.

extension Turn {
    mutating func keep(_ command: ThreadCommand, _ task: inout ThreadTask) throws {
        switch command {
        case .placeHold(let hold):
            try check(hold.token, name: "token", limit: LogLimits.labelBytesMax)
            try check(hold.reason, name: "reason", limit: LogLimits.labelBytesMax)
            if task.state.holds.entries.contains(where: { $0.value == hold }) {
                throw CommandRefusal(.conflict, "the thread is held by that already")
            }
            task.add(.holdPlaced(hold))
        case .releaseHold(let token):
            guard task.state.holds.entries.contains(where: { $0.value.token == token }) else {
                throw CommandRefusal(.notFound, "the thread has no hold of that token")
            }
            task.add(.holdReleased(token: token))
        case .purge(let order): try purge(order, &task)
        default: break
        }
    }

    private mutating func purge(_ order: PurgeOrder, _ task: inout ThreadTask) throws {
        try check(order.reason, name: "reason", limit: LogLimits.labelBytesMax)
        try check(order.retentionClass, name: "retention class", limit: LogLimits.labelBytesMax)
        let state = task.state
        guard state.holds.isEmpty else {
            let tokens = state.holds.entries.map(\.value.token).joined(separator: ", ")
            throw CommandRefusal(.conflict, "the thread is held (\(tokens)): it can be purged when every hold is released")
        }
        guard task.context.dominates(state.holdClock) else {
            throw CommandRefusal(.conflict, "a hold was placed since the page was shown: look at the thread again")
        }
        guard state.status == .resolved || state.status == .merged else {
            throw CommandRefusal(.conflict, "the thread is open: only one that is resolved can be purged")
        }
        if let last = state.lastActivity,
            state.purgesInEffect.contains(where: { $0.stamp == last || $0.seen.covers(last.dot) })
        {
            throw CommandRefusal(.conflict, "the thread was purged already, and nothing was said in it since")
        }
        task.add(.purged(order))
    }

    /// Whether a message or note was purged.
    func isPurged(_ message: MessageID, in state: ThreadState) throws -> Bool {
        if state.purgesInEffect.isEmpty { return false }
        for dot in try transaction.steps(of: .thread(state.id)) where state.isPurged(dot) {
            for case .thread(state.id, _, let kind) in try changeSets(at: [dot]).flatMap(\.changes) {
                switch kind {
                case .message(let posting) where posting.id == message: return true
                case .note(message, _): return true
                default: continue
                }
            }
        }
        return false
    }
}
