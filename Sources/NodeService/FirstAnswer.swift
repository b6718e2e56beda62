import Glibc

/// A place for one answer, put by one thread and awaited by another.
final class FirstAnswer: @unchecked Sendable {
    // Unchecked: every access to `bytes` happens under `mutex`, which the condition variable needs as a C object of fixed address.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var bytes: [UInt8]?

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

    /// Puts the answer; later ones are dropped.
    func put(_ answer: [UInt8]) {
        pthread_mutex_lock(mutex)
        if bytes == nil { bytes = answer }
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits for the answer at most so long.
    func wait(milliseconds: Int) -> [UInt8]? {
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
        while bytes == nil {
            if pthread_cond_timedwait(condition, mutex, &deadline) != 0 { break }
        }
        return bytes
    }
}
