import Testing

@testable import ZeroMQTransport

@Suite("The progress of a connection")
struct ConnectionProgressTests {
    struct Look: Sendable {
        /// Bytes received since the connection was made.
        let received: UInt64
        /// Payload of the messages taken since the look before.
        var messages: [Int] = []
        var isDrained = true
        let finding: ConnectionProgress.Finding
    }

    @Test(
        "tells a message without end, and a peer that is too fast, from one that is only busy",
        arguments: [
            // No message was made of it, twice running.
            [
                Look(received: 1000, finding: .sound), Look(received: 1001, finding: .sound),
                Look(received: 1001, finding: .endlessMessage),
            ],
            // Messages arrive and nothing is left, however many bytes they have.
            (1...10).map { Look(received: $0 * 1_000_000, messages: [5], finding: .sound) },
            // Much waits for good, but it is being taken as fast as it comes.
            (1...10).map { Look(received: $0 * 5042 + 900, messages: [5000], isDrained: false, finding: .sound) },
            // More comes than is taken.
            [
                Look(received: 6000, messages: [100], isDrained: false, finding: .sound),
                Look(received: 9000, messages: [100], isDrained: false, finding: .overrun),
            ],
            // A handler took its time, then all was taken.
            [
                Look(received: 6000, messages: [100], isDrained: false, finding: .sound),
                Look(received: 9000, messages: [100], isDrained: true, finding: .sound),
                Look(received: 9500, finding: .sound),
            ],
        ])
    func looks(looks: [Look]) {
        var progress = ConnectionProgress(now: .now)
        let findings = looks.map { look in
            for byteCount in look.messages { progress.messageArrived(byteCount: byteCount) }
            return progress.look(received: look.received, isDrained: look.isDrained, backlogMax: 1000, now: .now)
        }
        #expect(findings == looks.map(\.finding))
    }

    @Test("hears the peer in messages and in bytes alike")
    func silence() {
        let start = ContinuousClock.now
        var progress = ConnectionProgress(now: start)
        let silences = [(100, 0), (100, 0), (200, 0), (200, 1), (200, 0)].enumerated().map { index, look in
            for _ in 0..<look.1 { progress.messageArrived(byteCount: 1) }
            let now = start + .seconds(index + 1)
            _ = progress.look(received: UInt64(look.0), isDrained: true, backlogMax: 1000, now: now)
            return progress.silence(at: now)
        }
        #expect(silences == [.zero, .seconds(1), .zero, .zero, .seconds(1)])
    }

    @Test("asks for a heartbeat at once and then at every interval")
    func heartbeat() {
        let start = ContinuousClock.now
        var progress = ConnectionProgress(now: start)
        let due = [0, 5, 10, 11, 25].map { seconds in
            progress.isHeartbeatDue(at: start + .seconds(seconds), interval: .seconds(10))
        }
        #expect(due == [true, false, true, false, true])
    }
}
