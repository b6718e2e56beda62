extension TransportLoop {
    func takeRequests() {
        for request in shared.mailbox.take() {
            switch request {
            case .connect(let key, let endpoint): startDialling(key, at: endpoint)
            case .disconnect(let key): stopDialling(key)
            case .refused(let key): refuse(.unknownKey, key)
            }
        }
    }

    /// Whether the key may send now, by the newest allow-list: asked for every message, because a connection outlives
    /// the removal of its key.
    func mayReceive(from key: CurveKey) -> Bool {
        refreshAdmitted()
        return admitted.contains(key)
    }

    /// Copies the allow-list if it was replaced. The generation is read first: a replacement in between is seen again.
    private func refreshAdmitted() {
        let generation = shared.admission.currentGeneration
        guard generation != admittedGeneration else { return }
        admittedGeneration = generation
        admitted = shared.admission.keys
        admissionChanged = true
    }

    /// Ends the connections of peers that are no longer admitted, and dials those that are again.
    func applyAdmission() {
        refreshAdmitted()
        guard admissionChanged else { return }
        admissionChanged = false
        for key in peers.keys.sorted() where !admitted.contains(key) {
            removeConnections(of: key)
        }
        for dialler in diallers where admitted.contains(dialler.key) {
            if case .paused = dialler.state { dialler.state = .waiting(until: now) }
        }
    }

    private func removeConnections(of key: CurveKey) {
        guard let peer = peers[key] else { return }
        if let dialler = peer.dialler {
            dialler.hangUp()
            dialler.backoff.reset()
            dialler.state = .paused
        }
        peer.inbound?.cut()
        peer.inbound = nil
        if peer.link != nil { linkBroke(of: peer) }
        forgetIfUnused(peer)
    }

    private func startDialling(_ key: CurveKey, at endpoint: Endpoint) {
        let peer = peer(for: key)
        if let dialler = peer.dialler {
            guard dialler.endpoint != endpoint || !dialler.isUp else { return }
            dialler.hangUp()
            dialler.endpoint = endpoint
            dialler.state = .paused
            dialler.backoff.reset()
            if peer.uses(dialler) { linkBroke(of: peer) }
        } else {
            let backoff = Backoff(
                first: configuration.reconnectInterval, longest: configuration.reconnectIntervalMax)
            let dialler = Dialler(key: key, endpoint: endpoint, backoff: backoff)
            peer.dialler = dialler
            diallers.append(dialler)
        }
        if mayReceive(from: key) { peer.dialler?.state = .waiting(until: now) }
    }

    private func stopDialling(_ key: CurveKey) {
        guard let peer = peers[key], let dialler = peer.dialler else { return }
        dialler.hangUp()
        dialler.state = .paused
        peer.dialler = nil
        diallers.removeAll { $0 === dialler }
        if peer.uses(dialler) { linkBroke(of: peer) }
        forgetIfUnused(peer)
    }
}
