import Glibc

/// A pipe of this process to itself that ends a wait in `poll`.
struct WakePipe: Sendable {
    /// Readable once somebody has called `wake`.
    let reading: Int32
    private let writing: Int32

    /// An empty pipe. Throws `FaultingProxyError` where none is to be had.
    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw FaultingProxyError("no pipe is to be had: \(LoopbackSocket.reason())") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (reading, writing) = (ends[0], ends[1])
    }

    /// Makes it readable. Where it is full it is readable already.
    func wake() { _ = write(writing, [1], 1) }

    /// Makes it wait for the next call of `wake`.
    func drain() {
        var room = [UInt8](repeating: 0, count: 512)
        while read(reading, &room, room.count) == room.count {}
    }

    func close() {
        Glibc.close(reading)
        Glibc.close(writing)
    }
}
