extension TransportLoop {
    /// Gives every peer that something waits for its share of the turn.
    func sendWaiting() {
        let earlier = unsent
        unsent = []
        let waiting = shared.outbound.waiting.filter { !earlier.contains($0) }
        for key in earlier + waiting {
            guard let peer = peers[key] else { continue }
            sendFrames(to: peer)
            if peer.pending.first != nil { unsent.append(key) }
        }
    }

    private func sendFrames(to peer: Peer) {
        var frameCount = 0
        var byteCount = 0
        defer {
            shared.counters.update {
                $0.framesOut += UInt64(frameCount)
                $0.bytesOut += UInt64(byteCount)
            }
        }
        while let link = peer.link, let frame = nextFrame(for: peer) {
            guard frameCount < TurnLimit.framesPerPeer, byteCount < TurnLimit.bytesPerPeer else {
                hasMoreToDo = true
                return
            }
            guard hand(frame, over: link, to: peer) else { return }
            peer.pending.removeFirst()
            frameCount += 1
            byteCount += frame.count
        }
    }

    private func nextFrame(for peer: Peer) -> [UInt8]? {
        if let frame = peer.pending.first { return frame }
        peer.pending = FrameBatch(
            shared.outbound.take(for: peer.key, frameCountMax: 64, byteCountMax: 1 << 20))
        return peer.pending.first
    }

    /// `false` if the frame has to wait or the link broke. An error of libzmq's own (`nil` below) counts as a broken
    /// link, since the remedy is the same: a new connection.
    private func hand(_ frame: [UInt8], over link: Peer.Link, to peer: Peer) -> Bool {
        switch link {
        case .dialled(let dialler):
            // A full queue says when it has room again; until then an attempt would only copy the frame in vain.
            guard !dialler.isBlocked, let socket = dialler.socket else { return false }
            switch try? socket.send(frame) {
            case .sent: return true
            case .wouldBlock: dialler.isBlocked = true
            case .unreachable, nil: endAttempt(of: dialler)
            }
            return false
        case .accepted(let connection):
            guard let listener, let routingID = connection.routingID else {
                detach(connection)
                return false
            }
            let result = try? listener.socket.send(routingID.bytes, more: true)
            switch result {
            case .sent:
                connection.isBlocked = false
                // Once a ROUTER took the name it takes the frame too.
                _ = try? listener.socket.send(frame)
                return true
            case .wouldBlock: connection.isBlocked = true
            case .unreachable, nil:
                connection.cut()
                detach(connection)
            }
            return false
        }
    }
}

extension Peer {
    /// Whether frames wait for room in a ROUTER's queue.
    var waitsForRouter: Bool {
        if case .accepted = link { return isBlocked }
        return false
    }
}
