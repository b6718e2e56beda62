extension TransportLoop {
    func peer(for key: CurveKey) -> Peer {
        if let peer = peers[key] { return peer }
        let peer = Peer(key: key)
        peers[key] = peer
        return peer
    }

    func forgetIfUnused(_ peer: Peer) {
        if peer.dialler == nil && peer.inbound == nil { peers[peer.key] = nil }
    }

    /// Gives the peer a way for its frames if it has none: the connection we dialled if it is up, else the one it made.
    func chooseLink(for peer: Peer) {
        guard peer.link == nil else { return }
        if let dialler = peer.dialler, dialler.isUp {
            peer.link = .dialled(dialler)
        } else if let connection = peer.inbound, !connection.isCut {
            peer.link = .accepted(connection)
        } else {
            return
        }
        shared.outbound.open(peer.key)
        onEvent(.connected(peer.key))
    }

    /// The connection that frames took is gone, and some of them may be too. The owner is told even if another one takes
    /// over, because its conversation with the peer now has a gap.
    func linkBroke(of peer: Peer) {
        guard peer.link != nil else { return }
        peer.link = nil
        dropFrames(to: peer.key)
        onEvent(.disconnected(peer.key))
        if admitted.contains(peer.key) { chooseLink(for: peer) }
    }

    func dropFrames(to key: CurveKey) {
        let waiting = shared.outbound.close(key)
        let pending = peers[key]?.pending.count ?? 0
        peers[key]?.pending = FrameBatch()
        unsent.removeAll { $0 == key }
        guard waiting + pending > 0 else { return }
        shared.counters.update { $0.framesDropped += UInt64(waiting + pending) }
    }
}
