import Foundation
import Testing

@testable import NodeService

@Suite("Threads for long work")
struct WorkThreadTests {
    /// Does what it is asked on a thread of its own.
    private actor Worker {
        private nonisolated let thread: WorkThread
        private var order: [Int] = []

        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        init() throws { thread = try WorkThread() }

        /// The thread that this runs on, as the system numbers it, and how much that gives way.
        func place() -> (thread: pthread_t, niceness: Int32) {
            (pthread_self(), getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
        }

        func add(_ number: Int) { order.append(number) }
        func added() -> [Int] { order }
    }

    @Test("An actor's work is done on one thread, which is nobody else's and gives way to others")
    func ownThread() async throws {
        let (one, other) = (try Worker(), try Worker())
        let first = await one.place()
        for _ in 0..<20 { #expect(await pthread_equal(one.place().thread, first.thread) != 0) }
        #expect(await pthread_equal(other.place().thread, first.thread) == 0)
        // Whoever runs the tests may be gentle already, and nobody gets gentler than 19.
        #expect(first.niceness == max(WorkThread.niceness, first.niceness) && first.niceness > 0)
    }

    @Test("What is asked at once is all done, one thing after another")
    func all() async throws {
        let worker = try Worker()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<500 { group.addTask { await worker.add(number) } }
        }
        #expect(await worker.added().sorted() == Array(0..<500))
    }
}
