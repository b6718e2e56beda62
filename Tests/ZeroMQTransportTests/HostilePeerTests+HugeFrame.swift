import Testing

@testable import ZeroMQTransport

extension HostilePeerTests {
    /// Where a stranger, who has not proven who it is, claims that 300 MiB follow.
    enum HugeFrame: String, CaseIterable, CustomTestStringConvertible {
        case command = "as a command of the handshake"
        case message = "as a message in place of the handshake"
        case oldFrame = "as a frame of the first version of the protocol"

        private static let byteCount = 300 << 20

        var testDescription: String { rawValue }

        /// What it sends before the bytes that it announced.
        var head: [UInt8] {
            let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(Self.byteCount) >> (56 - 8 * UInt64($0))) }
            let mechanism = Array("CURVE".utf8) + [UInt8](repeating: 0, count: 15)
            let greeting: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 0] + mechanism + [UInt8](repeating: 0, count: 32)
            switch self {
            case .command: return greeting + [0x06] + length
            case .message: return greeting + [0x02] + length
            // Its last byte is not that of a signature.
            case .oldFrame: return [0xFF] + length + [0]
            }
        }
    }

    @Test("that announces 300 MiB before it has said who it is is cut off after a little", arguments: HugeFrame.allCases)
    func hugeFrame(_ frame: HugeFrame) async throws {
        let connection = try PlainConnection(to: victim.endpoint)
        connection.write(frame.head)
        let bytes = [UInt8](repeating: 0x5A, count: 64 << 10)
        var taken = 0
        try await eventually("it is cut off") {
            while true {
                guard let count = connection.push(bytes) else { return true }
                taken += count
                if count == 0 || taken > 64 << 20 { return false }
            }
        }
        // What the system keeps for a connection is in it, which is some megabytes.
        #expect(taken < 16 << 20, "\(taken) bytes were taken")
        try await eventually("it is gone") { victim.transport.counters.connectionsOpen == 1 }
        // Not whether it is counted: libzmq tells nothing but that it is gone, and where that was over before anybody could look, it is not
        // known whether the caller had hung up.
        try await nodeGoesOn()
        #expect(victim.log.senders == [friend.key])
    }
}
