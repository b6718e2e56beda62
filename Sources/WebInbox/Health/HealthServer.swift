public import Hummingbird
public import OfficeNode
import PageTemplates

/// The node's web server. This first slice serves health and the page of offices and sync, without patient content: staff
/// pages need sign-in, which comes with them.
public enum WebInbox {
    /// A server on `host`:`port` that answers `/health` (JSON; 200 when people can work, 503 when not) and `/` (a page).
    ///
    /// - Parameters:
    ///   - host: An address of this machine; loopback unless the network is trusted.
    ///   - port: The port; 0 picks a free one.
    ///   - now: Wall time in milliseconds since 1970.
    ///   - status: Where the node stands.
    ///   - onRunning: Called when the server listens, with the port it got.
    public static func application(
        host: String, port: Int, now: @escaping @Sendable () -> Int64, status: @escaping @Sendable () async -> NodeStatus,
        onRunning: @escaping @Sendable (Int?) async -> Void = { _ in }
    ) throws -> some ApplicationProtocol {
        Application(
            router: try router(now: now, status: status),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: "suture"),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port) })
    }

    static func router(
        now: @escaping @Sendable () -> Int64, status: @escaping @Sendable () async -> NodeStatus
    ) throws -> Router<BasicRequestContext> {
        let page = try HealthPage()
        let router = Router()
        router.get("/health") { _, _ in
            let report = HealthReport(await status(), now: now())
            return Response(
                status: report.isReady ? .ok : .serviceUnavailable, headers: headers("application/json"),
                body: ResponseBody(byteBuffer: ByteBuffer(string: report.json)))
        }
        router.get("/") { _, _ in
            let report = HealthReport(await status(), now: now())
            return Response(
                status: .ok, headers: headers("text/html; charset=utf-8"),
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: try page.render(report).bytes)))
        }
        return router
    }

    private static func headers(_ contentType: String) -> HTTPFields {
        [
            .contentType: contentType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ]
    }
}
