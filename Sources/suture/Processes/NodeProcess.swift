import Foundation
import NodeService

/// One real node: a data directory and, while it runs, a process of this same program on it.
final class NodeProcess {
    /// The member's name.
    let name: String
    /// Its data directory.
    let directory: String
    /// The loopback port it listens on.
    let port: UInt16
    /// Where everything is kept that its processes say, one after another.
    let logPath: String
    private let program: String
    private var process: Process?
    /// What lets the process end when this one does, however that comes.
    private var lifeline: Lifeline?

    /// The program that is running now.
    static var ownProgram: String { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path }

    /// - Parameters:
    ///   - program: The `suture` program to run; this very program unless told otherwise.
    ///   - logPath: Where to keep what its processes say; in its directory unless told otherwise.
    init(
        name: String, directory: String, port: UInt16, program: String = NodeProcess.ownProgram, logPath: String? = nil
    ) {
        self.program = program
        self.logPath = logPath ?? directory + "/node.log"
        self.name = name
        self.directory = directory
        self.port = port
    }

    /// Where the node listens, as others would be told.
    var endpoint: String { "tcp://127.0.0.1:\(port)" }

    /// The process's id while it runs.
    var pid: Int32? { process.flatMap { $0.isRunning ? $0.processIdentifier : nil } }

    /// Whether it runs and was stopped in its tracks.
    private(set) var isPaused = false

    /// How the last process ended, in words; nil while it runs, or if there was none.
    var ending: String? {
        guard let process, !process.isRunning else { return nil }
        return process.terminationReason == .exit ? "exit status \(process.terminationStatus)" : "signal \(process.terminationStatus)"
    }

    /// Starts the node with the configuration of its directory and waits until it answers. Throws what it said when it does not.
    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["run", "--config", directory + "/node.yaml", "--until-input-ends"]
        let log = try openLog()
        process.standardError = log
        process.standardOutput = log
        let lifeline = Lifeline()
        process.standardInput = lifeline.end
        isPaused = false
        try process.run()
        self.lifeline = lifeline
        self.process = process
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if !process.isRunning { throw DemoError("\(name) did not start: \(lastLogLines())") }
            if (try? await ask("status")) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw DemoError("\(name) did not answer within 30 seconds: \(lastLogLines())")
    }

    /// Ends the process as SIGTERM does and waits for it.
    func stop() {
        guard let process, process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// Ends the process at once, as a power cut does, and waits for it.
    func kill() {
        guard let process, process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        isPaused = false
    }

    /// Asks the process to end, as SIGTERM does. Returns whether it did within `limit`.
    func stop(within limit: Duration) async throws -> Bool {
        guard let process, process.isRunning else { return true }
        process.terminate()
        let deadline = ContinuousClock.now + limit
        while process.isRunning && .now < deadline { try await Task.sleep(for: .milliseconds(10)) }
        return !process.isRunning
    }

    /// Stops the process in its tracks: it hangs, with everything that it holds open.
    func pause() {
        guard let pid else { return }
        isPaused = Glibc.kill(pid, SIGSTOP) == 0
    }

    /// Lets a process go on that was paused.
    func resume() {
        guard let pid, isPaused else { return }
        Glibc.kill(pid, SIGCONT)
        isPaused = false
    }

    /// Asks the running node. Throws its refusal.
    @discardableResult
    func ask(
        _ verb: String, _ arguments: [String: JSONValue] = [:], timeout: Duration = .seconds(120)
    ) async throws -> JSONValue {
        let request = ControlRequest(verb: verb, arguments: arguments)
        return try await ControlClient(dataDirectory: directory).send(request, timeout: timeout).get()
    }

    /// The digest of what the node shows, and how many change sets it has merged.
    func digest() async throws -> (digest: String, changeSets: Int) {
        let answer = try await ask("digest")
        return (answer["digest"]?.string ?? "", answer["changeSets"]?.int ?? 0)
    }

    /// Peak resident memory of the process, in bytes.
    func memoryPeak() -> Int {
        guard let pid, let data = FileManager.default.contents(atPath: "/proc/\(pid)/status") else { return 0 }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        let line = lines.first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) * 1024
    }

    /// Processor time of the process so far, its own and the system's for it, in seconds.
    func processorSeconds() -> Double {
        guard let pid, let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return 0 }
        // The name in brackets may hold blanks; the two times are the 12th and 13th field after it.
        let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let own = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (own + system) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    }

    /// Writes the configuration the node starts with: loopback, quick reconnection, and `links` in place of the roster's endpoints.
    /// With `pages` the staff's pages are served on that port of the loopback, without TLS.
    func configure(links: [String: String], pages: UInt16? = nil) throws {
        var lines = ["data: .", "listen: \(endpoint)", "advertise: \(endpoint)"]
        if !links.isEmpty {
            lines.append("links: {\(links.sorted { $0.key < $1.key }.map { "\($0.key): \"\($0.value)\"" }.joined(separator: ", "))}")
        }
        if let pages { lines.append("inbox: {listen: \"127.0.0.1:\(pages)\", plain: true}") }
        lines.append("limits: {reconnect-first: 50ms, reconnect-last: 500ms, heartbeat: 1s, heartbeat-timeout: 3s}")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: directory + "/node.yaml"))
    }

    /// The log, to write at its end.
    private func openLog() throws -> FileHandle {
        let isThere = FileManager.default.fileExists(atPath: logPath)
        guard isThere || FileManager.default.createFile(atPath: logPath, contents: nil),
            let log = FileHandle(forWritingAtPath: logPath)
        else {
            throw DemoError("the log of \(name) cannot be written: \(logPath)")
        }
        try log.seekToEnd()
        return log
    }

    private func lastLogLines() -> String {
        let data = FileManager.default.contents(atPath: logPath) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(3).joined(separator: " / ")
    }

    /// A loopback port that nobody listens on at this moment.
    static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw DemoError("no socket is to be had: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        guard result == 0 else { throw DemoError("no loopback port is to be had: \(String(cString: strerror(errno)))") }
        return UInt16(bigEndian: address.sin_port)
    }
}
