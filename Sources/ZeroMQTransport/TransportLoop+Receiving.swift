/// An error of libzmq's own while receiving (`try?` below) ends the reading of that socket for this turn. None is known
/// to happen on a socket that is open; if the connection is at fault its monitor reports that.
extension TransportLoop {
    func receiveFromListener() {
        guard let listener else { return }
        var byteCount = 0
        for _ in 0..<TurnLimit.messagesPerSocket where byteCount < TurnLimit.bytesPerSocket {
            guard (try? listener.socket.receive(into: envelope)) == true else {
                isListenerDrained = true
                return
            }
            guard envelope.hasMore, let frameCount = receiveRest(from: listener.socket) else { return }
            byteCount += payload.byteCount
            takeFromListener(routingID: RoutingID(envelope.bytes), frameCount: frameCount)
        }
        hasMoreToDo = true
    }

    /// Takes the payload and passes over frames after it; the number of both. libzmq has the whole message by now, so
    /// this does not wait, and a message that was too long never gets here.
    private func receiveRest(from socket: Socket) -> Int? {
        guard (try? socket.receive(into: payload)) == true else { return nil }
        return skipSurplus(of: socket)
    }

    private func skipSurplus(of socket: Socket) -> Int? {
        var frameCount = 1
        var hasMore = payload.hasMore
        while hasMore {
            guard (try? socket.receive(into: surplus)) == true else { return nil }
            frameCount += 1
            hasMore = surplus.hasMore
        }
        return frameCount
    }

    private func takeFromListener(routingID: RoutingID, frameCount: Int) {
        guard let key = payload.senderKey else {
            refuse(.malformed, nil)
            return
        }
        guard mayReceive(from: key) else {
            let connection = routes[routingID] ?? payload.sourceDescriptor.flatMap { routes[descriptor: $0] }
            connection?.cut()
            ignoreFrame()
            refuse(.noLongerAdmitted, key)
            return
        }
        let connection = connection(for: routingID, key: key)
        connection?.progress.messageArrived(byteCount: payload.byteCount)
        guard frameCount == 1 else {
            if frameCount > configuration.framesPerMessageMax { connection?.cut() }
            refuse(.malformed, key)
            return
        }
        if connection?.isSuperseded == true {
            ignoreFrame()
        } else {
            deliverPayload(from: key)
        }
    }

    func receive(from dialler: Dialler) {
        var byteCount = 0
        for _ in 0..<TurnLimit.messagesPerSocket where byteCount < TurnLimit.bytesPerSocket {
            guard let socket = dialler.socket, (try? socket.receive(into: payload)) == true,
                let frameCount = skipSurplus(of: socket)
            else {
                dialler.isDrained = true
                return
            }
            byteCount += payload.byteCount
            dialler.progress.messageArrived(byteCount: payload.byteCount)
            guard mayReceive(from: dialler.key) else {
                ignoreFrame()
                refuse(.noLongerAdmitted, dialler.key)
                continue
            }
            guard frameCount == 1 else {
                refuse(.malformed, dialler.key)
                if frameCount > configuration.framesPerMessageMax { endAttempt(of: dialler) }
                continue
            }
            deliverPayload(from: dialler.key)
        }
        hasMoreToDo = true
    }

    private func deliverPayload(from key: CurveKey) {
        let byteCount = payload.byteCount
        // An empty frame carries nothing: with it a peer shows that it is there, and the way back to it.
        guard byteCount > 0 else { return }
        shared.counters.update {
            $0.framesIn += 1
            $0.bytesIn += UInt64(byteCount)
        }
        onEvent(.frame(from: key, [UInt8](payload.bytes)))
    }

    private func ignoreFrame() {
        shared.counters.update { $0.framesIgnored += 1 }
    }
}
