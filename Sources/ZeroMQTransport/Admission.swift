import Synchronization

/// The allow-list of one transport. The authentication handler reads it for every handshake, the transport's thread
/// for every frame, the owner replaces it at any time.
final class Admission: Sendable {
    enum Verdict {
        case admitted
        case refused
        /// The start-up check's stranger: refused, and not worth a report.
        case refusedInCheck
    }

    private struct State {
        var keys: Set<CurveKey> = []
        var checkAdmits: CurveKey?
        var checkRefuses: CurveKey?
    }

    private let state = Mutex(State())
    private let generation = Atomic<Int>(0)

    /// Grows with every replacement, so that a reader with a copy sees cheaply that it is stale.
    var currentGeneration: Int { generation.load(ordering: .acquiring) }

    /// The keys that may send. The key that the start-up check tries is not among them.
    var keys: Set<CurveKey> { state.withLock { $0.keys } }

    func replace(_ keys: Set<CurveKey>) {
        state.withLock { $0.keys = keys }
        generation.wrappingAdd(1, ordering: .releasing)
    }

    /// Names the two keys that the start-up check connects with; `nil` ends the check.
    func check(admitting admitted: CurveKey?, refusing refused: CurveKey?) {
        state.withLock {
            $0.checkAdmits = admitted
            // Kept after the check: its refusal may still be on its way to the report.
            $0.checkRefuses = refused ?? $0.checkRefuses
        }
    }

    func verdict(on key: CurveKey) -> Verdict {
        state.withLock { state in
            if state.keys.contains(key) || key == state.checkAdmits { return .admitted }
            return key == state.checkRefuses ? .refusedInCheck : .refused
        }
    }
}
