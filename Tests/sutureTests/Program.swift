import Foundation
import NodeService
import Testing

/// The built program, run as real processes.
struct Program {
    let path: String

    /// Where the build puts it: beside the tests.
    static var builtPath: String {
        // The tests are a program of their own, or a bundle that a tool of the toolchain was given.
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
        let tests = URL(fileURLWithPath: bundle).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("suture").path
    }

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: builtPath) }

    /// Records an issue, and is nil, where the program was not built.
    init?() {
        path = Self.builtPath
        guard Self.isBuilt else {
            Issue.record("there is no program at \(path): build the product 'suture' first")
            return nil
        }
    }

    /// What a command left behind.
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// The output as JSON.
        func json() throws -> JSONValue { try JSONValue(text: output.utf8) }
    }

    /// Runs a command to its end, at most half a minute.
    func run(_ arguments: [String], input: String? = nil, in scratch: ScratchFolder) async throws -> Result {
        let process = try RunningProgram(path, arguments, input: input, in: scratch)
        #expect(await wait { !process.isRunning }, "\(arguments) did not end")
        process.kill()
        return Result(status: process.status, output: process.output, errors: process.errors)
    }

    /// Starts a node on `data` and waits until it says that it is ready. `listen` nil leaves it dialling only. What it leaves lying about
    /// is then in the folder `temporary`, where one is given.
    func startNode(
        data: String, listen: String? = "tcp://127.0.0.1:0", _ more: [String] = [], temporary: String? = nil, in scratch: ScratchFolder
    ) async throws -> RunningProgram {
        let arguments = ["run", "--data", data, "--json"] + (listen.map { ["--listen", $0] } ?? []) + more
        let process = try RunningProgram(path, arguments, input: nil, temporary: temporary, in: scratch)
        let isReady = await wait { process.output.contains("\n") || !process.isRunning }
        try #require(isReady && process.isRunning, "the node did not start: \(process.errors)")
        return process
    }
}

/// One process of the program. It is killed when the test lets go of it.
final class RunningProgram {
    private let process = Process()
    private let outputPath: String
    private let errorPath: String

    init(_ path: String, _ arguments: [String], input: String?, temporary: String? = nil, in scratch: ScratchFolder) throws {
        let name = UUID().uuidString
        // Files and not pipes: nobody has to read along for the process to go on.
        outputPath = scratch.file(name + ".out")
        errorPath = scratch.file(name + ".err")
        for path in [outputPath, errorPath] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "TZ": "UTC"]
        if let temporary {
            for name in ["TMPDIR", "SQLITE_TMPDIR"] { process.environment?[name] = temporary }
            process.currentDirectoryURL = URL(fileURLWithPath: temporary)
        }
        let inputPath = try input.map { try scratch.write($0, to: name + ".in") }
        let handles = (
            input: inputPath.flatMap { FileHandle(forReadingAtPath: $0) }, output: FileHandle(forWritingAtPath: outputPath),
            errors: FileHandle(forWritingAtPath: errorPath)
        )
        process.standardInput = handles.input ?? FileHandle.nullDevice
        process.standardOutput = handles.output
        process.standardError = handles.errors
        try process.run()
        // The child has them now. `Process` would keep them as long as it lives, which is longer than the test: after some hundred programs
        // it reads the list of open files beyond its end, and crashes.
        for handle in [handles.input, handles.output, handles.errors] { try handle?.close() }
    }

    deinit { kill() }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var status: Int32 { process.isRunning ? -1 : process.terminationStatus }
    var output: String { Self.text(outputPath) }
    var errors: String { Self.text(errorPath) }

    /// What the node said when it was ready.
    var ready: JSONValue {
        get throws { try JSONValue(text: output.prefix { $0 != "\n" }.utf8) }
    }

    /// Asks the process to end, as `kill` and a service manager do.
    func terminate() { process.terminate() }

    /// Asks the process to end, as Ctrl-C does.
    func interrupt() { process.interrupt() }

    /// Ends the process by its id and waits for it.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
