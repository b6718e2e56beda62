/// Why a node locks itself.
public enum LockReason: String, Hashable, Sendable {
    /// Somebody asked for it.
    case asked
    /// No person gave a command for as long as the configuration allows.
    case idle
    /// The machine was asleep.
    case asleep
}

/// Decides when a laptop's node locks itself. Told the time by its owner: one clock that goes on while the machine sleeps and
/// one that stops, both in any unit of time since any moment.
struct IdleWatch {
    /// A difference of the two clocks that was more than a hiccup.
    private static let sleepMin = Duration.seconds(5)

    private let lockAfter: Duration
    private var lastAct: Duration
    /// How far the clock that goes on is ahead of the other one.
    private var ahead: Duration

    /// A watch that begins now.
    init(lockAfter: Duration, running: Duration, awake: Duration) {
        self.lockAfter = lockAfter
        lastAct = running
        ahead = running - awake
    }

    /// A person gave a command.
    mutating func acted(running: Duration) { lastAct = max(lastAct, running) }

    /// Whether it is time to lock.
    func reason(running: Duration, awake: Duration) -> LockReason? {
        if running - awake - ahead >= Self.sleepMin { return .asleep }
        return running - lastAct >= lockAfter ? .idle : nil
    }
}
