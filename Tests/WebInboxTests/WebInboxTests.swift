import Hummingbird
import HummingbirdTesting
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

    private static func application() throws -> some ApplicationProtocol {
        let status = try status()
        return try WebInbox.application(host: "127.0.0.1", port: 0, now: { 1_760_000_001_000 }, status: { status })
    }

    @Test("/health answers 200 with JSON that names the node and says that people can work")
    func health() async throws {
        try await Self.application().test(.router) { client in
            try await client.execute(uri: "/health", method: .get) { response in
                #expect(response.status == .ok)
                #expect(response.headers[.contentType] == "application/json")
                let text = String(buffer: response.body)
                #expect(text.contains(#""node":"towson""#))
                #expect(text.contains(#""ready":true"#))
            }
        }
    }

    @Test("the page shows the group's name escaped and allows nothing from elsewhere")
    func page() async throws {
        try await Self.application().test(.router) { client in
            try await client.execute(uri: "/", method: .get) { response in
                #expect(response.status == .ok)
                let text = String(buffer: response.body)
                #expect(text.contains("Chesapeake &lt;Oral&gt; Surgery"))
                #expect(!text.contains("<Oral>"))
                #expect(response.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
            }
        }
    }

    @Test("an address that does not exist is 404 and nothing else", arguments: ["/inbox", "/..%2f", "/health/x"])
    func unknown(path: String) async throws {
        try await Self.application().test(.router) { client in
            try await client.execute(uri: path, method: .get) { #expect($0.status == .notFound) }
        }
    }
}
