extension TransportLoop {
    /// Takes the news of connections made to us. An error of libzmq's own here ends this turn's reading only.
    func watchListener() {
        guard let listener else { return }
        var events = listener.monitor.waiting()
        var index = 0
        while index < events.count {
            switch events[index] {
            case .accepted(let descriptor):
                let kernel = KernelConnection(duplicating: descriptor, side: .local, port: listener.port)
                // The news may be old, and the descriptor another connection's by now. But the end of a connection is
                // reported before its descriptor is free: without such a report it was still the right one.
                events += listener.monitor.waiting()
                let isOver = events[(index + 1)...].contains(.disconnected(descriptor: descriptor))
                accepted(descriptor, kernel: isOver ? nil : kernel)
            case .disconnected(let descriptor): ended(descriptor)
            case .handshakeFailed(let failure): handshakeFailed(failure)
            case .handshakeSucceeded, .connected, .connectFailed: break
            }
            index += 1
        }
    }

    private func accepted(_ descriptor: Int32, kernel: KernelConnection?) {
        switch routes.accepted(descriptor: descriptor, kernel: kernel, now: now) {
        case .open, .ended: break
        case .heard(let connection, let key, let routingID):
            if mayReceive(from: key) { bind(connection, to: key, routingID: routingID) }
        }
        noteConnectionsOpen()
        let open = routes.all.count { !$0.isCut }
        guard open > configuration.connectionsMax, let stranger = routes.oldestStranger else { return }
        stranger.cut()
        refuse(.tooManyConnections, nil)
    }

    private func handshakeFailed(_ failure: HandshakeFailure) {
        switch failure {
        case .authentication:
            // Reported by the authentication handler, which knows the key; the peer is left to hang up by itself.
            return
        case .mechanism: refuse(.mechanism, nil)
        case .incomplete, .protocolError: refuse(.handshake, nil)
        }
        handshakesFailed += 1
    }

    private func ended(_ descriptor: Int32) {
        let ended = routes.closed(descriptor: descriptor)
        noteConnectionsOpen()
        if ended?.key == nil && handshakesFailed > 0 {
            handshakesFailed -= 1
            return
        }
        guard let connection = ended else { return }
        if !connection.isCut, wasCutByDecoder(connection.kernel) {
            // Less than a whole handshake was not even recognised as one, of which libzmq makes no report.
            let isBeyondHandshake = connection.kernel?.bytesReceived ?? 0 >= TransportLoop.handshakeBytesMin
            refuse(isBeyondHandshake ? .oversized : .handshake, connection.key)
        }
        detach(connection)
    }

    /// What a caller sends at least until CURVE has let it in: greeting, HELLO and INITIATE with their headers.
    private static let handshakeBytesMin: UInt64 = 64 + 202 + 259

    /// Takes a connection from the peer it belonged to.
    func detach(_ connection: InboundConnection) {
        guard let key = connection.key, let peer = peers[key], peer.inbound === connection else { return }
        peer.inbound = nil
        if peer.uses(connection) { linkBroke(of: peer) }
        forgetIfUnused(peer)
    }

    /// libzmq does not say why it closed a connection. If neither the peer nor we had closed it before, then its decoder
    /// did, which it does for a frame beyond the limit or one it cannot read.
    func wasCutByDecoder(_ kernel: KernelConnection?) -> Bool {
        kernel?.isEstablished ?? false
    }

    /// The connection that a message came by, known from the peer's first message on.
    func connection(for routingID: RoutingID, key: CurveKey) -> InboundConnection? {
        if let known = routes[routingID], known.key == key { return known }
        guard let descriptor = payload.sourceDescriptor else { return nil }
        if routes[descriptor: descriptor] == nil { watchListener() }
        guard let connection = routes[descriptor: descriptor] else {
            routes.heard(from: key, routingID: routingID, descriptor: descriptor)
            return nil
        }
        bind(connection, to: key, routingID: routingID)
        return connection
    }

    /// Notes whose connection it is, now that a message came by it.
    private func bind(_ connection: InboundConnection, to key: CurveKey, routingID: RoutingID) {
        if connection.key != nil && connection.key != key { detach(connection) }
        routes.bind(connection, to: key, routingID: routingID)
        attach(connection, to: peer(for: key))
    }

    /// Makes a connection the one that the peer has with us; of several, the latest.
    private func attach(_ connection: InboundConnection, to peer: Peer) {
        if let current = peer.inbound, current !== connection {
            let isLater = connection.serial > current.serial
            let superseded = isLater ? current : connection
            superseded.isSuperseded = true
            superseded.cut()
            guard isLater else { return }
        }
        let previous = peer.inbound
        peer.inbound = connection
        if let previous, peer.uses(previous), previous !== connection {
            linkBroke(of: peer)
        } else if let dialler = peer.dialler, peer.uses(dialler), isSuspect(dialler) {
            // The peer came back and dialled us, while our own connection has not answered for a while.
            endAttempt(of: dialler)
        } else {
            chooseLink(for: peer)
        }
    }

    private func isSuspect(_ dialler: Dialler) -> Bool {
        dialler.progress.silence(at: now) > configuration.heartbeatInterval * 1.5
    }

    private func noteConnectionsOpen() {
        let count = routes.count
        shared.counters.update { $0.connectionsOpen = count }
    }
}
