import ArgumentParser
import NodeService
import OfficeNode
import ReplicaStore
import Vault

/// `suture relay`.
struct Relay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a relay: a node without keys, for members that are never online together.",
        discussion: """
            A relay verifies, keeps and passes on change sets that it cannot read. It sees members, times and sizes, and nothing \
            else, so it may stand on a rented machine. If its disk is lost, join it anew with a new invitation.

            Example:
              suture invite --kind relay                                          # at an administrator's office
              suture join suture-join-... --data ./relay --name relay --endpoint tcp://relay.example.net:7400
              suture relay --data ./relay --listen tcp://0.0.0.0:7400
            """)

    @OptionGroup var options: Run

    func run() async throws {
        let folder = try options.node.unlock(options.passphrase)
        let store = try folder.openStore()
        let isRelay = try OfficeNode(store: store, identity: folder.identity(), random: SystemRandomSource()).status.isRelay
        try store.close()
        guard isRelay else {
            throw CommandFailure(
                "this folder is that of an office or a laptop: start it with suture run, or join one that was invited as a relay")
        }
        try await options.run()
    }
}
