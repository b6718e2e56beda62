extension TransportLoop {
    /// Looks at every connection from time to time: sends a heartbeat where one is due, and cuts those that are silent
    /// or on which too much waits.
    ///
    /// A heartbeat is an empty frame. libzmq's own would do as well, but see `Socket.apply(_:)`.
    func watchConnections() {
        guard now >= nextWatch else { return }
        nextWatch = now + watchInterval
        for connection in routes.all where !connection.isCut { watch(connection) }
        for dialler in diallers where dialler.isUp { watchProgress(of: dialler) }
        isListenerDrained = false
    }

    private func watch(_ connection: InboundConnection) {
        let finding = connection.progress.look(
            received: connection.kernel?.bytesReceived, isDrained: isListenerDrained,
            backlogMax: UInt64(configuration.inboundBytesMax), now: now)
        if let reason = refusal(for: finding) {
            connection.cut()
            refuse(reason, connection.key)
            return
        }
        // Strangers are libzmq's business: the handshake has a time of its own.
        guard connection.key != nil else { return }
        if connection.progress.silence(at: now) >= configuration.heartbeatTimeout {
            connection.cut()
        } else if connection.progress.isHeartbeatDue(at: now, interval: configuration.heartbeatInterval) {
            sendHeartbeat(to: connection)
        }
    }

    private func watchProgress(of dialler: Dialler) {
        let finding = dialler.progress.look(
            received: dialler.kernel?.bytesReceived, isDrained: dialler.isDrained,
            backlogMax: UInt64(configuration.inboundBytesMax), now: now)
        dialler.isDrained = false
        if let reason = refusal(for: finding) {
            refuse(reason, dialler.key)
            endAttempt(of: dialler)
        } else if dialler.progress.silence(at: now) >= configuration.heartbeatTimeout {
            endAttempt(of: dialler)
        } else if dialler.progress.isHeartbeatDue(at: now, interval: configuration.heartbeatInterval) {
            // If there is no room for it, then frames are on their way that serve as well. Errors show in the monitor.
            _ = try? dialler.socket?.send([])
        }
    }

    private func sendHeartbeat(to connection: InboundConnection) {
        guard let listener, let routingID = connection.routingID,
            case .sent? = try? listener.socket.send(routingID.bytes, more: true)
        else { return }
        _ = try? listener.socket.send([])
    }

    private func refusal(for finding: ConnectionProgress.Finding) -> RefusalReason? {
        switch finding {
        case .sound: nil
        case .endlessMessage: .malformed
        case .overrun: .overrun
        }
    }
}
