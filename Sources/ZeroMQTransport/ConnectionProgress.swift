/// What a connection has brought, as against what was taken from it.
///
/// Notices two things that libzmq does not show: bytes that pile up before us, because a message never ends (libzmq
/// keeps its frames until the last one) or because the peer sends faster than we take; and a peer that fell silent.
struct ConnectionProgress {
    private var messages = 0
    private var bytesTaken: UInt64 = 0
    private var bytesReceived: UInt64 = 0
    private var strikes = 0
    private var lastHeard: ContinuousClock.Instant
    private var nextHeartbeat: ContinuousClock.Instant

    /// What a look at the connection showed.
    enum Finding: Equatable {
        case sound
        /// Too much has come in that no message was made of.
        case endlessMessage
        /// Messages came and were taken, but too many more wait.
        case overrun
    }

    init(now: ContinuousClock.Instant) {
        lastHeard = now
        nextHeartbeat = now
    }

    /// A message was taken whose payload had that many bytes.
    mutating func messageArrived(byteCount: Int) {
        messages += 1
        // Around the payload on the wire: the CURVE command (33 bytes) and the frame's flags and length.
        let command = UInt64(byteCount) + 33
        bytesTaken += command + (command <= 255 ? 2 : 9)
    }

    /// To be called from time to time.
    ///
    /// - Parameters:
    ///   - received: bytes since the connection was made, `nil` where the system does not tell.
    ///   - isDrained: nothing waited on the socket at some time since the last look.
    ///   - backlogMax: bytes that may wait. More have to be found twice running: they may just have come in while
    ///     an event handler took its time.
    mutating func look(
        received: UInt64?, isDrained: Bool, backlogMax: UInt64, now: ContinuousClock.Instant
    ) -> Finding {
        let received = received ?? bytesReceived
        let messages = messages
        if messages > 0 || received > bytesReceived { lastHeard = now }
        // Also does away with what the handshake and libzmq's own commands add up to.
        if isDrained && messages > 0 { bytesTaken = received }
        bytesReceived = received
        self.messages = 0
        strikes = received > bytesTaken && received - bytesTaken > backlogMax ? strikes + 1 : 0
        guard strikes > 1 else { return .sound }
        return messages > 0 ? .overrun : .endlessMessage
    }

    func silence(at now: ContinuousClock.Instant) -> Duration { now - lastHeard }

    /// Whether it is time to show the peer that we are there; if so, sets the next time.
    mutating func isHeartbeatDue(at now: ContinuousClock.Instant, interval: Duration) -> Bool {
        guard now >= nextHeartbeat else { return false }
        nextHeartbeat = now + interval
        return true
    }
}
