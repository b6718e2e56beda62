/// Which faults were injected, how often, and in which phases.
public struct Coverage: Hashable, Sendable, Codable {
    /// By the fault's name, then by the phase's.
    public private(set) var counts: [String: [String: Int]] = [:]

    /// Nothing injected.
    public init() {}

    /// Counts a fault.
    public mutating func add(_ fault: Fault, in phase: Phase, count: Int = 1) {
        counts[fault.rawValue, default: [:]][phase.rawValue, default: 0] += count
    }

    /// Adds what another run covered.
    public mutating func merge(_ other: Coverage) {
        for (fault, phases) in other.counts {
            counts[fault, default: [:]].merge(phases, uniquingKeysWith: +)
        }
    }

    /// How often a fault was injected, in all phases or in one.
    public func count(_ fault: Fault, in phase: Phase? = nil) -> Int {
        guard let phases = counts[fault.rawValue] else { return 0 }
        return phase.map { phases[$0.rawValue] ?? 0 } ?? phases.values.reduce(0, +)
    }

    /// The pairs of a fault that can be injected today and a phase, that were not reached.
    public var missing: [(fault: Fault, phase: Phase)] {
        Fault.allCases.filter { $0.notYet == nil }.flatMap { fault in
            Phase.allCases.filter { count(fault, in: $0) == 0 }.map { (fault, $0) }
        }
    }
}
