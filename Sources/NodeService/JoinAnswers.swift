import Glibc

/// Answers of the inviting node, put by one thread and awaited by another, in order.
final class JoinAnswers: @unchecked Sendable {
    /// How many may wait: each is answered to a frame of ours, and whoever sends more is not listened to.
    private static let countMax = 16

    // Unchecked: every access to `answers` happens under `mutex`, which the condition variable needs as a C object of fixed address.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var answers: [[UInt8]] = []

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Puts an answer.
    func put(_ answer: [UInt8]) {
        pthread_mutex_lock(mutex)
        if answers.count < Self.countMax { answers.append(answer) }
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Takes the next answer; waits for it at most so long.
    func take(milliseconds: Int) -> [UInt8]? {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += milliseconds / 1000
        deadline.tv_nsec += (milliseconds % 1000) * 1_000_000
        if deadline.tv_nsec >= 1_000_000_000 {
            deadline.tv_sec += 1
            deadline.tv_nsec -= 1_000_000_000
        }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while answers.isEmpty {
            if pthread_cond_timedwait(condition, mutex, &deadline) != 0 { break }
        }
        return answers.isEmpty ? nil : answers.removeFirst()
    }
}
