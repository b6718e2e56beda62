import Causality
import InboxModel

/// What a laptop holds of what was said, where it was told to hold less than everything. The record (who did what, when, to which
/// thread) it holds whole.
///
/// Held is what was said in threads that are not resolved, in which something happened lately, or that the people and queues named here
/// own; and what somebody fetched, for as long again.
public struct LaptopScope: Hashable, Sendable {
    /// How long something in a thread counts as lately, in milliseconds.
    public var age: Int64
    /// People, by the keys of their profiles, whose threads are held however old: those that they own, and those of queues of which
    /// they are the primary or the backup.
    public var people: [String]
    /// Queues, by key, whose threads are held however old.
    public var queues: [String]

    /// A scope from its parts.
    public init(age: Int64, people: [String] = [], queues: [String] = []) {
        self.age = age
        self.people = people
        self.queues = queues
    }
}

/// A scope with the ids that its names have in the directory.
struct ResolvedScope {
    let age: Int64
    private let people: Set<StaffID>
    private let queues: Set<QueueID>
    /// Names that nobody and no queue has here.
    let unknown: [String]

    /// - Parameters:
    ///   - staff: Everybody in the directory, by id with their profile.
    ///   - queues: Every queue, likewise.
    init(_ scope: LaptopScope, staff: [(id: StaffID, profile: StaffProfile)], queues all: [(id: QueueID, profile: QueueProfile)]) {
        age = scope.age
        let people = Set(staff.filter { scope.people.contains($0.profile.key) }.map(\.id))
        queues = Set(
            all.filter { queue in
                scope.queues.contains(queue.profile.key)
                    || [queue.profile.primary, queue.profile.backup].contains { $0.map(people.contains) ?? false }
            }.map(\.id))
        self.people = people
        let known = Set(staff.map(\.profile.key))
        let knownQueues = Set(all.map(\.profile.key))
        // Where nobody is known yet, everybody is still to come.
        unknown = staff.isEmpty ? [] : scope.people.filter { !known.contains($0) } + scope.queues.filter { !knownQueues.contains($0) }
    }

    /// Whether something that happened at `time` is lately at `now`, both in milliseconds since 1970.
    func isRecent(_ time: Int64, at now: Int64) -> Bool { now.subtractingReportingOverflow(time).partialValue < age || time > now }

    /// Whether what was said in a thread is to be held at `now`.
    func holds(_ state: ThreadState, at now: Int64) -> Bool {
        guard state.status == .resolved || state.status == .merged else { return true }
        // Of a thread without its opening the rest is still to come.
        guard let last = state.lastActivity, state.opening != nil else { return true }
        if isRecent(last.timestamp.milliseconds, at: now) { return true }
        return state.owners.entries.contains { claim in
            switch claim.value.owner {
            case .staff(let id): people.contains(id)
            case .queue(let id): queues.contains(id)
            }
        }
    }
}
