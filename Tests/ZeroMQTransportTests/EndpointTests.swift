import Testing

@testable import ZeroMQTransport

@Suite("An endpoint")
struct EndpointTests {
    @Test(
        "is accepted as tcp://host:port",
        arguments: [
            ("tcp://127.0.0.1:7800", "127.0.0.1", 7800), ("tcp://office-1.example:1", "office-1.example", 1),
            ("tcp://[::1]:65535", "::1", 65535), ("tcp://[fe80::1%eth0]:80", "fe80::1%eth0", 80),
        ] as [(String, String, UInt16)])
    func accepted(text: String, host: String, port: UInt16) throws {
        let endpoint = try Endpoint(text, for: .connect)
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
        #expect(endpoint.text == text)
    }

    @Test(
        "of any other form is refused by name",
        arguments: [
            "", "tcp://", "tcp://host", "tcp://:80", "tcp://host:", "tcp://host:65536", "tcp://host:-1", "tcp://host:+1",
            "tcp://host:8o", "ipc:///tmp/socket", "inproc://name", "udp://host:1", "TCP://host:80", "tcp://a b:80",
            "tcp://source;host:80", "tcp://host/path:80", "tcp://::1:80", "tcp://[]:80", "tcp://[host]:80",
            "tcp://*:80", "tcp://*:*", "127.0.0.1:80", "tcp://host:0",
        ])
    func refused(text: String) {
        let error = #expect(throws: TransportError.self) { try Endpoint(text, for: .connect) }
        #expect(error?.code == .invalidEndpoint)
        #expect(error?.context == text)
    }

    @Test("may have port 0 or any interface when it is listened on", arguments: ["tcp://127.0.0.1:0", "tcp://*:7800"])
    func bind(text: String) throws {
        #expect(try Endpoint(text, for: .bind).text == text)
    }

    @Test(
        "on every interface is reachable from its own machine",
        arguments: [
            ("tcp://*:5", "tcp://127.0.0.1:5"), ("tcp://0.0.0.0:5", "tcp://127.0.0.1:5"),
            ("tcp://[::]:5", "tcp://[::1]:5"), ("tcp://10.0.0.1:5", "tcp://10.0.0.1:5"),
        ])
    func reachableLocally(bound: String, reachable: String) throws {
        #expect(try Endpoint(bound, for: .bind).reachableLocally.text == reachable)
    }
}
