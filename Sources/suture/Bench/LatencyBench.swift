import InboxModel
import Logging
import NodeService
import OfficeNode
import ReplicaStore

/// Measures how long a change takes from its commit at one node until it is committed and announced to pages at another: two real
/// nodes of this process over CURVE on loopback.
struct LatencyBench {
    let group: BenchGroup

    /// Milliseconds, one a change.
    func run(count: Int) async throws -> [Double] {
        let author = try Self.service(group.author, links: [:])
        let reader = try Self.service(group.reader, links: ["author": group.author.endpoint])
        let running = [Task { try await author.run() }, Task { try await reader.run() }]
        var latencies: [Double] = []
        do {
            latencies = try await measure(author, reader, count: count)
        } catch {
            await stop([author, reader], running)
            throw error
        }
        await stop([author, reader], running)
        return latencies
    }

    private func measure(_ author: NodeService, _ reader: NodeService, count: Int) async throws -> [Double] {
        try await waitUntilEqual(author, reader)
        guard let thread = try await author.makeReader().store.threads(.init(.all), limit: 1).first?.id else {
            throw DemoError("the author has no thread")
        }
        var arrivals = reader.changes().makeAsyncIterator()
        var latencies: [Double] = []
        for index in 0..<count {
            let outcome = await author.perform(.thread(thread, shown: nil, .tag("bench \(index)")), as: .system)
            let committed = ContinuousClock.now
            _ = try outcome.get()
            while let changed = await arrivals.next(), !changed.contains(thread) {}
            latencies.append((ContinuousClock.now - committed) / .milliseconds(1))
        }
        return latencies
    }

    private func waitUntilEqual(_ one: NodeService, _ other: NodeService) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            let first = try await one.makeReader().store.progress()
            let second = try await other.makeReader().store.progress()
            if !first.isEmpty && first == second && !first.contains(where: { $0.indexed < $0.merged }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw DemoError("the two nodes were not equal within two minutes")
    }

    private func stop(_ services: [NodeService], _ running: [Task<Void, any Error>]) async {
        for service in services { service.requestStop() }
        for task in running { _ = await task.result }
    }

    private static func service(_ node: NodeProcess, links: [String: String]) throws -> NodeService {
        var configuration = NodeConfiguration(dataDirectory: node.directory)
        configuration.listenEndpoint = node.endpoint
        configuration.advertiseEndpoint = node.endpoint
        configuration.links = links
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return try NodeService(configuration: configuration, logger: logger)
    }
}
