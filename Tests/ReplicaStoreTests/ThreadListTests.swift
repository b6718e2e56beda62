import Causality
import GRDB
import InboxModel
import Testing

@testable import ReplicaStore

/// Lists by index against the plain way: every state, filtered and sorted in Swift.
@Suite("Thread lists")
struct ThreadListTests {
    private let history: RandomHistory
    private let store: ReplicaStore
    private let states: [ThreadState]
    /// In the middle of the history's due times and snoozes.
    private let now = RandomHistory.start + 200_000

    init() throws {
        history = RandomHistory(seed: 99, replicas: 5, sets: 1500)
        store = try ReplicaStore(.memory)
        try store.receive(history.shuffled(seed: 6), inTransactionsOf: 100)
        states = try store.reader.threads(ThreadFilter(.every), limit: .max).map(\.state)
    }

    private static func lists(_ history: RandomHistory, now: Int64) -> [ThreadList] {
        [
            .needsReply, .mine(history.staff[0]), .queues([history.queues[0], history.queues[1]]), .queues([]), .unassigned, .contested,
            .clinicalReview, .overdue(now: now), .waitingOnPatient, .snoozed(now: now), .resolved, .open, .conflicts, .all,
            .every, .held, .purged, .shared(now: now),
            .mine(StaffID(high: 1, low: 1)), .queues([QueueID(high: 1, low: 1)]),
        ]
    }

    private func fits(_ state: ThreadState, _ list: ThreadList) -> Bool {
        let isOpen = state.status != .resolved && state.status != .merged
        let waits = state.status == .waitingOnPatient
        switch list {
        case .needsReply: return isOpen && state.flags.contains(.needsReply)
        case .mine(let staff): return isOpen && state.owner == .staff(staff)
        case .queues(let queues): return isOpen && queues.contains { state.owner == .queue($0) }
        case .unassigned: return isOpen && !waits && state.owner?.staff == nil
        case .contested: return isOpen && state.flags.contains(.contested)
        case .clinicalReview: return isOpen && state.flags.contains(.clinicalReview)
        case .overdue(let now): return isOpen && !waits && state.due.map { $0 < now } ?? false
        case .waitingOnPatient: return waits
        case .snoozed(let now): return isOpen && state.snoozedUntil.map { $0 > now } ?? false
        case .resolved: return state.status == .resolved && !state.flags.contains(.purged)
        case .open: return isOpen
        case .conflicts:
            let isTwice = state.flags.contains(.answeredTwice) && (isOpen || !state.flags.contains(.purged))
            return isTwice || (isOpen && !state.flags.isDisjoint(with: .conflicts))
        case .all: return isOpen || !state.flags.contains(.purged)
        case .every: return true
        case .held: return state.flags.contains(.held)
        case .purged: return state.flags.contains(.purged)
        case .shared(let now): return state.sharedAccounts.contains { now < $0.until }
        }
    }

    private func precedes(_ left: ThreadState, _ right: ThreadState, byRecency: Bool) -> Bool {
        let times = (left.lastActivity?.timestamp ?? .zero, right.lastActivity?.timestamp ?? .zero)
        if byRecency { return times.0 == times.1 ? left.id < right.id : times.0 > times.1 }
        if left.priority != right.priority { return left.priority > right.priority }
        let dues = (left.due ?? .max, right.due ?? .max)
        if dues.0 != dues.1 { return dues.0 < dues.1 }
        return times.0 == times.1 ? left.id < right.id : times.0 < times.1
    }

    private func expected(_ filter: ThreadFilter) -> [ThreadID] {
        let hides: Bool =
            switch filter.list {
            case .snoozed, .resolved, .all, .every, .held, .purged, .shared, .contested, .conflicts: false
            default: true
            }
        let isByRecency = [.resolved, .all, .every, .held, .purged, .shared(now: now)].contains(filter.list)
        return states.filter { state in
            fits(state, filter.list)
                && filter.office.map { state.office == $0 } ?? true
                && filter.category.map { state.category?.category == $0 } ?? true
                && filter.patient.map { state.opening?.patient == $0 } ?? true
                && filter.awakeAt.map { !hides || (state.snoozedUntil ?? 0) <= $0 } ?? true
        }.sorted { precedes($0, $1, byRecency: isByRecency) }.map(\.id)
    }

    private func filters(_ list: ThreadList) -> [ThreadFilter] {
        var filters: [ThreadFilter] = []
        for office in [nil, history.offices[0]] {
            for category in [nil, history.categories[0], CategoryID(high: 1, low: 1)] {
                for patient in [nil, history.patients[0], PatientID(high: 1, low: 1)] {
                    for moment in [nil, now] {
                        filters.append(
                            ThreadFilter(list, office: office, category: category, patient: patient, awakeAt: moment))
                    }
                }
            }
        }
        return filters
    }

    @Test("The history is rich enough to tell the lists apart")
    func isRich() {
        #expect(states.count > 100)
        for list in Self.lists(history, now: now).prefix(17) where list != .queues([]) {
            #expect(!expected(ThreadFilter(list)).isEmpty, "\(list)")
        }
    }

    @Test("Every list, with every filter, is what filtering and sorting all states gives")
    func lists() throws {
        for filter in Self.lists(history, now: now).flatMap(filters) {
            #expect(try store.reader.threads(filter, limit: .max).map(\.id) == expected(filter), "\(filter)")
        }
    }

    @Test("Pages by cursor put together are the whole list", arguments: [1, 7, 50])
    func pages(limit: Int) throws {
        for list in Self.lists(history, now: now) {
            for filter in [ThreadFilter(list), ThreadFilter(list, patient: history.patients[1])] {
                var found: [ThreadID] = []
                var cursor: ThreadCursor?
                while true {
                    let page = try store.reader.threads(filter, limit: limit, after: cursor)
                    found += page.map(\.id)
                    guard let last = page.last, page.count == limit else { break }
                    cursor = ThreadCursor(text: last.cursor.text)
                    #expect(cursor == last.cursor)
                }
                #expect(found == expected(filter), "\(filter)")
            }
        }
    }

    @Test("A limit of zero or below gives nothing", arguments: [0, -5])
    func noLimit(limit: Int) throws {
        #expect(try store.reader.threads(ThreadFilter(.open), limit: limit).isEmpty)
    }

    @Test("Text that is no cursor is refused", arguments: ["", "zz", String(repeating: "0", count: 79), String(repeating: "g", count: 80)])
    func badCursor(text: String) {
        #expect(ThreadCursor(text: text) == nil)
    }

    @Test("Counts are the lengths of the lists")
    func counts() throws {
        for office in [nil, history.offices[0], OfficeID(high: 1, low: 1)] {
            let counts = try store.reader.counts(
                now: now, staff: history.staff[0], queues: [history.queues[0], history.queues[1]], office: office)
            func length(_ list: ThreadList, awake: Bool = true) -> Int {
                expected(ThreadFilter(list, office: office, awakeAt: awake ? now : nil)).count
            }
            #expect(counts.needsReply == length(.needsReply))
            #expect(counts.mine == length(.mine(history.staff[0])))
            #expect(counts.queues == length(.queues([history.queues[0], history.queues[1]])))
            #expect(counts.unassigned == length(.unassigned))
            #expect(counts.contested == length(.contested))
            #expect(counts.clinicalReview == length(.clinicalReview))
            #expect(counts.overdue == length(.overdue(now: now)))
            #expect(counts.waitingOnPatient == length(.waitingOnPatient))
            #expect(counts.snoozed == length(.snoozed(now: now)))
            #expect(counts.open == length(.open, awake: false))
            #expect(counts.conflicts == length(.conflicts))
        }
        #expect(try store.reader.counts(now: now).mine == 0)
    }

    @Test("A patient's threads are found before and after they are added to the patients' table")
    func patientThreads() throws {
        let store = try ReplicaStore(.memory, cacheCapacity: 64)
        let replica = ReplicaID(1)
        let patients = (1...3).map { PatientID(high: $0, low: 0) }
        var expected: [PatientID: Set<ThreadID>] = [:]
        var sets: [ChangeSet] = []
        for index in 1...UInt64(PatientThreads.sliceMax + 500) {
            let thread = ThreadID(high: index, low: 0)
            let patient = patients[Int(index * 7 % 3)]
            let opening = ThreadOpening(
                patient: patient, office: OfficeID(high: 1, low: 1), category: CategoryID(high: 1, low: 1), urgency: .routine,
                queue: QueueID(high: 1, low: 1), language: "en")
            let stamp = Stamp(Dot(replica, index), HybridTimestamp(milliseconds: Int64(index)))
            sets.append(
                ChangeSet(
                    stamp: stamp, actor: .system, office: nil,
                    changes: [.thread(thread, context: VersionVector(), .opened(opening))]))
            expected[patient, default: []].insert(thread)
        }
        try store.receive(sets, inTransactionsOf: Int(PatientThreads.sliceMax))
        let added = try store.withDatabase { try Int.fetchOne($0, sql: "SELECT count(*) FROM thread_patient") ?? 0 }
        #expect(added > 0 && added < sets.count, "both ways must be in play")
        for patient in patients {
            let found = try store.reader.threads(ThreadFilter(.all, patient: patient), limit: .max).map(\.id)
            #expect(found.count == expected[patient]?.count)
            #expect(Set(found) == expected[patient])
        }
        // More than are looked for at once, some of them unknown, one twice.
        let many = [patients[2]] + (10...40).map { PatientID(high: $0, low: 0) } + [patients[0], patients[2]]
        var threads: [ThreadID] = []
        try store.reader.forEachThread(of: many) { thread in
            threads.append(thread.id)
            return true
        }
        var plain: [ThreadID] = []
        for patient in [patients[2], patients[0], patients[2]] {
            plain += try store.reader.threads(ThreadFilter(.all, patient: patient), limit: .max).map(\.id)
        }
        #expect(threads == plain)
        for count in [1, 2, threads.count / 2] {
            var first: [ThreadID] = []
            try store.reader.forEachThread(of: many) { thread in
                first.append(thread.id)
                return first.count < count
            }
            #expect(first == Array(threads.prefix(count)))
        }
        try store.reader.forEachThread(of: []) { _ in
            Issue.record("nobody has a thread")
            return true
        }
        // A second opening of an added thread, earlier by its clock, names another patient.
        let other = ThreadOpening(
            patient: patients[0], office: OfficeID(high: 1, low: 1), category: CategoryID(high: 1, low: 1), urgency: .routine,
            queue: QueueID(high: 1, low: 1), language: "en")
        let moved = try #require(expected[patients[1]]?.min())
        let stamp = Stamp(Dot(ReplicaID(2), 1), .zero)
        let change = Change.thread(moved, context: VersionVector(), .opened(other))
        try store.receive([ChangeSet(stamp: stamp, actor: .automation("rule"), office: nil, changes: [change])])
        for (patient, isThere) in [(patients[0], true), (patients[1], false)] {
            let found = try store.reader.threads(ThreadFilter(.all, patient: patient), limit: .max).map(\.id)
            #expect(found.contains(moved) == isThere)
        }
    }
}
