import InboxModel
import OfficeNode

extension SimulationRun {
    /// Runs the story of `plan` with every replica on a disk, and gives each deed as a transaction to be cut short.
    ///
    /// Throws what running throws, where the story cannot be told to its end.
    ///
    /// - Parameter most: How many deeds, the first ones.
    public static func crashScenes(of plan: Scenario, most: Int = 100) throws -> [CrashScene] {
        var onDisks = plan
        for index in onDisks.nodes.indices { onDisks.nodes[index].storage = .disk }
        let run = try SimulationRun(onDisks)
        run.scenesLeft = most
        run.run()
        if let reason = run.summary.undecided { throw SimulationError(.scenario, reason) }
        return run.scenes
    }

    /// Takes down what is on all disks before somebody's command is handed to `node`.
    func takeScene(of deed: Deed, line: Int, _ command: Command, _ actor: Actor, at node: SimulatedNode) throws {
        guard scenesLeft > 0, node.disk != nil else { return }
        scenesLeft -= 1
        // What waits for the node is another transaction.
        group.takeTurn(of: node)
        let peers = group.nodes.filter { $0 !== node && $0.isResponsive && $0.disk != nil }
        scenes.append(
            .turn(
                kind: (line > 0 ? "line \(line): " : "") + "\(deed.verb.rawValue) at \(node.name)", subject: try image(of: node),
                peers: try peers.map(image), now: node.clock.reading(at: group.now),
                events: [.command(CommandRequest(id: 1, actor: actor, command: command))], authors: true))
    }

    private func image(of node: SimulatedNode) throws -> CrashMemberImage {
        CrashMemberImage(name: node.name, identity: node.identity, image: try node.disk?.snapshot())
    }
}
