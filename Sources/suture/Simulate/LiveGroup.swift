import Foundation
import NodeService
import OfficeNode
import PartitionSimulator

/// The processes of a live run, the links between them, and the practice whose inbox they share.
final class LiveGroup {
    /// Nodes of a run at most: each is a process, and each pair of them two proxies.
    static let membersMax = 12

    /// All nodes, also those that have not joined yet, in the order of the scenario.
    let nodes: [LiveNode]
    /// The links.
    let network: LiveNetwork
    /// The folder of everything.
    let directory: String
    /// The patients' ids, in their order.
    private(set) var patients: [String] = []
    private let scenario: Scenario

    /// A group that has not been founded yet, in `directory`, which must be there.
    init(_ scenario: Scenario, _ plan: LivePlan, directory: String, smallDisks: Bool) throws {
        self.scenario = scenario
        self.directory = directory
        var ports: [(name: String, port: UInt16)] = []
        var nodes: [LiveNode] = []
        for (number, member) in plan.members.enumerated() {
            let port = try LiveLoopbackPort.free(except: ports.map(\.port))
            ports.append((member.name, port))
            let folder = directory + "/" + member.name
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let process = NodeProcess(
                name: member.name, directory: folder, port: port, logPath: directory + "/" + member.name + ".log")
            nodes.append(LiveNode(member, number: number, process: process))
        }
        self.nodes = nodes
        network = try LiveNetwork(ports: ports, seed: scenario.seed, canary: Array(Canary.text.utf8))
        if smallDisks {
            for node in nodes where plan.smallDisks.contains(node.name) {
                node.disk = try LiveSmallDisk(mountedAt: node.process.directory)
            }
        }
    }

    /// The node of that name. Throws where there is none.
    func node(_ name: String) throws -> LiveNode {
        guard let node = find(name) else {
            throw SimulationError(.unknownName, "there is no node \(name)")
        }
        return node
    }

    /// The node of that name, if there is one.
    func find(_ name: String) -> LiveNode? { nodes.first { $0.name == name } }

    /// The nodes that belong to the group.
    var members: [LiveNode] { nodes.filter(\.hasJoined) }

    /// Founds the group at the first node with a small practice, and lets the other nodes of the beginning join.
    func build() async throws {
        guard let founder = nodes.first else { throw SimulationError(.scenario, "the scenario has no nodes") }
        for node in nodes { try node.process.configure(links: network.endpoints(of: node.name)) }
        try Joining.found(
            dataDirectory: founder.process.directory, groupName: "Live run", name: founder.name,
            office: OfficeFounding(key: founder.name, name: founder.name, timeZone: "America/New_York"),
            endpoint: founder.process.endpoint)
        try await founder.start()
        founder.hasJoined = true
        let offices = scenario.nodes.filter { $0.kind == .office }.map(\.name)
        let practice = LivePractice(offices: offices, patients: scenario.patients)
        patients = try await practice.write(at: founder.process)
        for node in nodes.prefix(scenario.nodes.count).dropFirst() { try await join(node, through: founder) }
    }

    /// Lets a node join, invited at another one.
    func join(_ node: LiveNode, through sponsor: LiveNode) async throws {
        var request: [String: JSONValue] = ["kind": .string(node.participant.kind.name)]
        // The practice has an office for each office node of the beginning.
        if node.participant.kind == .office, scenario.nodes.contains(where: { $0.name == node.name }) {
            request["office"] = .string(node.name)
        }
        let answer = try await sponsor.process.ask(
            "invite", request.merging(["pre-approved": true]) { own, _ in own }, timeout: .seconds(20))
        let invitation = try Invitation(text: answer.text("invitation"))
        try Joining.join(
            dataDirectory: node.process.directory, invitation: invitation, name: node.name, endpoint: node.process.endpoint)
        try await node.start()
        node.hasJoined = true
    }

    /// Ends every process by its id, every link, and gives small disks back. What the nodes wrote stays.
    func end(keep: Bool) {
        for node in nodes { node.kill() }
        network.stop()
        for node in nodes { node.disk?.unmount(keep: keep) }
    }
}
