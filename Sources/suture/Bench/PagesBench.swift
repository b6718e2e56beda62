import ArgumentParser
import Foundation
import NodeService
import Synchronization

/// `suture bench pages`.
struct PagesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pages", abstract: "How fast the staff's pages are, alone and under load, beside a file of the same server.",
        discussion: """
            A real node with sealed replica serves its pages on loopback, without TLS. First one person opens one page after another; then \
            many people at once ask for so many pages a second in all, while another node catches up from the same one. Last a colleague \
            at that other node changes a thread, again and again: the time is from the command's answer there until the page that is open \
            here was told and has fetched what changed. Seven change sets in ten are messages.

            Example: suture bench pages --changes 100000 --json
            """)

    @Option(help: "Change sets in the inbox.")
    var changes = 145_000

    @Option(help: "People who are signed in at once.")
    var people = 50

    @Option(help: "Pages a second that they ask for together.")
    var rate = 200

    @Option(help: "For how many seconds.")
    var seconds = 10

    @Option(help: "How often a colleague at the other node changes something.")
    var colleague = 100

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    private static let alone = 200

    func run() async throws {
        guard (100...10_000_000).contains(changes), (1...500).contains(people), (1...5000).contains(rate), (1...600).contains(seconds),
            (1...10_000).contains(colleague)
        else {
            throw ValidationError(
                "--changes takes 100 to 10000000, --people 1 to 500, --rate 1 to 5000, --seconds 1 to 600, --colleague 1 to 10000")
        }
        let directory = NSTemporaryDirectory() + "/suture-bench-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let group = try BenchGroup.make(in: directory, count: changes)
        let port = try NodeProcess.freePort()
        try group.author.configure(links: [:], pages: port)
        try group.reader.configure(links: ["author": group.author.endpoint])
        try await group.author.start()
        defer {
            group.author.stop()
            group.reader.stop()
        }
        let bench = PagesRun(node: group.author, port: port)
        let pages = try await bench.prepare()
        var report: [(String, [Double])] = []
        for page in pages { report.append((page.name, try await bench.alone(page, count: Self.alone))) }
        let messages = try await PagesRun.messages(at: group.author.directory)
        let load = try await bench.load(
            pages.filter { $0.name != PagesRun.floor }, people: people, rate: rate, seconds: seconds, beside: group.reader, until: messages)
        let seen = try await bench.colleague(at: group.reader, count: colleague)
        show(report, load, seen, messages: messages)
    }

    private func show(_ alone: [(String, [Double])], _ load: PagesRun.Load, _ seen: [Double], messages: Int) {
        func share(_ part: Double, _ values: [Double]) -> Double { CatchUpReport.share(part, of: values) }
        let under = [
            ("\(load.asked) pages in \(seconds) s, \(people) people", load.latencies),
            ("the \(load.whileCatchingUp.count) of them during the catch-up", load.whileCatchingUp),
        ]
        if json {
            let named = alone + [("load", load.latencies), ("catch-up", load.whileCatchingUp), ("colleague", seen)]
            let rows = named.map { name, values -> JSONValue in
                [
                    "name": .string(name), "median": .double(share(0.5, values)), "p99": .double(share(0.99, values)),
                    "count": .int(values.count),
                ]
            }
            StandardOutput.write(
                JSONValue.object([
                    "changes": .int(changes), "messages": .int(messages), "failed": .int(load.failed),
                    "catchUpSeconds": .double(load.catchUpSeconds), "milliseconds": .array(rows),
                ]).oneLine + "\n")
            return
        }
        var table = TextTable([.init("page", widthMin: 12, isFlexible: true), .number("median ms"), .number("p99 ms")])
        for (name, values) in alone + under + [("a change at the other office, shown", seen)] {
            table.add([.init(name), .init(Self.text(share(0.5, values))), .init(Self.text(share(0.99, values)))])
        }
        StandardOutput.write(
            table.text(in: .output(noColor: true))
                + "\(messages) messages; \(load.failed) of the pages under load failed; the catch-up beside them took "
                + "\(Self.text(load.catchUpSeconds)) s\n")
    }

    private static func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}

/// People who open pages of one node.
struct PagesRun {
    let node: NodeProcess
    let port: UInt16

    /// The file that the same server sends without looking at anything: what a page costs at least.
    static let floor = "a file"

    /// What is asked for.
    struct Page: Sendable {
        let name: String
        let path: String
    }

    /// What came of many people at once.
    struct Load {
        /// Milliseconds, of every page.
        let latencies: [Double]
        /// Of those that were due before the other node had caught up.
        let whileCatchingUp: [Double]
        let catchUpSeconds: Double
        let asked: Int
        let failed: Int
    }

    /// Makes somebody to sign in, and waits until every word can be found.
    func prepare() async throws -> [Page] {
        _ = try await node.ask("staff-put", ["key": "bench", "name": "Bench", "role": "front-desk"])
        _ = try await node.ask("staff-password", ["key": "bench", "password": .string(Self.password), "change": false])
        while true {
            let logs = try await node.ask("status")["logs"]?.array ?? []
            if logs.allSatisfy({ $0["indexed"]?.int == $0["merged"]?.int }) { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        let listed = try await node.ask("inbox", ["list": "open", "limit": 1])
        guard let thread = listed["threads"]?.array?.first?["id"]?.string else { throw DemoError("the inbox is empty") }
        let visitor = try signedIn()
        let page = try visitor.page("/inbox")
        guard let start = page.range(of: "href=\"/assets/"), let end = page[start.upperBound...].firstIndex(of: "/") else {
            throw DemoError("the page has no style sheet")
        }
        let assets = "/assets/\(page[start.upperBound..<end])"
        return [
            Page(name: Self.floor, path: "\(assets)/favicon.svg"), Page(name: "daily list", path: "/inbox"),
            Page(name: "all open", path: "/inbox?list=open"), Page(name: "thread", path: "/threads/\(thread)"),
            Page(name: "search, a word everywhere", path: "/inbox?q=swelling"), Page(name: "search, a name", path: "/inbox?q=Patient"),
        ]
    }

    private static let password = "a password for the bench"

    private func signedIn() throws -> PageVisitor {
        var visitor = PageVisitor(port: port)
        try visitor.signIn("bench", password: Self.password.replacing(" ", with: "+"))
        return visitor
    }

    /// Milliseconds of one page after another.
    func alone(_ page: Page, count: Int) async throws -> [Double] {
        let browser = try signedIn().browser()
        return try (0..<count).map { _ in try Self.time { try browser.page(page.path) } }
    }

    private static func time(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    /// Many people at once; together they ask for `rate` pages a second, and from the same moment on another node catches up. A page that
    /// is late makes the next one late, not fewer: the time counts from when it was due.
    ///
    /// - Parameters:
    ///   - other: The node that catches up. It does not run yet.
    ///   - messages: It has caught up when it has so many.
    func load(
        _ pages: [Page], people: Int, rate: Int, seconds: Int, beside other: NodeProcess, until messages: Int
    ) async throws -> Load {
        let visitors = try (0..<people).map { _ in try signedIn() }
        let tally = Tally()
        let interval = Duration.seconds(Double(people) / Double(rate))
        let count = max(1, rate * seconds / people)
        try await other.start()
        let start = ContinuousClock.now
        let directory = other.directory
        let catchUp = Task {
            while try await Self.messages(at: directory) < messages { try await Task.sleep(for: .milliseconds(100)) }
            return ContinuousClock.now - start
        }
        await withTaskGroup(of: Void.self) { group in
            for (number, visitor) in visitors.enumerated() {
                group.addTask {
                    await Self.onThread {
                        var browser: OpenBrowser?
                        for round in 0..<count {
                            let due = interval * round + interval * Double(number) / Double(people)
                            let wait = start + due - ContinuousClock.now
                            if wait > .zero { Thread.sleep(forTimeInterval: wait / .seconds(1)) }
                            do {
                                let open = try browser ?? visitor.browser()
                                browser = open
                                try open.page(pages[(round + number) % pages.count].path)
                                tally.note(due, ContinuousClock.now - start - due)
                            } catch {
                                // It opens a new connection for the next one, as people do who reload.
                                browser = nil
                                tally.noteFailure()
                            }
                        }
                    }
                }
            }
        }
        let caughtUp = try await catchUp.value
        let (taken, failed) = tally.outcome
        return Load(
            latencies: taken.map { $0.latency / .milliseconds(1) },
            whileCatchingUp: taken.filter { $0.due < caughtUp }.map { $0.latency / .milliseconds(1) },
            catchUpSeconds: caughtUp / .seconds(1), asked: taken.count + failed, failed: failed)
    }

    /// How many messages the node of that data directory has.
    static func messages(at directory: String) async throws -> Int {
        let counters = try await ControlClient(dataDirectory: directory).send(ControlRequest(verb: "counters", arguments: [:])).get()
        return counters["database"]?["messages"]?.int ?? 0
    }

    /// Milliseconds from a change at another node until a page that is open here shows it. Waits first until the nodes hold the same.
    func colleague(at other: NodeProcess, count: Int) async throws -> [Double] {
        let listed = try await node.ask("inbox", ["list": "open", "limit": 1])
        guard let thread = listed["threads"]?.array?.first?["id"]?.string else { throw DemoError("the inbox is empty") }
        try await waitUntilEqual(other)
        let visitor = try signedIn()
        let page = try visitor.following()
        var latencies: [Double] = []
        for round in 0..<count {
            let tag = "seen-\(round)"
            _ = try await other.ask("tag", ["thread": .string(thread), "tag": .string(tag), "as": "bench"])
            let start = ContinuousClock.now
            repeat {
                try page.waitForChange(of: thread)
            } while try !visitor.page("/threads/\(thread)", isPart: true).contains(tag)
            latencies.append((ContinuousClock.now - start) / .milliseconds(1))
            _ = try await other.ask("untag", ["thread": .string(thread), "tag": .string(tag), "as": "bench"])
        }
        return latencies
    }

    private func waitUntilEqual(_ other: NodeProcess) async throws {
        let deadline = ContinuousClock.now + .seconds(600)
        while try await node.digest().digest != other.digest().digest {
            guard ContinuousClock.now < deadline else { throw DemoError("the other node had not caught up after ten minutes") }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Waits on a thread of its own: the threads of `async` code are few.
    private static func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                body()
                continuation.resume()
            }
        }
    }
}

/// Adds up what many threads measure.
private final class Tally: Sendable {
    private let state = Mutex((taken: [(due: Duration, latency: Duration)](), failed: 0))

    /// A page that was due then and took so long.
    func note(_ due: Duration, _ latency: Duration) { state.withLock { $0.taken.append((due, latency)) } }

    /// A page that did not come.
    func noteFailure() { state.withLock { $0.failed += 1 } }

    var outcome: (taken: [(due: Duration, latency: Duration)], failed: Int) { state.withLock { ($0.taken, $0.failed) } }
}
