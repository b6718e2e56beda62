import Foundation
import PartitionSimulator

/// A scenario or plan as it lies in a file.
struct ScenarioFile {
    /// No scenario that people write is longer.
    private static let bytesMax = 16 << 20

    let path: String
    let scenario: Scenario

    /// Reads and checks the file. Throws `CommandFailure` with everything that is wrong in it: nothing ran, so nothing is decided.
    init(_ path: String) throws {
        self.path = path
        let url = URL(fileURLWithPath: path)
        let bytes: Data
        do { bytes = try Data(contentsOf: url) } catch {
            throw Self.undecided("\(path) cannot be read: is it there? Name a scenario file, such as one of Simulations/")
        }
        guard bytes.count <= Self.bytesMax else {
            throw Self.undecided("\(path) has \(bytes.count) bytes; a scenario has at most \(Self.bytesMax)")
        }
        do throws(SimulationError) {
            scenario = try Scenario(yaml: [UInt8](bytes), name: url.deletingPathExtension().lastPathComponent)
        } catch {
            throw Self.undecided("\(path): \(error.message)")
        }
    }

    /// A run that could not be carried out, so that nothing is decided: exit status 2.
    static func undecided(_ message: String) -> CommandFailure {
        var failure = CommandFailure(message)
        failure.status = 2
        return failure
    }

    /// The plan of a seed; the file's own seed without one.
    func plan(seed: UInt64?) throws -> Scenario {
        if !scenario.notYet.isEmpty {
            let lines = scenario.notYet.map { "  \($0)" }.joined(separator: "\n")
            throw Self.undecided("\(path) asks for what is not built yet:\n\(lines)")
        }
        return scenario.drawn(seed: seed ?? scenario.seed)
    }
}

extension RunSummary.Verdict {
    /// The exit status of a command with this verdict.
    var status: Int32 {
        switch self {
        case .valid: 0
        case .violated: 1
        case .undecided: 2
        }
    }
}
