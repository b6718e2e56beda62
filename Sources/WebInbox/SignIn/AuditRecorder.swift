import HTTPTypes
import InboxModel
import OfficeNode
import ServiceLifecycle
import Synchronization

/// Collects what is to be in the audit and writes it some at a time: looking at a thread must not wait for a disk.
final class AuditRecorder: Sendable {
    /// Written at the latest so long after it happened.
    static let interval: Duration = .milliseconds(500)
    /// Written at once where so many have come together.
    private static let batch = 200
    /// What is kept while the node cannot write. Beyond it nothing is answered that would have to be recorded.
    static let waitingMax = 20_000

    private let waiting = Mutex<[AuditEntry]>([])
    private let gateway: any InboxGateway

    init(gateway: any InboxGateway) { self.gateway = gateway }

    /// Keeps an entry to be written. Throws `PageFault` where too much waits already: what cannot be recorded does not happen.
    func record(_ entry: AuditEntry) throws(PageFault) {
        let isKept = waiting.withLock { waiting in
            guard waiting.count < Self.waitingMax else { return false }
            waiting.append(entry)
            return true
        }
        guard isKept else {
            throw PageFault(
                status: .serviceUnavailable, code: "audit", what: "What happens here cannot be recorded at this moment.",
                todo: "The node cannot write its audit; tell an administrator. Nothing was changed.")
        }
    }

    /// Writes what waits. What the node does not take stays.
    func flush() async {
        while true {
            let entries = waiting.withLock { Array($0.prefix(Self.batch)) }
            guard !entries.isEmpty else { return }
            guard case .success = await gateway.perform(.recordAudit(entries), as: .system) else { return }
            waiting.withLock { $0.removeFirst(entries.count) }
        }
    }

    /// Writes until the server stops, and once more then.
    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await Task.sleep(for: Self.interval) } catch { break }
                await self.flush()
            }
        }
        await flush()
    }
}
