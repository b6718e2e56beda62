import Glibc

/// The control thread's work: accepts, reads requests, hands them to the handler, writes answers. It alone touches the
/// sockets; everything else reaches it through the mailbox.
final class ControlLoop {
    private let listening: ControlSocket.Listening
    private let mailbox: ControlMailbox
    private let limits: ControlLimits
    private let handler: @Sendable (ControlRequest) async -> ControlResponse

    private var connections: [UInt64: ControlConnection] = [:]
    private var lastID: UInt64 = 0
    /// Until when not to accept, after the system had no more descriptors; otherwise the loop would spin.
    private var acceptPause: ContinuousClock.Instant?
    /// Set by the wish to stop: until when answers may still be written.
    private var drainEnd: ContinuousClock.Instant?

    init(
        listening: ControlSocket.Listening, mailbox: ControlMailbox, limits: ControlLimits,
        handler: @escaping @Sendable (ControlRequest) async -> ControlResponse
    ) {
        self.listening = listening
        self.mailbox = mailbox
        self.limits = limits
        self.handler = handler
    }

    func run() {
        while true {
            takeMail()
            expire()
            connections = connections.filter { !$0.value.isClosed }
            if let drainEnd, connections.isEmpty || .now >= drainEnd { break }
            wait()
        }
        for connection in connections.values { connection.close() }
        mailbox.end()
    }

    private func takeMail() {
        let (answers, stopping) = mailbox.take()
        for answer in answers {
            guard let connection = connections[answer.connection], connection.isHandling else { continue }
            connection.answer(answer.line, thenClose: false)
            connection.flush()
            if connection.isReading { read(connection) }
        }
        guard stopping else { return }
        if drainEnd == nil {
            drainEnd = .now + limits.drainMax
            listening.close()
        }
        for connection in connections.values where connection.isReading { connection.close() }
    }

    /// Ends the connections on which nothing has moved for too long.
    private func expire() {
        if let pause = acceptPause, .now >= pause { acceptPause = nil }
        for connection in connections.values {
            guard let deadline = connection.deadline, .now >= deadline else { continue }
            if connection.isReading {
                refuse(connection, "idle", "nothing was sent for \(ConfigurationValue.text(limits.idleMax))")
            } else {
                connection.close()
            }
        }
    }

    private func wait() {
        let waiting = connections.values.sorted { $0.id < $1.id }
        var descriptors = [pollfd(fd: mailbox.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        // A negative descriptor is passed over, which keeps the places in the array.
        let accepts = drainEnd == nil && acceptPause == nil
        descriptors.append(pollfd(fd: accepts ? listening.descriptor : -1, events: Int16(POLLIN), revents: 0))
        descriptors += waiting.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
        guard poll(&descriptors, nfds_t(descriptors.count), timeout(of: waiting)) > 0 else { return }

        for (connection, descriptor) in zip(waiting, descriptors[2...]) where descriptor.revents != 0 {
            advance(connection, revents: descriptor.revents)
        }
        if descriptors[1].revents != 0 { accept() }
    }

    /// Milliseconds to the nearest deadline, rounded up; -1 for none.
    private func timeout(of waiting: [ControlConnection]) -> Int32 {
        let deadlines = waiting.compactMap(\.deadline) + [drainEnd, acceptPause].compactMap(\.self)
        guard let nearest = deadlines.min() else { return -1 }
        let milliseconds = (ContinuousClock.now.duration(to: nearest) / .milliseconds(1)).rounded(.up)
        return Int32(min(max(milliseconds, 0), 3_600_000))
    }

    private func advance(_ connection: ControlConnection, revents: Int16) {
        switch connection.state {
        case .reading: read(connection)
        case .writing:
            connection.flush()
            if connection.isReading { read(connection) }
        case .handling:
            // Nothing was asked for, so the other side is gone altogether.
            if revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { connection.close() }
        case .closed: break
        }
    }

    private func accept() {
        while true {
            let descriptor = Glibc.accept(listening.descriptor, nil, nil)
            guard descriptor >= 0 else {
                switch errno {
                case EINTR, ECONNABORTED: continue
                case EAGAIN: return
                default:
                    acceptPause = .now + .milliseconds(100)
                    return
                }
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            lastID += 1
            let connection = ControlConnection(id: lastID, descriptor: descriptor, limits: limits)
            if connections.count >= limits.connectionsMax {
                refuse(connection, "busy", "\(limits.connectionsMax) commands are connected already; try again later")
                // What the socket does not take at once is lost: waiting would be the cost this limit avoids.
                connection.close()
            } else {
                connections[connection.id] = connection
            }
        }
    }

    private func read(_ connection: ControlConnection) {
        switch connection.receive() {
        case .partial: break
        case .request(let line): handle(line, from: connection)
        case .tooLong:
            refuse(
                connection, "too-long",
                "a request may have \(ConfigurationValue.text(bytes: limits.requestBytesMax)) on one line")
        case .ended(withinRequest: false): connection.close()
        case .ended(withinRequest: true):
            refuse(connection, "bad-request", "the request ended before its line end")
        }
    }

    private func handle(_ line: [UInt8], from connection: ControlConnection) {
        let request: ControlRequest
        do throws(NodeServiceError) {
            request = try ControlRequest(line: line)
        } catch {
            return refuse(
                connection, "bad-request",
                "the request is not {\"verb\":\"...\",\"arguments\":{...}} on one line: \(error.message)")
        }
        let (mailbox, handler, id) = (mailbox, handler, connection.id)
        connection.handle(by: Task {
            let response = await handler(request)
            mailbox.post(ControlMailbox.Answer(connection: id, line: response.line))
        })
    }

    /// Answers with an error and closes: after a mistake nobody knows where the next request begins.
    private func refuse(_ connection: ControlConnection, _ code: String, _ message: String) {
        connection.answer(ControlResponse.error(code: code, message: message).line, thenClose: true)
        connection.flush()
    }
}
