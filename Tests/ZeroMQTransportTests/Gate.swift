import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Holds threads until it is opened: a handler that takes its time.
final class Gate: Sendable {
    private let isOpen = Atomic<Bool>(false)

    func open() { isOpen.store(true, ordering: .releasing) }

    func waitUntilOpen() {
        while !isOpen.load(ordering: .acquiring) { usleep(500) }
    }
}
