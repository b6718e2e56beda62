/// The ROUTER that peers dial, with its monitor.
final class Listener {
    let socket: Socket
    let monitor: SocketMonitor
    /// Where it listens, with the real port.
    let endpoint: String
    let port: UInt16

    /// - Parameter domain: must be registered with the authentication handler already: without a handler libzmq would
    ///   have nobody to ask.
    init(
        _ configuration: TransportConfiguration, at wanted: Endpoint, domain: String, in context: ContextHandle
    ) throws(TransportError) {
        socket = try Socket(.router, in: context)
        try socket.apply(configuration)
        try socket.set(.curveServer, 1)
        try socket.set(.authenticationDomain, Array(domain.utf8))
        try socket.set(.enforceDomain, 1)
        try socket.set(.routerMandatory, 1)
        try socket.set(.backlog, 128)
        try socket.set(.ipv6, wanted.isIPv6 ? 1 : 0)
        monitor = try SocketMonitor(of: socket, in: context)
        try socket.bind(wanted.text)
        endpoint = try socket.lastEndpoint()
        port = try Endpoint(endpoint, for: .connect).port
    }

    func close() {
        socket.close()
        monitor.socket.close()
    }
}
