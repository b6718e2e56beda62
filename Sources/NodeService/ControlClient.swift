import Glibc

/// Asks the node that runs on a data directory.
public struct ControlClient: Sendable {
    /// The node's folder.
    public let dataDirectory: String

    /// Longest answer that is taken, in bytes.
    static let responseBytesMax = 64 << 20

    /// A client of the node on this data directory. Nothing is opened yet.
    public init(dataDirectory: String) {
        self.dataDirectory = dataDirectory
    }

    /// Sends one request on a connection of its own and waits for the answer, which may be an error that the node gave.
    /// - Parameter timeout: for all of it. The node may still do what was asked after that.
    /// - Throws: ``NodeServiceError``: ``NodeServiceError/Code/notRunning``, ``NodeServiceError/Code/timedOut``,
    ///   ``NodeServiceError/Code/controlSocket`` or ``NodeServiceError/Code/controlProtocol``.
    public func send(
        _ request: ControlRequest, timeout: Duration = .seconds(30)
    ) async throws(NodeServiceError) -> ControlResponse {
        let result: Result<ControlResponse, NodeServiceError> = await withCheckedContinuation { continuation in
            let exchange = ControlExchange(dataDirectory: dataDirectory, timeout: timeout)
            do throws(NodeServiceError) {
                try ServiceThread.start { continuation.resume(returning: exchange.result(of: request)) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}

/// One request and its answer, waited for on the calling thread.
private struct ControlExchange: Sendable {
    let dataDirectory: String
    let timeout: Duration

    func result(of request: ControlRequest) -> Result<ControlResponse, NodeServiceError> {
        do throws(NodeServiceError) {
            return .success(try response(to: request))
        } catch {
            return .failure(error)
        }
    }

    private func response(to request: ControlRequest) throws(NodeServiceError) -> ControlResponse {
        let deadline = ContinuousClock.now + timeout
        let descriptor = try connect(by: deadline)
        defer { _ = close(descriptor) }
        try send(request.line, over: descriptor, by: deadline)
        let line = try receiveLine(from: descriptor, by: deadline)
        do throws(NodeServiceError) {
            return try ControlResponse(line: line)
        } catch {
            throw failure(.controlProtocol, "gave an answer that is none: \(error.message); are both of one version?")
        }
    }

    private func connect(by deadline: ContinuousClock.Instant) throws(NodeServiceError) -> Int32 {
        while true {
            switch try ControlSocket.connect(to: ControlSocket.path(in: dataDirectory)) {
            case .connected(let descriptor): return descriptor
            case .nobody:
                throw NodeServiceError(
                    .notRunning,
                    "no node is running on \(dataDirectory): start it with `suture run --data \(dataDirectory)`",
                    context: dataDirectory)
            case .full:
                // A Unix socket without room has nothing to wait for, so ask again in a moment.
                guard .now < deadline else { throw timedOut }
                _ = poll(nil, 0, 10)
            }
        }
    }

    private func send(
        _ line: [UInt8], over descriptor: Int32, by deadline: ContinuousClock.Instant
    ) throws(NodeServiceError) {
        var sent = 0
        while sent < line.count {
            let count = line[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLOUT), on: descriptor, by: deadline)
            } else if errno == EPIPE || errno == ECONNRESET {
                // The node closed early and may have said why: the answer is still there to be read.
                return
            } else if errno != EINTR {
                throw failure(.controlSocket, "cannot be asked: \(String(cString: strerror(errno)))")
            }
        }
    }

    private func receiveLine(
        from descriptor: Int32, by deadline: ContinuousClock.Instant
    ) throws(NodeServiceError) -> [UInt8] {
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while line.count <= ControlClient.responseBytesMax {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                let received = chunk[..<count]
                if let end = received.firstIndex(of: UInt8(ascii: "\n")) { return line + received[..<end] }
                line += received
            } else if count == 0 || errno == ECONNRESET || errno == EPIPE {
                throw failure(.controlProtocol, "ended the connection before it answered; see its log")
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLIN), on: descriptor, by: deadline)
            } else if errno != EINTR {
                throw failure(.controlSocket, "cannot be heard: \(String(cString: strerror(errno)))")
            }
        }
        throw failure(
            .controlProtocol, "gave an answer above \(ConfigurationValue.text(bytes: ControlClient.responseBytesMax))")
    }

    private func wait(
        for events: Int16, on descriptor: Int32, by deadline: ContinuousClock.Instant
    ) throws(NodeServiceError) {
        while true {
            let milliseconds = (ContinuousClock.now.duration(to: deadline) / .milliseconds(1)).rounded(.up)
            guard milliseconds > 0 else { throw timedOut }
            var waiting = pollfd(fd: descriptor, events: events, revents: 0)
            if poll(&waiting, 1, Int32(min(milliseconds, 3_600_000))) > 0 { return }
        }
    }

    private var timedOut: NodeServiceError {
        failure(
            .timedOut,
            "did not answer within \(ConfigurationValue.text(timeout)); what was asked may still happen, "
                + "see `suture status --data \(dataDirectory)`")
    }

    private func failure(_ code: NodeServiceError.Code, _ message: String) -> NodeServiceError {
        NodeServiceError(code, "the node on \(dataDirectory) \(message)", context: dataDirectory)
    }
}
