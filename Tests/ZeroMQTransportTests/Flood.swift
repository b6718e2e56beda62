import Synchronization

@testable import ZeroMQTransport

/// Sends without a pause until it is stopped, on a thread of its own: a task would take one of the few threads on which
/// the test itself has to go on.
final class Flood: Sendable {
    private let isOver: Over
    private let thread: LoopThread

    private final class Over: Sendable {
        let flag = Atomic<Bool>(false)
    }

    init(of frame: [UInt8], from node: TestNode, to key: CurveKey) throws {
        let isOver = Over()
        self.isOver = isOver
        thread = try LoopThread {
            while !isOver.flag.load(ordering: .relaxed) { node.transport.send(frame, to: key) }
        }
    }

    deinit { stop() }

    func stop() {
        isOver.flag.store(true, ordering: .relaxed)
        thread.join()
    }
}
