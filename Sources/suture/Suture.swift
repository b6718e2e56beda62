import ArgumentParser

/// The command line: a node's life (init, invite, join, run) and the inbox of a running one.
@main
struct Suture: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suture",
        abstract: "One patient inbox for several offices, that keeps working when they cannot reach each other.",
        discussion: """
            Every office runs a node with its own replica. Found a group, invite the others, run:

              suture init --data ./towson --group "Chesapeake Oral Surgery" --name towson \\
                --office towson:Towson:America/New_York --endpoint tcp://towson.example.net:7400
              suture run --data ./towson --listen tcp://0.0.0.0:7400
              suture invite --data ./towson --kind laptop

            The other commands ask the node that runs on the data directory. With --json they print what it answered. \
            Exit status: 0 done, 1 not done, 2 a command that is not understood, 3 a wrong passphrase.
            """,
        version: Version.text,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(name: "Nodes", subcommands: [Init.self, Invite.self, Join.self, Run.self, Relay.self, Stop.self]),
            CommandGroup(name: "Members and keys", subcommands: [Members.self, Quarantine.self, Recover.self]),
            CommandGroup(name: "Sealing", subcommands: [Seal.self, Passphrase.self, Lock.self, Unlock.self]),
            CommandGroup(name: "The inbox", subcommands: [Inbox.self, Threads.self, Search.self, Patients.self]),
            CommandGroup(name: "Keeping and destroying", subcommands: [Holds.self, Purges.self]),
            CommandGroup(
                name: "The practice", subcommands: [Offices.self, Staff.self, Queues.self, Categories.self, Certificates.self]),
            CommandGroup(
                name: "Copies", subcommands: [BackupCommand.self, RestoreCommand.self, VerifyCommand.self]),
            CommandGroup(name: "How it is going", subcommands: [Status.self, Counters.self, Audit.self, LogCommands.self]),
            CommandGroup(name: "Seeing it work", subcommands: [Demo.self, Simulate.self, Bench.self]),
            CommandGroup(name: "This program", subcommands: [Version.self]),
        ])

    static func main() async {
        await CommandExit.run(Suture.self)
    }
}
