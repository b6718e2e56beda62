/// Where a node serves the staff's pages.
public struct InboxAddress: Hashable, Sendable {
    /// The address that it listens on.
    public var listen: NetworkAddress
    /// Names and addresses that browsers use for it, beside the one it listens on, this machine's name and the loopback.
    public var names: [String]
    /// The files of a certificate chain and its key, as PEM; nil where the node makes its own.
    public var certificate: String?
    /// The key of `certificate`.
    public var key: String?
    /// Whether it is served without TLS. Only on the loopback, behind something that adds it.
    public var isPlain: Bool

    /// An address from its parts.
    public init(listen: NetworkAddress, names: [String] = [], certificate: String? = nil, key: String? = nil, isPlain: Bool = false) {
        self.listen = listen
        self.names = names
        self.certificate = certificate
        self.key = key
        self.isPlain = isPlain
    }

    /// What is wrong with it, in words; nil where nothing is.
    public var mistake: String? {
        if (certificate == nil) != (key == nil) { return "a certificate and its key belong together: name both files, or neither" }
        if isPlain && certificate != nil { return "pages without TLS need no certificate: leave one of the two out" }
        if isPlain && !["127.0.0.1", "::1", "localhost"].contains(listen.host) {
            return "pages without TLS are served on the loopback only (127.0.0.1): passwords would cross the network readable"
        }
        return nil
    }
}
