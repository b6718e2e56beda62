import Foundation
import Hummingbird
import OfficeNode
import ReplicaStore
import Testing
import Vault

@testable import WebInbox

@Suite("The node's web server")
struct WebInboxTests {
    /// A node that was just founded, in memory.
    private static func status() throws -> NodeStatus {
        let random = SeededRandomSource(seed: 7, stream: "web")
        let identity = try MemberIdentity(random: random)
        let store = try ReplicaStore(.memory)
        _ = try Founding.found(
            store, identity: identity, groupName: "Chesapeake <Oral> Surgery", name: "towson", office: nil, endpoint: "",
            now: 1_760_000_000_000, random: random)
        return try OfficeNode(store: store, identity: identity, random: random).status
    }

    /// Runs `body` against a real server on a free loopback port.
    private func serving(_ body: @escaping @Sendable (LoopbackClient) async throws -> Void) async throws {
        let status = try Self.status()
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: try WebInbox.router(now: { 1_760_000_001_000 }, status: { status }),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port ?? 0)
                port.finish()
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports { try await body(LoopbackClient(port: port)) }
            group.cancelAll()
        }
    }

    @Test("/health answers 200 with JSON that names the node and says that people can work")
    func health() async throws {
        try await serving { client in
            let answer = try await client.get("/health")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.body.contains(#""node":"towson""#))
            #expect(answer.body.contains(#""ready":true"#))
        }
    }

    @Test("the page shows the group's name escaped and allows nothing from elsewhere")
    func page() async throws {
        try await serving { client in
            let answer = try await client.get("/")
            #expect(answer.status == 200)
            #expect(answer.body.contains("Chesapeake &lt;Oral&gt; Surgery"))
            #expect(!answer.body.contains("<Oral>"))
            #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
            #expect(answer.headers["x-content-type-options"] == "nosniff")
        }
    }

    @Test("an address that does not exist is 404 and nothing else", arguments: ["/inbox", "/..%2f", "/health/x"])
    func unknown(path: String) async throws {
        try await serving { client in
            let answer = try await client.get(path)
            #expect(answer.status == 404)
        }
    }
}
