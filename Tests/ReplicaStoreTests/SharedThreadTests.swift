import Causality
import GRDB
import InboxModel
import Testing

@testable import ReplicaStore

@Suite("Lists of outside partners")
struct SharedThreadTests {
    private let history = RandomHistory(seed: 41, replicas: 4, sets: 1200)
    private let store: ReplicaStore

    init() throws {
        store = try ReplicaStore(.memory)
        try store.receive(history.shuffled(seed: 6), inTransactionsOf: 100)
    }

    private func expectAsStates(in store: ReplicaStore) throws {
        let states = try store.reader.threads(ThreadFilter(.every), limit: .max).map(\.state)
        var found = 0
        for staff in history.staff + [StaffID(high: 1, low: 1)] {
            for now in stride(from: RandomHistory.start, through: RandomHistory.start + 400_000, by: 100_000) {
                let reach = ThreadReach(sharedWith: staff, at: now)
                for list in [ThreadList.every, .all, .open, .resolved] {
                    let all = try store.reader.threads(ThreadFilter(list), limit: .max).map(\.id)
                    let shared = Set(states.filter { $0.isShared(with: staff, at: now) }.map(\.id))
                    let listed = try store.reader.threads(ThreadFilter(list, reach: reach), limit: .max).map(\.id)
                    #expect(listed == all.filter(shared.contains))
                    found += listed.count
                }
                let open = states.filter { $0.isShared(with: staff, at: now) && $0.status != .resolved && $0.status != .merged }
                #expect(try store.reader.counts(now: now, reach: reach).open == open.count)
            }
        }
        #expect(found > 20, "the history shares too little to test anything")
    }

    @Test("hold what the states say is shared with the account and not over, in the order of every list, and count as much")
    func lists() throws { try expectAsStates(in: store) }

    @Test("stay so when all is merged anew")
    func mergedAnew() throws {
        try store.write(.normal) { try $0.resetMaterialised() }
        #expect(try store.withDatabase { try Int.fetchOne($0, sql: "SELECT count(*) FROM thread_share") } == 0)
        for set in history.shuffled(seed: 9) { try store.write(.normal) { try $0.merge(set) } }
        try expectAsStates(in: store)
    }

    @Test("are read from the rows of the account, never by going through all threads")
    func plan() throws {
        let sql = """
            SELECT rank, due, activity, id, state FROM thread NOT INDEXED
            WHERE no IN (SELECT thread FROM thread_share WHERE staff = 7 AND until > 9) ORDER BY activity DESC, id LIMIT 51
            """
        let plan = try store.withDatabase { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] as String } }
        #expect(plan.contains { $0.hasPrefix("SEARCH thread USING INTEGER PRIMARY KEY") }, "\(plan)")
        #expect(plan.contains { $0.hasPrefix("SEARCH thread_share USING PRIMARY KEY (staff=?") }, "\(plan)")
        #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
    }
}
