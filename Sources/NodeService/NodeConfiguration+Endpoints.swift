extension NodeConfiguration {
    /// Whether `endpoint` can be listened on: `tcp://host:port`, where the host may be `*` and the port 0.
    public static func isListenEndpoint(_ endpoint: String) -> Bool { ConfigurationValue.listenEndpoint(endpoint) != nil }

    /// Whether `endpoint` can be dialled by others: `tcp://host:port` with one host and a port.
    public static func isDialEndpoint(_ endpoint: String) -> Bool { ConfigurationValue.dialEndpoint(endpoint) != nil }
}
