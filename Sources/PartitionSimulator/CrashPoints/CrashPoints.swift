/// Crash points: a transaction is played again and again, and the disk dies at each of its storage operations in turn.
///
/// After each crash the replica must open, be whole, and stand where a transaction ended: with the one that was cut short
/// there whole or not at all, and with what was acknowledged there; its logs must verify, no peer may hold more of its log
/// than it does itself, and the node must be able to go on. See `CrashMode` for what a crash does and `CrashKind` for what
/// is tried.
///
/// Everything follows from the seed: the same call gives the same report.
public enum CrashPoints {
    /// How many change sets catching up and merging a backlog are about, unless told otherwise: more than one slice.
    public static let rowsDefault = 2_500

    /// Tries the points of the built-in kinds.
    ///
    /// Throws what preparing the scenes throws: a mistake in the simulator or a node that does not work at all, not a
    /// finding.
    ///
    /// - Parameters:
    ///   - kinds: What to try, in this order.
    ///   - seed: What everything is drawn from.
    ///   - limitPerKind: The most points of a kind that are tried in each mode.
    ///   - goesOnLimit: The most points of a kind, in each mode, after which the node is made to go on: spread evenly, the
    ///     first among them. Going on takes longer than all other checks together.
    ///   - rows: How many change sets the large kinds are about. Above 2,048 a backlog is merged in several slices.
    ///   - isSealed: Whether the databases are sealed at rest; then no disk may show anything in the clear either.
    ///   - report: Is told of each kind when it is done.
    public static func run(
        kinds: [CrashKind] = CrashKind.allCases, seed: UInt64, limitPerKind: Int = 200, goesOnLimit: Int = 25,
        rows: Int = rowsDefault, isSealed: Bool = false, progress report: (CrashKindReport) -> Void = { _ in }
    ) throws -> CrashPointReport {
        let practice = try CrashPractice(seed: seed, rows: rows, isSealed: isSealed)
        var result = CrashPointReport(seed: seed)
        for kind in kinds {
            let row = try run(try practice.scene(kind), seed: seed, limit: limitPerKind, goesOnLimit: goesOnLimit, isSealed: isSealed)
            result.kinds.append(row)
            report(row)
        }
        return result
    }

    /// Tries the points of a scene. Throws where it cannot be played without any crash.
    public static func run(
        _ scene: CrashScene, seed: UInt64, limit: Int = 200, goesOnLimit: Int = 25, isSealed: Bool = false
    ) throws -> CrashKindReport {
        let play = try CrashPlay(scene, seed: seed, isSealed: isSealed)
        let points = sample(of: play.operations, limit: limit, seed: seed, kind: scene.kind)
        var row = CrashKindReport(
            kind: scene.kind, operations: play.operations, steps: play.stepCount, pointsTried: points.count,
            isSampled: points.count <= play.operations)
        let stride = goesOnLimit > 0 ? (points.count + goesOnLimit - 1) / goesOnLimit : .max
        for mode in CrashMode.allCases {
            var outcome = CrashModeReport(mode: mode)
            for (position, point) in points.enumerated() {
                try play.attempt(point, mode, goesOn: position % stride == 0, &outcome)
            }
            row.modes.append(outcome)
        }
        return row
    }

    /// Tries one point of a built-in kind: what a violation names. Returns what was wrong. Throws as `run` does.
    public static func replay(
        kind: CrashKind, operation: Int, mode: CrashMode, seed: UInt64, rows: Int = rowsDefault, isSealed: Bool = false
    ) throws -> [CrashPointViolation] {
        let scene = try CrashPractice(seed: seed, rows: rows, isSealed: isSealed).scene(kind)
        var outcome = CrashModeReport(mode: mode)
        try CrashPlay(scene, seed: seed, isSealed: isSealed).attempt(operation, mode, goesOn: true, &outcome)
        return outcome.violations
    }

    /// All points, or as many as allowed: the first and last few, where transactions begin and end, and others by the seed.
    static func sample(of operations: Int, limit: Int, seed: UInt64, kind: String) -> [Int] {
        let limit = max(1, limit)
        if operations < limit { return Array(0...operations) }
        let edge = min(8, limit / 4)
        var points = Set(0..<edge).union((operations - edge)...operations)
        var random = SplitMix64(seed: seed, stream: "crash points \(kind)")
        while points.count < limit { points.insert(Int(random.number(in: 0...Int64(operations)))) }
        return Array(points.sorted().prefix(limit))
    }
}
