import Causality
import HTTPTypes
import InboxModel
import InboxWorkflow
import OfficeNode

/// Replies that were sent and can still be taken back for some seconds. Their text is the person's draft meanwhile, so that nothing is lost
/// where the node stops.
actor ReplyOutbox {
    /// Whose reply in which thread.
    struct Key: Hashable, Sendable {
        let thread: ThreadID
        let staff: StaffID
    }

    /// A reply that waits.
    struct Pending: Sendable {
        let text: String
        let channel: Channel
        let shown: VersionVector?
        let isOverride: Bool
        /// When it goes out, in milliseconds since 1970.
        let due: Int64
    }

    private var pending: [Key: (reply: Pending, task: Task<Void, Never>?)] = [:]
    /// What came of replies that did not go out, until their page is shown.
    private var faults: [Key: PageFault] = [:]

    /// The reply that waits, if one does.
    func reply(_ key: Key) -> Pending? { pending[key]?.reply }

    /// Takes what became of a reply that did not go out.
    func takeFault(_ key: Key) -> PageFault? { faults.removeValue(forKey: key) }

    /// Keeps a reply back for `time`, then sends it. Throws where one waits already.
    func add(_ reply: Pending, _ key: Key, for time: Duration, through server: StaffServer) throws(PageFault) {
        guard pending[key] == nil else {
            throw PageFault(
                status: .conflict, code: "pending", what: "A reply of yours in this thread is about to go out.",
                todo: "Undo it first, or wait until it is sent. Nothing was changed.")
        }
        pending[key] = (reply, nil)
        pending[key]?.task = Task {
            do { try await Task.sleep(for: time) } catch { return }
            await self.send(key, through: server)
        }
    }

    /// Takes a reply back; nil where there is none, or it went out already.
    func undo(_ key: Key) -> Pending? {
        guard let entry = pending.removeValue(forKey: key) else { return nil }
        entry.task?.cancel()
        return entry.reply
    }

    /// Sends what waits at once: the server stops.
    func sendAll(through server: StaffServer) async {
        for key in pending.keys.sorted(by: { ($0.thread, $0.staff) < ($1.thread, $1.staff) }) { await send(key, through: server) }
    }

    private func send(_ key: Key, through server: StaffServer) async {
        guard let entry = pending.removeValue(forKey: key) else { return }
        entry.task?.cancel()
        let command = ThreadCommand.reply(entry.reply.channel, text: entry.reply.text, override: entry.reply.isOverride)
        switch await server.gateway.perform(.thread(key.thread, shown: entry.reply.shown, command), as: .staff(key.staff)) {
        case .success: break
        case .failure(let refusal):
            faults[key] = PageFault(refusal)
            // The page that waits for its reply is told to look again.
            server.live.tell([key.thread])
        }
    }
}
