import Foundation
import NodeService

/// The figures of one `suture bench catch-up`, and what the floors beside it need for the same bytes.
struct CatchUpReport {
    var changeSets = 0
    var authoringRate = 0.0
    /// Seconds from the first run's arrival to the last commit.
    var seconds = 0.0
    var preparingSeconds = 0.0
    var committingSeconds = 0.0
    /// Seconds from the start of the reader's process until it showed what the author shows.
    var wallSeconds = 0.0
    /// Of the reader until then.
    var processorSeconds = 0.0
    var wireBytes = 0
    var diskBytes = 0
    var memoryPeakReader = 0
    var memoryPeakAuthor = 0
    var latencies: [Double] = []
    /// Milliseconds of reading a thread's page from a replica that was just opened.
    var pageViews: [Double] = []
    /// The same work with nothing sealed.
    var plain = Plain()
    var storageFloorSeconds = 0.0
    var sealingFloorSeconds = 0.0
    var transportFloorSeconds = 0.0

    /// The figures of the same work with replicas that are not sealed.
    struct Plain {
        var rate = 0.0
        var processorSeconds = 0.0
        var wallSeconds = 0.0
        var committingSeconds = 0.0
        var authoringRate = 0.0
        /// Milliseconds, the median.
        var pageView = 0.0

        var json: JSONValue {
            [
                "changeSetsPerSecond": .double(rate), "processorSeconds": .double(processorSeconds), "wallSeconds": .double(wallSeconds),
                "committingSeconds": .double(committingSeconds), "authoringPerSecond": .double(authoringRate),
                "pageViewMilliseconds": .double(pageView),
            ]
        }
    }

    /// By what share sealing lengthens a catch-up.
    var sealingCost: Double { plain.rate / rate - 1 }

    /// Change sets a second.
    var rate: Double { Double(changeSets) / seconds }

    /// What the floors could do one after another: the whole path on one core, with nothing to spare.
    var floorRate: Double { Double(changeSets) / (storageFloorSeconds + sealingFloorSeconds + transportFloorSeconds) }

    /// The latency that `share` of the measurements do not exceed, in milliseconds.
    func latency(_ share: Double) -> Double {
        Self.share(share, of: latencies)
    }

    /// The value that `share` of the values do not exceed.
    static func share(_ share: Double, of values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    var json: JSONValue {
        [
            "changeSets": .int(changeSets), "authoringPerSecond": .double(authoringRate), "seconds": .double(seconds),
            "changeSetsPerSecond": .double(rate), "preparingSeconds": .double(preparingSeconds),
            "committingSeconds": .double(committingSeconds), "wallSeconds": .double(wallSeconds),
            "wireBytesPerChangeSet": .double(Double(wireBytes) / Double(changeSets)),
            "diskBytesPerChangeSet": .double(Double(diskBytes) / Double(changeSets)),
            "memoryPeakReaderBytes": .int(memoryPeakReader), "memoryPeakAuthorBytes": .int(memoryPeakAuthor),
            "latencyMilliseconds": ["p50": .double(latency(0.5)), "p99": .double(latency(0.99))],
            "floors": [
                "storageSeconds": .double(storageFloorSeconds), "sealingSeconds": .double(sealingFloorSeconds),
                "transportSeconds": .double(transportFloorSeconds), "changeSetsPerSecond": .double(floorRate),
            ],
            "ofFloor": .double(rate / floorRate), "plain": plain.json, "sealingCost": .double(sealingCost),
            "processorSeconds": .double(processorSeconds),
            "pageViewMilliseconds": .double(Self.share(0.5, of: pageViews)),
        ]
    }

    var table: TextTable {
        var table = TextTable([.init("Figure", isFlexible: true), .number("Measured"), .number("Floor"), .init("Note", isFlexible: true)])
        func add(_ name: String, _ value: String, _ floor: String = "", _ note: String = "") {
            table.add([.init(name), .init(value), .init(floor), .init(note)])
        }
        add(
            "catch-up, change sets a second", Self.whole(rate), Self.whole(floorRate),
            "\(Self.percent(rate / floorRate)) of the floors one after another")
        add(
            "verify, open, decode (own core), seconds", Self.seconds(preparingSeconds), Self.seconds(sealingFloorSeconds),
            "floor: libsodium alone")
        add(
            "merge and commit (own core), seconds", Self.seconds(committingSeconds), Self.seconds(storageFloorSeconds),
            "floor: SQLite upserts alone")
        add("network, seconds", "", Self.seconds(transportFloorSeconds), "floor: libzmq with CURVE alone")
        add("first byte to last commit, seconds", Self.seconds(seconds))
        add("process start to equal digests, seconds", Self.seconds(wallSeconds), "", "start, self-check, joining, polling included")
        add(
            "catch-up without sealing, change sets a second", Self.whole(plain.rate), "",
            "sealing costs \(Self.percent(sealingCost)); goal: at most 15%")
        add(
            "processor time of the reader, seconds", Self.seconds(processorSeconds), "",
            "without sealing \(Self.seconds(plain.processorSeconds)); steadier than the clock on a shared machine")
        add(
            "a thread's page, just opened, ms", Self.milliseconds(Self.share(0.5, of: pageViews)), "",
            "median; without sealing \(Self.milliseconds(plain.pageView))")
        add("wire bytes a change set", Self.whole(Double(wireBytes) / Double(changeSets)))
        add("disk bytes a change set", Self.whole(Double(diskBytes) / Double(changeSets)), "", "log, inbox and search index")
        add("peak memory of the reader, MiB", Self.whole(Double(memoryPeakReader) / 1_048_576))
        add("peak memory of the author, MiB", Self.whole(Double(memoryPeakAuthor) / 1_048_576))
        add("commit to visible elsewhere, ms", Self.milliseconds(latency(0.5)), "", "median; p99 \(Self.milliseconds(latency(0.99)))")
        add("authoring offline, actions a second", Self.whole(authoringRate), "", "\(BenchGroup.batch) actions share a commit")
        return table
    }

    private static func whole(_ value: Double) -> String { value.isFinite ? Figures.grouped(Int(value.rounded())) : "-" }
    private static func seconds(_ value: Double) -> String { String(format: "%.3f", value) }
    private static func milliseconds(_ value: Double) -> String { String(format: "%.2f", value) }
    private static func percent(_ value: Double) -> String { String(format: "%.0f%%", value * 100) }
}
