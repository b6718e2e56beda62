import Synchronization

/// What has happened so far, told and waited for by any task.
final class Marks: Sendable {
    private let gates = Mutex<[String: Gate]>([:])

    private func gate(_ name: String) -> Gate {
        gates.withLock { gates in
            let gate = gates[name] ?? Gate()
            gates[name] = gate
            return gate
        }
    }

    func set(_ name: String) { gate(name).open() }

    /// Returns once `name` was set; the time limit of the suite is the bound.
    func wait(for name: String) async { await gate(name).wait() }
}
