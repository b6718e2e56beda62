import Dispatch
import Glibc
import Synchronization

/// A thread that does one piece of work after another, as the executor of an actor.
///
/// The threads that `async` code shares are as many as the machine has cores. Merging what an office missed keeps a thread busy for
/// seconds, and pages would wait for it; here it has one of its own, which also gives way to them where the machine has too little for
/// all.
final class WorkThread: SerialExecutor {
    /// How much a thread gives way, as `nice` counts it: of a core that two threads want, it takes a tenth.
    static let niceness: Int32 = 10

    /// What the thread needs, and what outlives the executor by the thread's last look.
    private final class Queue: Sendable {
        struct Contents {
            var jobs: [(job: UnownedJob, executor: UnownedSerialExecutor)] = []
            var isOver = false
        }

        let contents = Mutex(Contents())
        let ready = DispatchSemaphore(value: 0)

        func run() {
            // Of the calling thread alone, on Linux. Where it is refused the thread is one like others.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, WorkThread.niceness)
            while true {
                ready.wait()
                let (jobs, isOver) = contents.withLock { contents in
                    defer { contents.jobs.removeAll(keepingCapacity: true) }
                    return (contents.jobs, contents.isOver)
                }
                for (job, executor) in jobs { job.runSynchronously(on: executor) }
                if isOver { return }
            }
        }
    }

    private let queue = Queue()

    /// Starts the thread. Throws where the system has none to give.
    init() throws(NodeServiceError) {
        let queue = queue
        try ServiceThread.start { queue.run() }
    }

    deinit {
        queue.contents.withLock { $0.isOver = true }
        queue.ready.signal()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.contents.withLock { $0.jobs.append((job, executor)) }
        queue.ready.signal()
    }
}
