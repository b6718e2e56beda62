internal import Foundation

extension RunDirectory {
    /// Larger files are not read: nothing that a run writes comes near.
    private static let bytesMax = 2 << 30

    /// What happened: `trace.jsonl` and `convergence.jsonl`. A folder without samples has a record without them.
    ///
    /// - Throws: `SimulationError` that names the file, the line and what was expected there.
    public func record() throws -> RunRecord {
        var lines = try lines(of: "trace.jsonl").makeIterator()
        guard let first = lines.next() else { throw fault("trace.jsonl", nil, "empty; expected a header line and entries") }
        let header = try decoded(TraceHeader.self, first.bytes, "trace.jsonl", first.number, expected: "the header of a trace")
        try check(header, line: first.number)
        var record = RunRecord(
            name: header.name, seed: header.seed, duration: header.duration, start: header.start, nodes: header.nodes)
        while let line = lines.next() {
            let entry = try decoded(TraceEntry.self, line.bytes, "trace.jsonl", line.number, expected: "an entry of a trace")
            try check(entry, nodes: header.nodes.count, line: line.number)
            record.entries.append(entry)
        }
        guard FileManager.default.fileExists(atPath: "\(path)/convergence.jsonl") else { return record }
        for line in try self.lines(of: "convergence.jsonl") {
            let sample = try decoded(
                RunRecord.Sample.self, line.bytes, "convergence.jsonl", line.number, expected: "a sample of convergence")
            try check(sample, nodes: header.nodes.count, line: line.number)
            record.samples.append(sample)
        }
        return record
    }

    /// What came of it: `summary.json`.
    ///
    /// - Throws: `SimulationError` that names the file and what was expected.
    public func summary() throws -> RunSummary {
        try decoded(RunSummary.self, try bytes(of: "summary.json"), "summary.json", nil, expected: "the summary of a run")
    }

    /// The text of `plan.yaml`.
    ///
    /// - Throws: `SimulationError` if the file cannot be read or is no UTF-8.
    public func plan() throws -> String {
        guard let text = String(bytes: try bytes(of: "plan.yaml"), encoding: .utf8) else {
            throw fault("plan.yaml", nil, "no UTF-8; expected the text of a plan")
        }
        return text
    }

    private struct Line {
        let number: Int
        let bytes: Data
    }

    private func location(_ file: String) -> URL { URL(filePath: path).appending(path: file) }

    private func bytes(of file: String) throws -> Data {
        do {
            let values = try location(file).resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
            // A pipe or a device would never end.
            guard values.isRegularFile == true else { throw fault(file, nil, "no file; expected what a run has written") }
            guard values.fileSize ?? 0 <= Self.bytesMax else {
                throw fault(file, nil, "larger than 2 GiB; expected what a run has written")
            }
            return try Data(contentsOf: location(file))
        } catch let error as SimulationError {
            throw error
        } catch {
            throw SimulationError(Self.code, "\(path)/\(file): cannot be read: \(Self.reason(error))")
        }
    }

    /// The lines of a file; one without a line end at the end was cut off in the middle, and is refused.
    private func lines(of file: String) throws -> [Line] {
        let data = try bytes(of: file)
        guard !data.isEmpty else { return [] }
        let pieces = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard pieces.last?.isEmpty == true else {
            throw fault(file, pieces.count, "ends in the middle of a line; the file was cut off")
        }
        return pieces.dropLast().enumerated().map { Line(number: $0.offset + 1, bytes: $0.element) }
    }

    private func decoded<Value: Decodable>(
        _ type: Value.Type, _ bytes: Data, _ file: String, _ line: Int?, expected: String
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch {
            throw fault(file, line, "expected \(expected): \(Self.explanation(error))")
        }
    }

    private func check(_ header: TraceHeader, line: Int) throws {
        guard header.trace == TraceHeader.format else {
            let found = Markup.shortened(Markup.plain(header.trace), to: 40)
            throw fault("trace.jsonl", line, "a trace of the form \"\(found)\"; expected \"\(TraceHeader.format)\"")
        }
        guard (1...TraceHeader.nodesMax).contains(header.nodes.count) else {
            throw fault("trace.jsonl", line, "\(header.nodes.count) nodes; expected 1 to \(TraceHeader.nodesMax)")
        }
        try check([header.start, header.duration], "trace.jsonl", line)
    }

    private func check(_ entry: TraceEntry, nodes: Int, line: Int) throws {
        for node in [entry.node, entry.peer].compactMap(\.self) where !(0..<nodes).contains(node) {
            let known = TimeText.count(nodes, "node")
            throw fault("trace.jsonl", line, "names node \(node); the header lists \(known), counted from 0")
        }
        try check([entry.at, entry.until ?? 0] + (entry.arrivals ?? []), "trace.jsonl", line)
    }

    private func check(_ sample: RunRecord.Sample, nodes: Int, line: Int) throws {
        guard sample.missing.count == nodes else {
            throw fault("convergence.jsonl", line, "figures for \(sample.missing.count) nodes; the trace has \(nodes)")
        }
        // Sums over all nodes must not overflow.
        guard ([sample.digests] + sample.missing.compactMap(\.self)).allSatisfy({ (0...1_000_000_000_000).contains($0) }) else {
            throw fault("convergence.jsonl", line, "a count that is negative or impossibly large")
        }
        try check([sample.at], "convergence.jsonl", line)
    }

    /// A hundred thousand years are enough, and leave room to add.
    private func check(_ times: [Int64], _ file: String, _ line: Int) throws {
        for time in times where !(0...3_155_760_000_000_000).contains(time) {
            throw fault(file, line, "the impossible time \(time); expected milliseconds from 0 on")
        }
    }

    private func fault(_ file: String, _ line: Int?, _ message: String) -> SimulationError {
        SimulationError(Self.code, "\(path)/\(file)\(line.map { ", line \($0)" } ?? ""): \(message)")
    }

    /// What a decoder found, in words and without the file's content.
    private static func explanation(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return path.isEmpty ? "" : " at \(path)"
        }
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): return "\"\(key.stringValue)\" is missing\(place(context))"
        case .typeMismatch(_, let context): return "a value of the wrong type\(place(context))"
        case .valueNotFound(_, let context): return "no value\(place(context))"
        case .dataCorrupted(let context): return context.codingPath.isEmpty ? "no JSON" : "an unknown value\(place(context))"
        case nil: return "\(error)"
        @unknown default: return "\(error)"
        }
    }
}
