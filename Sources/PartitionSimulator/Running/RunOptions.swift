/// How a run is carried out.
public struct RunOptions: Sendable {
    /// Whether what happens is written down for the trace file and the pictures.
    public var records = false
    /// How often it is written down how far apart the replicas are, in milliseconds.
    public var sampleInterval: Int64 = 60_000
    /// Ends the story early, in milliseconds after its start.
    public var until: Int64?
    /// Whether the first violation ends the run.
    public var stopsAtViolation = false
    /// The command that repeats the run, for the summary.
    public var reproduction = ""
    /// Is told now and then how many milliseconds of the story have passed.
    public var progress: @Sendable (Int64) -> Void = { _ in }

    /// A run without records.
    public init() {}
}
