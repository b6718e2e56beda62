import ArgumentParser

/// `suture simulate`.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Run partitions before people live through them.",
        discussion: """
            Drives real nodes (the same store, sealing and merging as in an office) in one process, under a virtual network, virtual \
            clocks and simulated disks, all drawn from one seed, and checks what must hold. Scenarios are YAML files; Simulations/ has \
            some to read and change.

              suture simulate run Simulations/two-claims.yaml --out ./two-claims
              suture simulate explore Simulations/office-week-swarm.yaml --seeds 0..99
              suture simulate live Simulations/two-claims.yaml

            Exit status: 0 everything held, 1 something did not, 2 it could not be decided.
            """,
        subcommands: [
            SimulateRun.self, SimulateExplore.self, SimulateReplay.self, SimulateShrink.self, SimulateCrashPoints.self,
            SimulateReport.self, LiveSimulation.self, SimulateMerge.self, SimulatePlanted.self,
        ])
}
