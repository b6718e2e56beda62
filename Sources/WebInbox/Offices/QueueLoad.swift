import Causality
import InboxModel
import OfficeNode
import ReplicaStore

/// A queue with what waits in it.
struct QueueLoad {
    /// More than so many are not counted.
    static let countMax = 200

    let id: QueueID
    let profile: QueueProfile
    /// How many threads wait, at most `countMax`.
    let waiting: Int
    /// The oldest message that waits among them, in milliseconds since 1970.
    let oldest: Int64?
    /// Whether nobody whose account is in use works in the queue or covers it.
    let isUncovered: Bool

    var isMore: Bool { waiting == Self.countMax }
}

extension StaffServer {
    /// Every queue with what waits in it now.
    func queueLoads(_ page: PageRequest) throws -> [QueueLoad] {
        let present = Set(page.directory.staff.filter { $0.profile?.isActive == true }.map(\.id))
        return try page.directory.queues.compactMap { entry in
            guard let queue = entry.profile else { return nil }
            let filter = ThreadFilter(.queues([entry.id]), awakeAt: page.now)
            let waiting = try page.reader.store.threads(filter, limit: QueueLoad.countMax)
            return QueueLoad(
                id: entry.id, profile: queue, waiting: waiting.count,
                oldest: waiting.compactMap { $0.state.attention.first?.stamp.timestamp.milliseconds }.min(),
                isUncovered: present.isDisjoint(with: queue.members + [queue.primary, queue.backup].compactMap { $0 }))
        }
    }
}
