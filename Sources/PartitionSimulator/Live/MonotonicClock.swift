import Glibc

/// Time that only goes forward, whatever is done to the clock on the wall.
enum MonotonicClock {
    /// Nanoseconds since some moment before this process.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
