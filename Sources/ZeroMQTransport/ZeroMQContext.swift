import CZeroMQ

/// The libzmq context: its I/O threads and the one authentication handler that they ask.
///
/// A process has one, ``shared``, for its whole life. Several transports may use it at once (tests, simulations);
/// each has its own authentication domain. A context other than the shared one ends when the last transport that
/// uses it has stopped and been released: transports keep it alive, because ending a context while a socket lives
/// would wait for ever.
public final class ZeroMQContext: Sendable {
    /// The context of the process.
    public static let shared = ZeroMQContext()

    let handle: ContextHandle
    let authentication: AuthenticationHandler

    /// - Parameter ioThreads: threads that encrypt, decrypt and move bytes; two keep up with a disk.
    public convenience init(ioThreads: Int = 2) {
        self.init(ioThreads: ioThreads, fault: nil)
    }

    /// - Parameter fault: makes the authentication handler misbehave, so that tests can prove the start-up check.
    init(ioThreads: Int = 2, fault: AuthenticationFault?) {
        handle = ContextHandle(ioThreads: ioThreads)
        authentication = AuthenticationHandler(context: handle, fault: fault)
    }

    deinit {
        authentication.stop()
        handle.terminate()
    }
}

/// How a sabotaged authentication handler answers.
enum AuthenticationFault: Sendable {
    case admitsEveryone, refusesEveryone, neverAnswers
}

/// The context's pointer. libzmq contexts, unlike sockets, may be used from any thread.
final class ContextHandle: Sendable {
    /// `nil` when libzmq could not make a context (out of descriptors); opening a socket then says so.
    nonisolated(unsafe) let pointer: UnsafeMutableRawPointer?

    init(ioThreads: Int) {
        pointer = zmq_ctx_new()
        guard let pointer else { return }
        _ = zmq_ctx_set(pointer, ZMQ_IO_THREADS, Int32(clamping: max(1, ioThreads)))
        // A dialled peer takes three sockets with its monitor; libzmq's own limit of 1023 would be met early.
        _ = zmq_ctx_set(pointer, ZMQ_MAX_SOCKETS, 16_384)
    }

    func terminate() {
        guard let pointer else { return }
        // A signal may interrupt the wait for the I/O threads.
        while zmq_ctx_term(pointer) != 0 && zmq_errno() == EINTR {}
    }
}
