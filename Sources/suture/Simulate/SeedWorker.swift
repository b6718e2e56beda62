import Foundation
import PartitionSimulator

/// The other end of `SeedProcess`: runs the seeds that come on standard input, one a line, and answers each with a summary on a line.
enum SeedWorker {
    static func serve(_ file: ScenarioFile) throws {
        while let line = readLine() {
            guard let seed = UInt64(line) else { return }
            var options = RunOptions()
            options.reproduction = "suture simulate replay \(file.path) --seed \(seed)"
            let run = try SimulationRun(try file.plan(seed: seed), options)
            run.run()
            StandardOutput.write(SimulationJSON.text(of: run.summary, isOneLine: true) + "\n")
        }
    }
}

/// One worker process and what it is fed.
final class SeedProcess {
    private let file: String
    private let pool: SeedPool

    init(file: String, pool: SeedPool) {
        self.file = file
        self.pool = pool
    }

    /// Feeds seeds to worker processes until none is left. A worker that dies is a finding about its seed; another takes its place.
    func work() {
        while let seed = pool.take() {
            guard serve(first: seed) else { return }
        }
    }

    /// Runs seeds in one worker, `first` first. False where no worker could be had at all.
    private func serve(first: UInt64) -> Bool {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: NodeProcess.ownProgram)
        process.arguments = ["simulate", "explore", file, "--worker"]
        process.standardInput = input
        process.standardOutput = output
        do { try process.run() } catch {
            pool.crashed(first, file, "no worker process could be started: \(error.localizedDescription)")
            return false
        }
        var lines = LineReader(output.fileHandleForReading)
        var seed: UInt64? = first
        while let current = seed {
            // A worker that is gone is noticed by its silence.
            try? input.fileHandleForWriting.write(contentsOf: Data("\(current)\n".utf8))
            guard let line = lines.next(), let summary = try? JSONDecoder().decode(RunSummary.self, from: Data(line.utf8)) else {
                process.waitUntilExit()
                let how = process.terminationReason == .exit ? "status" : "signal"
                pool.crashed(current, file, "\(how) \(process.terminationStatus)")
                return true
            }
            pool.put(summary)
            seed = pool.take()
        }
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        return true
    }
}

/// Lines of a pipe.
struct LineReader {
    private let handle: FileHandle
    private var rest: [UInt8] = []

    init(_ handle: FileHandle) { self.handle = handle }

    /// The next line without its end; nil at the end of the pipe.
    mutating func next() -> String? {
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeSubrange(...end)
                return line
            }
            let data = handle.availableData
            if data.isEmpty { return nil }
            rest.append(contentsOf: data)
        }
    }
}

/// Work that waits for other processes, on a thread of its own: the shared threads are two on a small machine.
enum BlockingThread {
    static func run(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                work()
                continuation.resume()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
