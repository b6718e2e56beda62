import Glibc

/// What the loop's thread does.
final class LoopThread: Sendable {
    private let body: @Sendable () -> Void

    private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    static func start(_ body: @escaping @Sendable () -> Void) throws {
        let argument = Unmanaged.passRetained(LoopThread(body)).toOpaque()
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<LoopThread>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, argument)
        guard status == 0 else {
            Unmanaged<LoopThread>.fromOpaque(argument).release()
            throw FaultingProxyError("no thread is to be had: \(String(cString: strerror(status)))")
        }
        pthread_detach(thread)
    }
}
