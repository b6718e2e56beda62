extension TransportLoop {
    /// Takes the news of a connection made by us.
    func watch(_ dialler: Dialler) {
        // Ending an attempt closes the monitor, and with it the rest of its news. An error in reading it is left to the
        // deadline of the attempt, or to the silence of a connection that stands.
        while let event = try? dialler.monitor?.next() {
            switch event {
            case .connected(let descriptor):
                dialler.kernel = KernelConnection(
                    duplicating: descriptor, side: .remote, port: dialler.endpoint.port)
            case .handshakeSucceeded:
                dialler.progress = ConnectionProgress(now: now)
                dialler.state = .up(since: now)
                chooseLink(for: peer(for: dialler.key))
            case .handshakeFailed(let failure):
                handshakeFailed(failure, with: dialler)
            case .disconnected:
                if dialler.isUp, wasCutByDecoder(dialler.kernel) { refuse(.oversized, dialler.key) }
                endAttempt(of: dialler)
            case .connectFailed:
                endAttempt(of: dialler)
            case .accepted: break
            }
        }
    }

    private func handshakeFailed(_ failure: HandshakeFailure, with dialler: Dialler) {
        switch failure {
        case .authentication: refuse(.byPeer, dialler.key)
        case .mechanism: refuse(.mechanism, dialler.key)
        case .incomplete, .protocolError: refuse(.handshake, dialler.key)
        }
        endAttempt(of: dialler)
    }

    /// Closes the connection and dials again after a wait.
    func endAttempt(of dialler: Dialler) {
        if case .up(let since) = dialler.state, now - since >= configuration.handshakeInterval {
            dialler.backoff.reset()
        }
        dialler.hangUp()
        dialler.state = .waiting(until: now + dialler.backoff.step())
        guard let peer = peers[dialler.key], peer.uses(dialler) else { return }
        linkBroke(of: peer)
    }

    func dialIfDue(_ dialler: Dialler) {
        switch dialler.state {
        case .waiting(let until) where until <= now: dial(dialler)
        // Covers whatever libzmq does not report, such as a name that cannot be resolved.
        case .dialling(let deadline) where deadline <= now: endAttempt(of: dialler)
        default: break
        }
    }

    private func dial(_ dialler: Dialler) {
        if dialler.attempts > 0 { shared.counters.update { $0.reconnects += 1 } }
        // Twice: once for the connection, once for the handshake on it.
        let deadline = now + configuration.handshakeInterval * 2
        do {
            try dialler.dial(configuration, in: context.handle, deadline: deadline)
        } catch {
            // Out of descriptors, most likely: it may pass, so it is tried again like any other failure.
            endAttempt(of: dialler)
        }
    }
}
