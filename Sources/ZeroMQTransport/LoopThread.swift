import CZeroMQ
import Synchronization

import Glibc

/// A thread that runs one loop and can be joined once. Signals stay blocked on it, so that they go to the threads
/// that handle them.
final class LoopThread: Sendable {
    /// What the thread needs at birth; it lets go of the body as soon as the body returns.
    private final class Start {
        let body: () -> Void
        init(body: @escaping () -> Void) { self.body = body }
    }

    /// libzmq's hold on the thread; taken by the one call that joins.
    private struct Handle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private let handle: Mutex<Handle?>
    private let identity: Identity

    /// Known once the thread runs; compared, never followed.
    private final class Identity: Sendable {
        private struct Value: @unchecked Sendable { let thread: pthread_t }
        private let value = Mutex<Value?>(nil)

        func record() { value.withLock { $0 = Value(thread: pthread_self()) } }
        var isCurrent: Bool {
            value.withLock { $0.map { pthread_equal($0.thread, pthread_self()) != 0 } ?? false }
        }
    }

    init(_ body: sending @escaping () -> Void) throws(TransportError) {
        let identity = Identity()
        self.identity = identity
        let start = Start {
            identity.record()
            body()
        }
        let argument = Unmanaged.passRetained(start).toOpaque()
        let thread = zmq_threadstart(
            { argument in
                guard let argument else { return }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
            }, argument)
        guard let thread else {
            Unmanaged<Start>.fromOpaque(argument).release()
            throw TransportError(.library, "no thread could be started")
        }
        handle = Mutex(Handle(pointer: thread))
    }

    var isCurrent: Bool { identity.isCurrent }

    /// Waits for the thread's end. Every caller but the first, and the thread itself, return at once.
    func join() {
        guard !isCurrent else { return }
        let taken = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        if let taken { zmq_threadclose(taken.pointer) }
    }
}
