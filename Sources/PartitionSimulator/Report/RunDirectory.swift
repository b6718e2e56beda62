internal import Foundation

/// The folder that a run leaves behind.
///
/// | file | holds |
/// | --- | --- |
/// | `plan.yaml` | the plan as it was drawn |
/// | `trace.jsonl` | a header line (`trace`, `name`, `seed`, `start`, `duration`, `nodes`), then a `TraceEntry` a line |
/// | `convergence.jsonl` | a `RunRecord.Sample` a line |
/// | `summary.json` | the `RunSummary`; written last, so that a folder with it is whole |
/// | `spacetime.svg`, `convergence.svg`, `report.html` | the pictures and the page with all of them |
///
/// Every file is written under another name and then renamed: no reader meets half a file.
public struct RunDirectory: Sendable {
    /// The code of the errors that concern a run's folder.
    static let code = SimulationError.Code.scenario

    /// Where the folder is.
    public let path: String

    /// The folder at a path; it need not exist before something is written.
    public init(_ path: String) {
        self.path = path
    }

    /// Writes the whole folder, and makes it if it does not exist.
    ///
    /// - Throws: `SimulationError` that names the file that could not be written.
    public func write(_ record: RunRecord, summary: RunSummary, plan: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw SimulationError(Self.code, "\(path): the folder cannot be made: \(Self.reason(error))")
        }
        try write(Data(plan.utf8), to: "plan.yaml")
        try write(try lines([TraceHeader(record)], then: record.entries, of: "trace.jsonl"), to: "trace.jsonl")
        try write(try lines([RunRecord.Sample](), then: record.samples, of: "convergence.jsonl"), to: "convergence.jsonl")
        try draw(record, summary: summary, plan: plan)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try write(try encoded("summary.json") { try encoder.encode(summary) } + Data("\n".utf8), to: "summary.json")
    }

    /// Draws the pictures and the page again from what the folder holds.
    ///
    /// - Throws: `SimulationError` as reading and writing do.
    public func redraw() throws {
        try draw(try record(), summary: try summary(), plan: try plan())
    }

    private func draw(_ record: RunRecord, summary: RunSummary, plan: String) throws {
        let diagram = SpaceTimeDiagram(record, violations: summary.violations).svg()
        try write(Data(diagram.utf8), to: "spacetime.svg")
        try write(Data(ConvergencePlot(record, violations: summary.violations).svg().utf8), to: "convergence.svg")
        try write(Data(try ReportPage(record, summary: summary, plan: plan).html().utf8), to: "report.html")
    }

    private func lines(_ first: [some Encodable], then rest: [some Encodable], of file: String) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = Data()
        func add(_ value: some Encodable) throws {
            data.append(try encoded(file) { try encoder.encode(value) })
            data.append(UInt8(ascii: "\n"))
        }
        for value in first { try add(value) }
        for value in rest { try add(value) }
        return data
    }

    private func encoded(_ file: String, _ encode: () throws -> Data) throws -> Data {
        do {
            return try encode()
        } catch {
            throw SimulationError(Self.code, "\(file): cannot be written as JSON: \(error)")
        }
    }

    private func write(_ data: Data, to file: String) throws {
        do {
            try data.write(to: URL(filePath: path).appending(path: file), options: .atomic)
        } catch {
            throw SimulationError(Self.code, "\(path)/\(file): cannot be written: \(Self.reason(error))")
        }
    }

    /// What the system says, without the wrapping.
    static func reason(_ error: any Error) -> String {
        guard let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError else {
            return error.localizedDescription
        }
        return underlying.localizedDescription
    }
}
