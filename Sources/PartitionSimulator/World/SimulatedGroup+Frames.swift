import ChangeLog
import OfficeNode
import Vault

extension SimulatedGroup {
    /// Puts a frame on its way to whoever has `key`, if there is a connection, or if that is a device that is joining.
    func send(_ bytes: [UInt8], from node: SimulatedNode, to key: CurvePublicKey) {
        guard let to = receiver(of: key, from: node) else {
            network.counts.blocked += 1
            return
        }
        let isJoining = nodes[to].identity.curve.publicKey != key
        let link = network[NodePair(node.index, to)]
        guard isJoining || link?.isBelieved(by: node.index) ?? false else {
            network.counts.blocked += 1
            return
        }
        transmit(
            SimulatedFrame(
                from: node.index, to: to, bytes: bytes, session: isJoining ? nil : link?.session,
                key: node.identity.curve.publicKey))
    }

    /// Which node a key leads to: of clones the one that connected last, as in a real transport.
    private func receiver(of key: CurvePublicKey, from node: SimulatedNode) -> Int? {
        guard let candidates = keys[key] else { return nil }
        if candidates.count == 1 { return candidates[0] }
        return candidates.max { one, other in
            session(of: one, with: node) < session(of: other, with: node)
        }
    }

    private func session(of index: Int, with node: SimulatedNode) -> Int {
        guard let link = network[NodePair(index, node.index)], link.isBelieved(by: node.index) else { return -1 }
        return link.session ?? -1
    }

    /// Lets a frame go through the faults of its link.
    func transmit(_ frame: SimulatedFrame) {
        guard let link = network[NodePair(frame.from, frame.to)], !link.isCut(from: frame.from), !drops(frame) else {
            network.counts.blocked += 1
            report(frame, .blocked, [])
            return
        }
        network.counts.sent += 1
        network.counts.bytes += frame.bytes.count
        if remembersFrames { link.remember(frame, at: now) }
        if link.jams.isEmpty {
            carry(frame, over: link)
        } else {
            link.held.append(frame)
        }
    }

    /// Carries a frame that nothing holds back any more.
    func carry(_ frame: SimulatedFrame, over link: SimulatedLink, as fate: TraceEntry.Fate? = nil) {
        let passage = link.pass(from: frame.from, bytes: frame.bytes.count, now: now)
        count(passage)
        report(frame, fate ?? passage.fate, passage.arrivals)
        var arriving = frame
        if let bit = passage.flippedBit, !frame.bytes.isEmpty {
            arriving.bytes[bit / 8] ^= 1 << (bit % 8)
            arriving.isDamaged = true
        }
        if let kept = passage.keptBytes {
            arriving.bytes.removeLast(arriving.bytes.count - min(kept, arriving.bytes.count))
            arriving.isDamaged = true
        }
        for time in passage.arrivals { queue.add(.arrival(arriving), at: time) }
    }

    private func count(_ passage: SimulatedLink.Passage) {
        switch passage.fate {
        case .lost: network.counts.lost += 1
        case .damaged: network.counts.damaged += 1
        default: break
        }
        if passage.isHeldBack { network.counts.reordered += 1 }
        if passage.arrivals.count > 1 { network.counts.duplicated += 1 }
    }

    /// A frame arrives, if the connection it was sent on is still there and the link is not cut.
    func arrive(_ frame: SimulatedFrame) {
        let node = nodes[frame.to]
        guard let link = network[NodePair(frame.from, frame.to)], !link.isCut(from: frame.from) else {
            network.counts.blocked += 1
            return
        }
        if frame.session == nil && !node.hasJoined {
            node.joinAnswer = frame.bytes
            network.counts.delivered += 1
            return
        }
        let isOfThisConnection = frame.session == nil || (frame.session == link.session && link.isBelieved(by: frame.to))
        guard isOfThisConnection, node.admitted.contains(frame.key), let prepared = node.preparer?.prepare(frame.bytes) else {
            network.counts.blocked += 1
            return
        }
        network.counts.delivered += 1
        trace.add(.arrived, node: node.index, at: now, frame.bytes)
        give(.frame(from: frame.key, prepared), to: node)
    }

    private func report(_ frame: SimulatedFrame, _ fate: TraceEntry.Fate, _ arrivals: [Int64]) {
        for observer in observers { observer.sent(frame, fate, arrivals: arrivals, in: self) }
    }
}
