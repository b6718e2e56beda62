import NodeService
import OfficeNode

/// Prints the one line that says that a node is ready, once everything that was asked for listens.
actor ReadyAnnouncement {
    private let configuration: NodeConfiguration
    private let isJSON: Bool
    private var service: NodeService?
    private var healthPort: Int?
    private var inboxPort: Int?

    init(_ configuration: NodeConfiguration, isJSON: Bool) {
        self.configuration = configuration
        self.isJSON = isJSON
    }

    func nodeIsReady(_ service: NodeService) async {
        self.service = service
        await announceIfComplete()
    }

    func healthIsReady(port: Int?) async {
        healthPort = port ?? Int(configuration.healthAddress?.port ?? 0)
        await announceIfComplete()
    }

    func inboxIsReady(port: Int?) async {
        inboxPort = port ?? Int(configuration.inbox?.listen.port ?? 0)
        await announceIfComplete()
    }

    private func announceIfComplete() async {
        guard let service, configuration.healthAddress == nil || healthPort != nil, configuration.inbox == nil || inboxPort != nil
        else { return }
        // Not kept: a node that is locked must go with its keys.
        self.service = nil
        let status = await service.status()
        let health = configuration.healthAddress.map { "http://\($0.host):\(healthPort ?? 0)/health" }
        let inbox = configuration.inbox.map { address in
            "\(address.isPlain ? "http" : "https")://\(Self.browsable(address.listen.host)):\(inboxPort ?? 0)/"
        }
        let endpoint = service.boundEndpoint
        let name = status.member?.name
        let line: String
        if isJSON {
            line = JSONValue.object([
                "ready": true, "name": .optional(name), "group": .string(status.groupName),
                "endpoint": .optional(endpoint), "health": .optional(health),
                "inbox": .optional(inbox), "data": .string(configuration.dataDirectory),
            ]).oneLine
        } else {
            let who = name.map { "'\($0)'" } ?? "this node (not known to the group yet)"
            let place = endpoint.map { "listens on \($0)" } ?? "dials the others and is not dialled"
            line = "ready: \(who) of \(PrintableText.oneLine(status.groupName)) \(place)" + (health.map { ", \($0)" } ?? "")
                + (inbox.map { ", pages at \($0)" } ?? "")
        }
        StandardOutput.write(line + "\n")
    }

    /// A host that a browser on this machine can open, where the server listens on every interface.
    private static func browsable(_ host: String) -> String {
        switch host {
        case "0.0.0.0", "*", "::": "localhost"
        default: host.contains(":") ? "[\(host)]" : host
        }
    }
}
