import CZeroMQ
import Synchronization

import Glibc

/// Wakes a thread that waits in ``Socket/poll(_:timeout:)``. Any thread may signal; signals that were not yet taken
/// are one. A pipe and not a socket pair of libzmq, because libzmq's sockets belong to one thread each.
final class WakeSignal: Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32
    private let pending = Atomic<Bool>(false)

    init() throws(TransportError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw TransportError(
                .library, "no pipe could be made: \(String(cString: strerror(errno))); raise the limit on open files",
                errorNumber: errno)
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func signal() {
        guard !pending.exchange(true, ordering: .sequentiallyConsistent) else { return }
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    /// Takes the signal. Call before looking at what it announced, so that a later change signals again.
    func clear() {
        var bytes: UInt64 = 0
        while read(readEnd, &bytes, MemoryLayout<UInt64>.size) > 0 {}
        pending.store(false, ordering: .sequentiallyConsistent)
    }

    var pollItem: zmq_pollitem_t {
        zmq_pollitem_t(socket: nil, fd: readEnd, events: Int16(ZMQ_POLLIN), revents: 0)
    }
}
