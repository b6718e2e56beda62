import Causality
import ChangeLog
import OfficeNode
import Vault

/// Verifies, opens and decodes runs beside the brain, so that it overlaps with merging the run before.
///
/// Everything it is told goes through one stream, so that frames and what they depend on keep their order.
actor FramePreparer {
    enum Input: Sendable {
        case frame(from: CurvePublicKey, [UInt8])
        case connected(CurvePublicKey)
        case disconnected(CurvePublicKey)
        case advanced([LogHead])
        case keys(VerificationKeys)
        case rewind
    }

    private let inputs: AsyncStream<Input>
    private nonisolated let continuation: AsyncStream<Input>.Continuation
    private let meter: CatchUpMeter
    private nonisolated let thread: WorkThread

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(meter: CatchUpMeter) throws(NodeServiceError) {
        self.meter = meter
        thread = try WorkThread()
        // Not bounded here: credit bounds the bytes that peers may have under way.
        (inputs, continuation) = AsyncStream.makeStream()
    }

    nonisolated func give(_ input: Input) { continuation.yield(input) }

    nonisolated func close() { continuation.finish() }

    /// Prepares until `close`. Prepared frames and connection events go to `queue`, in order.
    func run(_ preparer: RunPreparer, into queue: NodeEventQueue) async {
        var preparer = preparer
        for await input in inputs {
            // What was given before the end would still be delivered, and nobody applies it any more.
            if Task.isCancelled { return }
            switch input {
            case .frame(let key, let bytes):
                let start = ContinuousClock.now
                let frame = preparer.prepare(bytes)
                if case .run = frame { meter.prepared(since: start) }
                queue.push(.frame(from: key, frame))
            case .connected(let key): queue.push(.connected(key))
            case .disconnected(let key): queue.push(.disconnected(key))
            case .advanced(let heads): preparer.advanced(to: heads)
            case .keys(let keys): preparer.replaceKeys(keys)
            case .rewind: preparer.rewind()
            }
        }
    }
}
