import ArgumentParser
import Foundation
import NodeService
import ReplicaStore
import Vault
import ZeroMQTransport

/// `suture bench`: how fast the program is, beside floors that do the same work with nothing to spare.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the program beside floors measured in the same run.", subcommands: [BenchCatchUp.self, PagesBench.self])
}

/// `suture bench catch-up`.
struct BenchCatchUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catch-up",
        abstract: "One node authored offline; another catches up over CURVE.",
        discussion: """
            Both are real processes on loopback, with sealed replicas; the same once more with plain ones says what sealing costs. \
            Figures on shared machines drift: compare the ratio to the floors, which do the \
            same bytes in the same run.

            Example: suture bench catch-up --changes 100000 --json
            """)

    @Option(help: "Change sets to author offline.")
    var changes = 100_000

    @Option(help: "Changes whose way from commit to visible is timed.")
    var latencies = 200

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Option(help: "Compare with the JSON of an earlier run.")
    var compare: String?

    func run() async throws {
        guard (100...10_000_000).contains(changes) else { throw ValidationError("--changes takes 100 to 10000000") }
        let directory = NSTemporaryDirectory() + "/suture-bench-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var report = CatchUpReport()
        report.plain = try await plain(in: directory)
        let group = try BenchGroup.make(in: directory, count: changes)
        report.authoringRate = group.authoringRate
        try await catchUp(group, &report)
        report.pageViews = try PageViewBench.run(group.reader, count: Self.pageViews)
        try floors(in: directory, &report)
        report.latencies = try await LatencyBench(group: group).run(count: latencies)
        try show(report)
    }

    private static let pageViews = 200

    /// The same with nothing sealed: another group, at once before.
    private func plain(in directory: String) async throws -> CatchUpReport.Plain {
        let directory = directory + "/plain"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var report = CatchUpReport()
        let group = try BenchGroup.make(in: directory, count: changes, isSealed: false)
        try await catchUp(group, &report)
        report.pageViews = try PageViewBench.run(group.reader, count: Self.pageViews)
        try FileManager.default.removeItem(atPath: directory)
        return CatchUpReport.Plain(
            rate: report.rate, processorSeconds: report.processorSeconds, wallSeconds: report.wallSeconds,
            committingSeconds: report.committingSeconds,
            authoringRate: group.authoringRate, pageView: CatchUpReport.share(0.5, of: report.pageViews))
    }

    /// Runs both processes until they show the same, and reads the reader's own figures.
    private func catchUp(_ group: BenchGroup, _ report: inout CatchUpReport) async throws {
        defer {
            group.reader.stop()
            group.author.stop()
        }
        try group.reader.configure(links: ["author": group.author.endpoint])
        try await group.author.start()
        let start = ContinuousClock.now
        try await group.reader.start()
        while true {
            let database = try await group.reader.ask("counters")["database"]
            if (database?["changeSetsMerged"]?.int ?? 0) >= group.changeSets { break }
            if ContinuousClock.now - start > .seconds(600) { throw DemoError("the reader had not caught up after ten minutes") }
            try await Task.sleep(for: .milliseconds(100))
        }
        guard try await group.author.digest().digest == group.reader.digest().digest else {
            throw DemoError("the two nodes hold the same change sets and show different inboxes")
        }
        report.wallSeconds = (ContinuousClock.now - start) / .seconds(1)
        let counters = try await group.reader.ask("counters")
        report.changeSets = counters["catchUp"]?["changeSets"]?.int ?? 0
        report.seconds = counters["catchUp"]?["seconds"]?.double ?? 0
        report.preparingSeconds = counters["catchUp"]?["preparingSeconds"]?.double ?? 0
        report.committingSeconds = counters["catchUp"]?["committingSeconds"]?.double ?? 0
        report.wireBytes = (counters["transport"]?["bytesIn"]?.int ?? 0) + (counters["transport"]?["bytesOut"]?.int ?? 0)
        report.processorSeconds = group.reader.processorSeconds()
        report.memoryPeakReader = group.reader.memoryPeak()
        report.memoryPeakAuthor = group.author.memoryPeak()
        try await waitUntilIndexed(group.reader)
        group.reader.stop()
        let file = NodeConfiguration(dataDirectory: group.reader.directory).databasePath
        report.diskBytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    }

    private func waitUntilIndexed(_ node: NodeProcess) async throws {
        while true {
            let logs = try await node.ask("status")["logs"]?.array ?? []
            if logs.allSatisfy({ $0["indexed"]?.int == $0["merged"]?.int }) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The same bytes through SQLite, libsodium and libzmq alone.
    private func floors(in directory: String, _ report: inout CatchUpReport) throws {
        let wire = max(300, report.wireBytes / max(1, report.changeSets))
        let contents = 170
        let body = max(80, wire - contents)
        let load = StorageFloor.Load(
            changeSets: report.changeSets, bodyBytes: body, contentBytes: contents, threads: report.changeSets / 10,
            stateBytes: 400, batch: 2400)
        report.storageFloorSeconds = try StorageFloor.measure(load, at: directory + "/floor.sqlite") / .seconds(1)
        let sealing = try SealingFloor.measure(
            changeSets: report.changeSets, bodyBytes: body, contentBytes: contents, runLength: 600,
            random: SystemRandomSource())
        report.sealingFloorSeconds = sealing / .seconds(1)
        let transport = try TransportFloor.measure(byteCount: wire * report.changeSets, messageBytes: 256 * 1024)
        report.transportFloorSeconds = transport / .seconds(1)
    }

    private func show(_ report: CatchUpReport) throws {
        if json {
            print(report.json.oneLine)
        } else {
            print(report.table.text(in: Terminal.output()), terminator: "")
        }
        guard let compare else { return }
        guard let data = FileManager.default.contents(atPath: compare),
            let before = try JSONValue(text: data)["changeSetsPerSecond"]?.double
        else { throw ValidationError("\(compare) is not the JSON of an earlier run") }
        let ratio = String(format: "%.2f", report.rate / before)
        FileHandle.standardError.write(Data("\(ratio) times the change sets a second of \(compare)\n".utf8))
    }
}
