import Causality
import InboxModel

// Sharing: per account, any live withdrawal wins; else the earliest end, which is never later than ninety days after it was written.
extension PlainThread {
    private func account(_ change: ThreadChange) -> StaffID? {
        switch change {
        case .shared(let staff, _), .unshared(let staff): staff
        default: nil
        }
    }

    /// Until when the thread is shared with each account.
    var shares: [StaffID: Int64] {
        var result: [StaffID: Int64] = [:]
        for (staff, own) in Dictionary(grouping: writes.filter { account($0.change) != nil }, by: { account($0.change) }) {
            let live = own.filter { write in !own.contains { $0.saw(write) } }
            let ends = live.compactMap { write -> Int64? in
                guard case .shared(_, let until) = write.change else { return nil }
                return min(until, write.stamp.timestamp.milliseconds + 90 * 24 * 3600 * 1000)
            }
            if let staff, ends.count == live.count { result[staff] = ends.min() }
        }
        return result
    }
}
