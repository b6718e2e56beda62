import Glibc

/// Starts threads for work that waits in system calls, which would hold up the threads that `async` code shares.
enum ServiceThread {
    /// What a thread needs at birth.
    private final class Start {
        let body: () -> Void

        init(body: @escaping () -> Void) { self.body = body }
    }

    /// Runs `body` once on a thread of its own, which ends with it. Signals stay blocked there, so that they go to the
    /// threads that handle them.
    static func start(_ body: sending @escaping () -> Void) throws(NodeServiceError) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        let argument = Unmanaged.passRetained(Start(body: body)).toOpaque()
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                pthread_detach(pthread_self())
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, argument)
        guard status == 0 else {
            Unmanaged<Start>.fromOpaque(argument).release()
            throw NodeServiceError(
                .inputOutput, "no thread could be started: \(String(cString: strerror(status))); raise the limit on tasks",
                errorNumber: status)
        }
    }
}
