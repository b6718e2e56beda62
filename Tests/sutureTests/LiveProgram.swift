import Foundation
import NodeService
import Testing

/// One run of `suture simulate live` as a process, with temporary files in a folder of its own.
final class LiveProgram {
    private let process = Process()
    private let scratch: ScratchFolder
    private let outputPath: String
    private let errorPath: String

    /// Starts a run of a scenario of this text.
    init(_ scenario: String, _ arguments: [String] = []) throws {
        scratch = try ScratchFolder()
        let file = try scratch.write(scenario, to: "story.yaml")
        let temporary = scratch.file("t")
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        outputPath = try scratch.write("", to: "out")
        errorPath = try scratch.write("", to: "err")
        process.executableURL = URL(fileURLWithPath: Program.builtPath)
        process.arguments = ["simulate", "live", file] + arguments
        process.environment = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "TZ": "UTC", "TMPDIR": temporary]
        process.standardOutput = FileHandle(forWritingAtPath: outputPath)
        process.standardError = FileHandle(forWritingAtPath: errorPath)
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        kill()
        for pid in leftProcesses { Glibc.kill(pid, SIGKILL) }
    }

    var output: String { Self.text(outputPath) }
    var errors: String { Self.text(errorPath) }

    /// Waits until it ends, at most three minutes; its exit status.
    func status() async throws -> Int32 {
        try #require(await wait(upTo: .seconds(180)) { !process.isRunning }, "it did not end: \(output)")
        return process.terminationStatus
    }

    /// The summary that `--json` prints.
    func summary() throws -> JSONValue { try JSONValue(text: output.utf8) }

    /// Presses Ctrl-C.
    func interrupt() { process.interrupt() }

    /// Ends it at once: it cannot put anything in order any more.
    func kill() {
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    }

    /// Processes that still work on files of the run.
    var leftProcesses: [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { pid in
            let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
            return pid != process.processIdentifier && String(decoding: line, as: UTF8.self).contains(scratch.file("t"))
        }
    }

    /// What is left of the run's temporary files.
    var leftFiles: [String] { (try? FileManager.default.contentsOfDirectory(atPath: scratch.file("t"))) ?? ["?"] }

    /// Checks that nothing is left of the run but its output.
    func expectNothingLeft(_ location: SourceLocation = #_sourceLocation) {
        #expect(leftProcesses == [], sourceLocation: location)
        #expect(leftFiles == [], sourceLocation: location)
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
