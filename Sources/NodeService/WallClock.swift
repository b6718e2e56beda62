import Glibc

/// The wall clock as nodes use it: milliseconds since 1970.
public enum WallClock {
    /// Now.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Time since the machine was started, sleep included.
    static func running() -> Duration { time(CLOCK_BOOTTIME) }

    /// Time since the machine was started, sleep not included.
    static func awake() -> Duration { time(CLOCK_MONOTONIC) }

    private static func time(_ clock: Int32) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
