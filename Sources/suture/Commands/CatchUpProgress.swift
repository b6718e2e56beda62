import NodeService
import OfficeNode
import ReplicaStore
import SyncEngine
import Causality

/// Shows in a terminal how far a node is that has to catch up with its peers. Work of less than a second shows nothing.
struct CatchUpProgress {
    private let service: NodeService
    private let terminal: Terminal

    init(_ service: NodeService, _ terminal: Terminal) {
        self.service = service
        self.terminal = terminal
    }

    /// Watches until the task is cancelled.
    func run() async {
        while await pause() {
            let start = await standing()
            if start.missing > 0 { await show(from: start) }
        }
    }

    /// Change sets merged, and those that are known to be missing here or wait to be merged.
    private func standing() async -> (merged: Int, missing: Int) {
        let status = await service.status()
        let merged = status.progress.reduce(0) { $0 + Int(clamping: $1.merged) }
        let waiting = status.progress.reduce(0) { $0 + Int(clamping: $1.received.sequence - $1.merged) }
        // Several peers may have the same ones.
        let missing = status.peers.map { Int(clamping: $0.missingHere) }.max() ?? 0
        return (merged, waiting + missing)
    }

    private func show(from start: (merged: Int, missing: Int)) async {
        var bar = ProgressBar("catching up", total: start.missing, in: terminal)
        var done = 0
        while await pause() {
            let now = await standing()
            done = now.merged - start.merged
            if now.missing == 0 { break }
            bar.update(min(done, start.missing))
        }
        bar.finish(done)
    }

    /// Waits a moment; false once the task is cancelled.
    private func pause() async -> Bool {
        do { try await Task.sleep(for: .milliseconds(200)) } catch { return false }
        return true
    }
}
