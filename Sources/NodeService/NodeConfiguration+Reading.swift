import Glibc
import Yams

extension NodeConfiguration {
    /// Longest configuration file that is read, in bytes.
    private static let fileBytesMax = 1 << 20

    /// Reads and checks the configuration file at `path`. Paths in it are relative to it.
    /// - Throws: ``NodeServiceError`` with ``NodeServiceError/Code/configuration``: the file cannot be read, or holds
    ///   mistakes; then the message has a line for each, with file, line, what was found and what was expected.
    public static func load(from path: String) throws(NodeServiceError) -> NodeConfiguration {
        try NodeConfiguration(yaml: readText(at: path), file: path)
    }

    /// Checks the configuration in `yaml`, which stands in the file at the path `file`: that path is used for messages
    /// and for paths that are relative to the file, and is not opened.
    /// - Throws: ``NodeServiceError`` as ``load(from:)`` does.
    public init(yaml: String, file: String) throws(NodeServiceError) {
        var reader = ConfigurationReader()
        self.init(dataDirectory: "")
        do throws(ConfigurationFault) {
            if let root = try ConfigurationFault.compose(yaml) {
                read(root, file: file, with: &reader)
            } else {
                reader.report(ConfigurationMistake(
                    line: nil, setting: nil, found: "no settings", expected: "at least `data: <folder>`"))
            }
        } catch {
            reader.report(error.mistake)
        }
        guard reader.mistakes.isEmpty else {
            throw NodeServiceError(
                .configuration, reader.mistakes.map { $0.text(file: file) }.joined(separator: "\n"), context: file)
        }
    }

    private mutating func read(_ root: Node, file: String, with reader: inout ConfigurationReader) {
        let keys = ["data", "listen", "advertise", "links", "health", "inbox", "at-rest", "laptop", "log", "limits"]
        guard let settings = reader.section(root, at: "", keys: keys) else { return }
        if let folder = reader.value("data", in: settings, expected: "a path; ~ is not replaced", parse: Self.path) {
            dataDirectory = Self.resolve(folder, besides: file)
        } else if !reader.has("data", in: settings) {
            reader.report(ConfigurationMistake(
                line: nil, setting: "data", found: "nothing", expected: "the folder with this node's replica and keys"))
        }
        let address = "tcp://host:port with a port from 1 to 65535"
        listenEndpoint = reader.value(
            "listen", in: settings, expected: "tcp://host:port with a port from 0 to 65535",
            parse: ConfigurationValue.listenEndpoint)
        advertiseEndpoint = reader.value(
            "advertise", in: settings, expected: "\(address) at which others reach this node",
            parse: ConfigurationValue.dialEndpoint)
        if reader.has("advertise", in: settings), !reader.has("listen", in: settings) {
            reader.report(ConfigurationMistake(
                line: reader.line(of: "advertise", in: settings), setting: "advertise",
                found: "an endpoint for the others without `listen`", expected: "`listen` too, or neither"))
        }
        if let links = reader.section("links", in: settings, keys: nil) {
            for name in reader.keys(of: links) {
                self.links[name] = reader.value(
                    name, in: links, expected: address, parse: ConfigurationValue.dialEndpoint)
            }
        }
        healthAddress = reader.value("health", in: settings, expected: "host:port, such as 127.0.0.1:7480") {
            NetworkAddress($0)
        }
        readInbox(in: settings, file: file, with: &reader)
        readAtRest(in: settings, file: file, with: &reader)
        readLaptop(in: settings, with: &reader)
        readLog(in: settings, with: &reader)
        if let limits = reader.section("limits", in: settings, keys: Self.limitKeys) {
            readLimits(in: limits, with: &reader)
        }
    }

    private mutating func readLog(
        in settings: ConfigurationReader.Section, with reader: inout ConfigurationReader
    ) {
        guard let section = reader.section("log", in: settings, keys: ["level", "format"]) else { return }
        func names<Value: CaseIterable & RawRepresentable<String>>(_ type: Value.Type) -> String {
            "one of \(type.allCases.map(\.rawValue).joined(separator: ", "))"
        }
        log.level =
            reader.value("level", in: section, expected: names(Log.Level.self)) { Log.Level(rawValue: $0) } ?? log.level
        log.format =
            reader.value("format", in: section, expected: names(Log.Format.self)) { Log.Format(rawValue: $0) }
            ?? log.format
    }

    private static let limitKeys = [
        "frame-bytes", "outbound-bytes", "connections", "handshake", "heartbeat", "heartbeat-timeout", "reconnect-first",
        "reconnect-last",
    ]

    private mutating func readLimits(
        in section: ConfigurationReader.Section, with reader: inout ConfigurationReader
    ) {
        func size(_ key: String, _ fallback: Int, from least: Int, to most: Int) -> Int {
            reader.value(
                key, in: section, expected: "a size such as 512KiB or 1MiB", range: least...most, default: fallback,
                text: ConfigurationValue.text(bytes:), parse: ConfigurationValue.size)
        }
        func duration(_ key: String, _ fallback: Duration) -> Duration {
            reader.value(
                key, in: section, expected: "a duration such as 100ms, 5s or 10min",
                range: .milliseconds(1)...Duration.seconds(3600), default: fallback, text: ConfigurationValue.text,
                parse: ConfigurationValue.duration)
        }
        limits.frameBytesMax = size("frame-bytes", limits.frameBytesMax, from: 64 << 10, to: 1 << 30)
        limits.outboundBytesMax = size("outbound-bytes", limits.outboundBytesMax, from: 64 << 10, to: 64 << 30)
        limits.connectionsMax = reader.value(
            "connections", in: section, expected: "a whole number", range: 1...100_000, default: limits.connectionsMax,
            text: { "\($0)" }, parse: ConfigurationValue.count)
        limits.handshakeInterval = duration("handshake", limits.handshakeInterval)
        limits.heartbeatInterval = duration("heartbeat", limits.heartbeatInterval)
        limits.heartbeatTimeout = duration("heartbeat-timeout", limits.heartbeatTimeout)
        limits.reconnectInterval = duration("reconnect-first", limits.reconnectInterval)
        limits.reconnectIntervalMax = duration("reconnect-last", limits.reconnectIntervalMax)
        checkLimits(in: section, with: &reader)
    }

    /// What only shows when two settings stand side by side. Not asked after another mistake: what stands in for a wrong
    /// value says nothing about its neighbour.
    private func checkLimits(in section: ConfigurationReader.Section, with reader: inout ConfigurationReader) {
        guard reader.mistakes.isEmpty else { return }
        func require(_ holds: Bool, _ key: String, _ found: String, atLeast other: String, _ least: String) {
            guard !holds else { return }
            reader.report(ConfigurationMistake(
                line: reader.line(of: key, in: section), setting: "limits.\(key)", found: found,
                expected: "at least \(other), which is \(least)"))
        }
        require(
            limits.outboundBytesMax >= limits.frameBytesMax, "outbound-bytes",
            ConfigurationValue.text(bytes: limits.outboundBytesMax), atLeast: "frame-bytes",
            ConfigurationValue.text(bytes: limits.frameBytesMax))
        require(
            limits.heartbeatTimeout >= limits.heartbeatInterval, "heartbeat-timeout",
            ConfigurationValue.text(limits.heartbeatTimeout), atLeast: "heartbeat",
            ConfigurationValue.text(limits.heartbeatInterval))
        require(
            limits.reconnectIntervalMax >= limits.reconnectInterval, "reconnect-last",
            ConfigurationValue.text(limits.reconnectIntervalMax), atLeast: "reconnect-first",
            ConfigurationValue.text(limits.reconnectInterval))
    }

    // MARK: - Files and paths

    /// A home folder is the shell's affair: a folder really called `~` would be a surprise.
    static func path(_ text: String) -> String? {
        text.isEmpty || text.hasPrefix("~") || text.contains("\0") ? nil : text
    }

    static func resolve(_ path: String, besides file: String) -> String {
        var parts = path.split(separator: "/").filter { $0 != "." }.map(String.init)
        if path.hasPrefix("/") { return "/" + parts.joined(separator: "/") }
        if let slash = file.lastIndex(of: "/") {
            let folder = file[..<slash]
            return ([String(folder)] + parts).joined(separator: "/")
        }
        if parts.isEmpty { parts = ["."] }
        return parts.joined(separator: "/")
    }

    static func readText(at path: String) throws(NodeServiceError) -> String {
        func failure(_ found: String) -> NodeServiceError {
            NodeServiceError(.configuration, "\(path): \(found)", context: path)
        }
        let bytes: [UInt8]?
        do throws(FileFault) {
            bytes = try FileFault.contents(of: path, bytesMax: fileBytesMax)
        } catch {
            throw failure("the configuration cannot be read: \(error.reason); check the path given with --config")
        }
        guard let bytes else {
            throw failure("found more than 1MiB, expected a configuration; check the path given with --config")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure("found bytes that are not UTF-8, expected YAML text in UTF-8")
        }
        return text
    }
}
