import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// What open pages of somebody from outside the practice are told: of the threads that are shared with them, that they changed, and nothing
/// else. Ids of other threads would tell when the practice works, and on how much.
struct OutsideUpdates: Sendable {
    /// More than anybody is shown in one list.
    private static let threadsMax = 1000

    private let staff: StaffID
    private let device: AccessDevice
    /// The threads that their pages may show: one that is shared no more is told of a last time, so that its page closes.
    private var shown: Set<ThreadID>

    /// For the pages of `staff`, from `now` on, in milliseconds since 1970.
    init(of staff: StaffID, at device: AccessDevice, _ reader: InboxReader, now: Int64) throws {
        self.staff = staff
        self.device = device
        let reach = ThreadReach(sharedWith: staff, at: now)
        shown = Set(try reader.store.threads(ThreadFilter(.every, reach: reach), limit: Self.threadsMax).map(\.id))
    }

    /// The part of an event that they may know, at `now` in milliseconds since 1970; nil for nothing.
    mutating func part(of event: LiveUpdates.Event, _ reader: InboxReader, now: Int64) throws -> LiveUpdates.Event? {
        if event.threads.isEmpty { return event.name == LiveUpdates.Event.bye.name ? event : nil }
        guard let access = StaffAccess(of: staff, in: try reader.directory(), at: device, now: now) else { return nil }
        var told: [ThreadID] = []
        for thread in event.threads {
            if let state = try reader.store.state(of: thread), access.decision(.read, on: state).isAllowed {
                shown.insert(thread)
                told.append(thread)
            } else if shown.remove(thread) != nil {
                told.append(thread)
            }
        }
        return told.isEmpty ? nil : .changed(told)
    }
}
