import NodeService
import OfficeNode
import ReplicaStore
import Vault

/// Measures how long the page of a thread takes to be read from a replica that was just opened, so that SQLite has few of its
/// pages in memory: while no process runs on the node.
enum PageViewBench {
    /// Milliseconds, one a page.
    static func run(_ node: NodeProcess, count: Int) throws -> [Double] {
        let folder = try DataFolder.unlock(node.directory)
        let identity = try folder.identity()
        let store = try folder.openStore()
        // It was only read.
        defer { try? store.close() }
        let reader = try OfficeNode(store: store, identity: identity, random: SystemRandomSource()).makeReader()
        let clock = ContinuousClock()
        return try reader.store.threads(.init(.all), limit: count).map { thread in
            let start = clock.now
            _ = try reader.page(of: thread.id)
            return (clock.now - start) / .milliseconds(1)
        }
    }
}
