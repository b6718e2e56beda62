import PartitionSimulator

/// One node of a live run: a process that is killed, paused and started, and what it should be doing.
final class LiveNode {
    /// As the scenario has it.
    let participant: Scenario.Participant
    /// Its number in pictures and traces.
    let number: Int
    /// The process.
    let process: NodeProcess
    /// Whether it belongs to the group.
    var hasJoined = false
    /// Whether its process should run: false where it was killed on purpose, or has been reported as dead.
    var shouldRun = false
    /// Where its disk is a small one: the disk.
    var disk: LiveSmallDisk?

    init(_ participant: Scenario.Participant, number: Int, process: NodeProcess) {
        self.participant = participant
        self.number = number
        self.process = process
    }

    /// The member's name.
    var name: String { participant.name }

    /// Whether it can be asked something now.
    var canAnswer: Bool { shouldRun && !process.isPaused && process.pid != nil }

    /// Starts its process and waits until it answers.
    func start() async throws {
        try await process.start()
        shouldRun = true
    }

    /// Kills its process.
    func kill() {
        shouldRun = false
        process.kill()
    }
}
