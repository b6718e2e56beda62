import Foundation
import NodeService
import OfficeNode
import Testing

@Suite("Configuration of a node")
struct NodeConfigurationTests {
    @Test("the least configuration leaves every other setting at its default")
    func defaults() throws {
        let found = try NodeConfiguration(yaml: "data: towson", file: "node.yaml")
        #expect(found == NodeConfiguration(dataDirectory: "towson"))
        #expect(found.limits.frameBytesMax == 1 << 20)
        #expect(found.limits.reconnectInterval == .milliseconds(100))
        #expect(found.log == NodeConfiguration.Log(level: .info, format: .text))
    }

    @Test("the configuration in the repository is read, and its limits and log are the defaults, as it says")
    func shipped() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Config/node.yaml").path
        let found = try NodeConfiguration.load(from: path)
        #expect(found.limits == NodeConfiguration.Limits())
        #expect(found.log == NodeConfiguration.Log())
        #expect(found.dataDirectory == path.replacing("/node.yaml", with: "/towson"))
        #expect(found.listenEndpoint == "tcp://0.0.0.0:7400")
        #expect(found.advertiseEndpoint == "tcp://towson.example.net:7400")
        #expect(found.links == ["belair": "tcp://10.0.0.2:7400"])
        #expect(found.healthAddress == NetworkAddress(host: "127.0.0.1", port: 7480))
        // Every setting there is appears in the file, so that it can serve as the reference.
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for key in [
            "frame-bytes", "outbound-bytes", "connections", "handshake", "heartbeat", "heartbeat-timeout", "reconnect-first",
            "reconnect-last",
        ] {
            #expect(text.contains("\n  \(key): "), "Config/node.yaml does not show \(key)")
        }
    }

    @Test("every setting is taken from its own key")
    func everything() throws {
        let found = try NodeConfiguration(
            yaml: """
                data: /srv/node
                listen: tcp://*:0
                advertise: tcp://[2001:db8::1]:7400
                links: {bel air: "tcp://a.example:1", "1": tcp://10.0.0.1:2}
                health: "[::1]:0"
                log: {level: debug, format: json}
                limits:
                  frame-bytes: 128KiB
                  outbound-bytes: 1GiB
                  connections: 7
                  handshake: 1s
                  heartbeat: 2s
                  heartbeat-timeout: 1min
                  reconnect-first: 5ms
                  reconnect-last: 1h
                """, file: "/etc/node.yaml")
        let expected = NodeConfiguration(
            dataDirectory: "/srv/node", listenEndpoint: "tcp://*:0", advertiseEndpoint: "tcp://[2001:db8::1]:7400",
            links: ["bel air": "tcp://a.example:1", "1": "tcp://10.0.0.1:2"],
            healthAddress: NetworkAddress(host: "::1", port: 0),
            log: NodeConfiguration.Log(level: .debug, format: .json),
            limits: NodeConfiguration.Limits(
                frameBytesMax: 128 << 10, outboundBytesMax: 1 << 30, connectionsMax: 7, handshakeInterval: .seconds(1),
                heartbeatInterval: .seconds(2), heartbeatTimeout: .seconds(60), reconnectInterval: .milliseconds(5),
                reconnectIntervalMax: .seconds(3600)))
        #expect(found == expected)
    }

    @Test(
        "the data directory is relative to the file",
        arguments: [
            ("node.yaml", "towson", "towson"), ("node.yaml", "./towson/", "towson"), ("node.yaml", ".", "."),
            ("conf/node.yaml", "../towson", "conf/../towson"), ("/etc/suture/node.yaml", "./node", "/etc/suture/node"),
            ("/etc/suture/node.yaml", "/var//lib/./node", "/var/lib/node"), ("/node.yaml", "data", "/data"),
        ])
    func paths(file: String, data: String, expected: String) throws {
        #expect(try NodeConfiguration(yaml: "data: \(data)", file: file).dataDirectory == expected)
    }

    /// A configuration with one mistake, and what the message must say.
    struct Mistake: CustomTestStringConvertible {
        let yaml: String
        let parts: [String]

        init(_ yaml: String, _ parts: String...) {
            self.yaml = yaml
            self.parts = parts
        }

        var testDescription: String { yaml }
    }

    @Test(
        "a mistake is reported with file, line, what was found and what was expected",
        arguments: [
            Mistake("", "node.yaml: ", "found no settings", "data"),
            Mistake("# nothing\n", "node.yaml: ", "found no settings"),
            Mistake("just text", "node.yaml:1: ", "found \"just text\"", "name: value"),
            Mistake("- data", "node.yaml:1: ", "found a list"),
            Mistake("listen: tcp://a:1", "node.yaml: data: ", "found nothing", "folder"),
            Mistake("data:", "node.yaml:1: data: ", "found nothing", "a path"),
            Mistake("data: ~/node", "node.yaml:1: data: ", "found \"~/node\"", "~ is not replaced"),
            Mistake("data: [a]", "node.yaml:1: data: ", "found a list"),
            Mistake("data: x\nlissen: tcp://a:1", "node.yaml:2: ", "the unknown setting \"lissen\"", "perhaps listen"),
            Mistake("data: x\ncolour: red", "node.yaml:2: ", "the unknown setting \"colour\"", "one of data, listen"),
            Mistake("data: x\n? [a]\n: b", "node.yaml:2: ", "found a list", "the name of a setting"),
            Mistake("data: x\ndata: y", "node.yaml:2: ", "\"data\" more than once", "each setting once"),
            Mistake("data: x\nlisten: ipc:///tmp/x", "node.yaml:2: listen: ", "\"ipc:///tmp/x\"", "tcp://host:port"),
            Mistake("data: x\nlisten: tcp://a:65536", "node.yaml:2: listen: ", "from 0 to 65535"),
            Mistake("data: x\nlisten: tcp://a;b:1", "node.yaml:2: listen: ", "\"tcp://a;b:1\""),
            Mistake("data: x\nlisten: tcp://a:1\nadvertise: tcp://*:1", "node.yaml:3: advertise: ", "\"tcp://*:1\""),
            Mistake("data: x\nlisten: tcp://a:1\nadvertise: tcp://0.0.0.0:1", "node.yaml:3: advertise: "),
            Mistake("data: x\nlisten: tcp://a:1\nadvertise: tcp://a:0", "node.yaml:3: advertise: ", "from 1 to 65535"),
            Mistake("data: x\nadvertise: tcp://a:1", "node.yaml:2: advertise: ", "without `listen`"),
            Mistake("data: x\nlinks: [tcp://a:1]", "node.yaml:2: links: ", "found a list"),
            Mistake("data: x\nlinks:\n  b: tcp://a", "node.yaml:3: links.b: ", "\"tcp://a\"", "from 1 to 65535"),
            Mistake("data: x\nhealth: 7480", "node.yaml:2: health: ", "\"7480\"", "127.0.0.1:7480"),
            Mistake("data: x\nhealth: '*:7480'", "node.yaml:2: health: "),
            Mistake("data: x\nlog:\n  level: loud", "node.yaml:3: log.level: ", "\"loud\"", "error, warning, info, debug"),
            Mistake("data: x\nlog:\n  format: xml", "node.yaml:3: log.format: ", "\"xml\"", "text, json"),
            Mistake("data: x\nlog:\n  colour: no", "node.yaml:3: log: ", "unknown setting \"colour\"", "level, format"),
            Mistake("data: x\nlog: info", "node.yaml:2: log: ", "\"info\"", "name: value"),
            Mistake("data: x\nlimits:\n  frame-bytes: 1 MiB", "node.yaml:3: limits.frame-bytes: ", "512KiB", "64KiB to 1GiB"),
            Mistake("data: x\nlimits:\n  frame-bytes: 1024", "node.yaml:3: limits.frame-bytes: ", "\"1024\""),
            Mistake("data: x\nlimits:\n  frame-bytes: 1B", "node.yaml:3: limits.frame-bytes: ", "from 64KiB"),
            Mistake("data: x\nlimits:\n  frame-bytes: 99999999999999999GiB", "node.yaml:3: limits.frame-bytes: "),
            Mistake("data: x\nlimits:\n  connections: 0", "node.yaml:3: limits.connections: ", "from 1 to 100000"),
            Mistake("data: x\nlimits:\n  connections: -1", "node.yaml:3: limits.connections: ", "\"-1\""),
            Mistake("data: x\nlimits:\n  handshake: 5 seconds", "node.yaml:3: limits.handshake: ", "from 1ms to 1h"),
            Mistake("data: x\nlimits:\n  handshake: 0s", "node.yaml:3: limits.handshake: ", "\"0s\""),
            Mistake("data: x\nlimits:\n  handshake: -5s", "node.yaml:3: limits.handshake: ", "\"-5s\""),
            Mistake("data: x\nlimits:\n  hand-shake: 5s", "node.yaml:3: limits: ", "perhaps handshake"),
            Mistake("data: x\nlimits:\n  heartbeat: 40s", "limits.heartbeat-timeout: ", "found 30s", "heartbeat, which is 40s"),
            Mistake("data: x\nlimits:\n  reconnect-last: 50ms", "node.yaml:3: limits.reconnect-last: ", "which is 100ms"),
            Mistake("data: x\nlimits:\n  outbound-bytes: 64KiB", "node.yaml:3: limits.outbound-bytes: ", "which is 1MiB"),
            Mistake("data: x\nlaptop: 14 days", "node.yaml:2: laptop: ", "name: value"),
            Mistake("data: x\nlaptop:\n  refuse-after: 2 weeks", "node.yaml:3: laptop.refuse-after: ", "14 days", "1 to 3650"),
            Mistake("data: x\nlaptop:\n  refuse-after: 14", "node.yaml:3: laptop.refuse-after: ", "\"14\""),
            Mistake("data: x\nlaptop:\n  refuse-after: 0 days", "node.yaml:3: laptop.refuse-after: ", "\"0 days\""),
            Mistake("data: x\nlaptop:\n  refuse-after: -1 day", "node.yaml:3: laptop.refuse-after: "),
            Mistake("data: x\nlaptop:\n  refuse-after: 4000d", "node.yaml:3: laptop.refuse-after: ", "3650"),
            Mistake("data: x\nlaptop:\n  refuse-afer: 3d", "node.yaml:3: laptop: ", "perhaps refuse-after"),
            Mistake("data: x\nlaptop:\n  holds: 30 days", "node.yaml:3: laptop.holds: ", "name: value"),
            Mistake("data: x\nlaptop:\n  holds: {people: ana}", "node.yaml:3: laptop.holds.for: ", "found nothing", "14 days"),
            Mistake("data: x\nlaptop:\n  holds:\n    for: 30", "node.yaml:4: laptop.holds.for: ", "\"30\"", "1 to 3650"),
            Mistake("data: x\nlaptop:\n  holds:\n    for: 0 days", "node.yaml:4: laptop.holds.for: ", "\"0 days\""),
            Mistake("data: x\nlaptop:\n  holds:\n    for: 30d\n    people: a,,b", "node.yaml:5: laptop.holds.people: ", "by commas"),
            Mistake("data: x\nlaptop:\n  holds:\n    for: 30d\n    people: [a]", "node.yaml:5: laptop.holds.people: ", "found a list"),
            Mistake("data: x\nlaptop:\n  holds:\n    for: 30d\n    queue: a", "node.yaml:5: laptop.holds: ", "perhaps queues"),
            Mistake("data: \"x", "node.yaml:1: ", "found a place where", "expected YAML"),
            Mistake("data: x\n\tlisten: y", "node.yaml:2: ", "expected YAML"),
            Mistake("data: x\n---\ndata: y", "node.yaml:2: ", "another document"),
            Mistake("data: \u{1}x", "node.yaml", "expected YAML"),
        ])
    func mistakes(_ mistake: Mistake) throws {
        let error = try #require(throws: NodeServiceError.self) {
            try NodeConfiguration(yaml: mistake.yaml, file: "node.yaml")
        }
        #expect(error.code == .configuration)
        #expect(error.context == "node.yaml")
        #expect(!error.message.contains("\n"), "one mistake gave several lines: \(error.message)")
        for part in mistake.parts {
            #expect(error.message.contains(part), "\(error.message) lacks \(part)")
        }
        #expect(error.message.contains("expected "))
    }

    @Test("how long a laptop may be away is said in days", arguments: ["14 days", "14days", "14d", "14 d", "14 day"])
    func away(_ text: String) throws {
        let found = try NodeConfiguration(yaml: "data: x\nlaptop: {refuse-after: \(text)}", file: "f")
        #expect(found.refuseAfter == .seconds(14 * 86_400))
        #expect(try NodeConfiguration(yaml: "data: x", file: "f").refuseAfter == nil)
    }

    @Test("what a laptop holds is said in days, and whose threads besides")
    func holds() throws {
        let day: Int64 = 86_400_000
        #expect(try NodeConfiguration(yaml: "data: x", file: "f").laptopScope == nil)
        let usual = try NodeConfiguration(yaml: "data: x\nlaptop: {holds: {for: 30 days}}", file: "f")
        #expect(usual.laptopScope == LaptopScope(age: 30 * day) && usual.refuseAfter == nil)
        let text = "data: x\nlaptop: {refuse-after: 7d, holds: {for: 1d, people: \"oncall, osei\", queues: after-hours}}"
        let found = try NodeConfiguration(yaml: text, file: "f")
        #expect(found.laptopScope == LaptopScope(age: day, people: ["oncall", "osei"], queues: ["after-hours"]))
        #expect(found.refuseAfter == .seconds(7 * 86_400))
    }

    @Test("all mistakes of a file are reported at once, a line each")
    func several() throws {
        let error = try #require(throws: NodeServiceError.self) {
            try NodeConfiguration(
                yaml: "data: x\nlisten: here\nlog: {level: loud}\nlimits: {handshake: soon, heartbeat: 2h}", file: "f")
        }
        let places = error.message.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(places == ["f:2:", "f:3:", "f:4:", "f:4:"])
    }

    @Test("a long or odd value is quoted short and without control characters")
    func quoting() throws {
        let error = try #require(throws: NodeServiceError.self) {
            try NodeConfiguration(yaml: "data: x\nhealth: \"\\e[31m\(String(repeating: "a", count: 500))\"", file: "f")
        }
        #expect(!error.message.contains("\u{1B}"))
        #expect(error.message.count < 200)
        #expect(error.message.contains("…"))
    }

    @Test("a file that cannot be read says why and what to check")
    func unreadable() throws {
        let folder = try ScratchFolder()
        func message(_ path: String) throws -> String {
            let error = try #require(throws: NodeServiceError.self) { try NodeConfiguration.load(from: path) }
            #expect(error.code == .configuration)
            #expect(error.message.hasPrefix(path))
            return error.message
        }
        #expect(try message(folder.file("none.yaml")).contains("No such file"))
        #expect(try message(folder.path).contains("Is a directory"))
        try Data([0x64, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: folder.file("bytes.yaml")))
        #expect(try message(folder.file("bytes.yaml")).contains("UTF-8"))
        try folder.write(String(repeating: "# long\n", count: 200_000), to: "long.yaml")
        #expect(try message(folder.file("long.yaml")).contains("more than 1MiB"))
    }

    @Test(
        "an address is read back as it is written", arguments: ["127.0.0.1:7480", "localhost:1", "[::1]:65535", "[fe80::1%eth0]:9"])
    func addresses(text: String) throws {
        #expect(try #require(NetworkAddress(text)).description == text)
    }

    @Test(
        "what is no address is refused",
        arguments: ["", ":", "a:", ":1", "a", "a:b", "a:-1", "a:+1", "a:65536", "a b:1", "::1:1", "[]:1", "[::1]", "[a]:1", "*:1", "ä:1", "a:１"])
    func wrongAddresses(text: String) {
        #expect(NetworkAddress(text) == nil)
    }
}
