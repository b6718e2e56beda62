import Testing

@testable import ZeroMQTransport

@Suite("A configuration")
struct TransportConfigurationTests {
    @Test("with the defaults is valid")
    func defaults() throws {
        try TransportConfiguration.sample().validate()
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let setting: String
        let apply: @Sendable (inout TransportConfiguration) -> Void
        var testDescription: String { setting }
    }

    @Test(
        "with a value out of range is refused, and the setting named",
        arguments: [
            Fault(setting: "messageBytesMax") { $0.messageBytesMax = 0 },
            Fault(setting: "messageBytesMax") { $0.messageBytesMax = .max },
            Fault(setting: "framesPerMessageMax") { $0.framesPerMessageMax = 0 },
            Fault(setting: "highWaterMark") { $0.highWaterMark = 0 },
            Fault(setting: "inboundBytesMax") { $0.inboundBytesMax = $0.messageBytesMax - 1 },
            Fault(setting: "outboundBytesMax") { $0.outboundBytesMax = -1 },
            Fault(setting: "connectionsMax") { $0.connectionsMax = 0 },
            Fault(setting: "refusalEventsPerSecondMax") { $0.refusalEventsPerSecondMax = -1 },
            Fault(setting: "handshakeInterval") { $0.handshakeInterval = .zero },
            Fault(setting: "heartbeatInterval") { $0.heartbeatInterval = .zero },
            Fault(setting: "heartbeatTimeout") { $0.heartbeatTimeout = .seconds(1) },
            Fault(setting: "reconnectInterval") { $0.reconnectInterval = .seconds(-1) },
            Fault(setting: "reconnectIntervalMax") { $0.reconnectIntervalMax = .milliseconds(1) },
            Fault(setting: "linger") { $0.linger = .seconds(-1) },
            Fault(setting: "secretKey") { $0.secretKey = [1, 2, 3] },
            Fault(setting: "publicKey") { $0.secretKey[0] ^= 64 },
        ])
    func outOfRange(fault: Fault) throws {
        var configuration = try TransportConfiguration.sample()
        fault.apply(&configuration)
        let error = #expect(throws: TransportError.self) {
            try ZeroMQTransport(configuration: configuration) { _ in }
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.context == fault.setting)
    }

    @Test("never shows its secret key")
    func secret() throws {
        var configuration = try TransportConfiguration.sample()
        configuration.secretKey = [UInt8](repeating: 0xAB, count: 32)
        var dumped = ""
        dump(configuration, to: &dumped)
        dumped = dumped.split(whereSeparator: \.isNewline).joined(separator: ", ")
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("171, 171"))
            #expect(!text.lowercased().contains("abababab"))
            #expect(!text.contains("secret"))
        }
    }
}
