import ChangeLog
import SyncEngine

extension OfficeNode {
    /// Lets time pass to `now`, in which nothing else happened. True where a tick would do nothing and can be left out: most of the
    /// time, as there is something to do only when peers, people or a greeting that is due say so.
    public func isIdle(now: Int64) -> Bool {
        state.isSettled && state.invitations.isEmpty && !state.mustAcknowledge(at: now) && !mustLookAfterHolding(at: now)
            && state.engine.isIdle(now: now)
    }

    /// Handles time that passes, and the greetings of peers, while there is nothing to merge, to index or to send: without a
    /// transaction, as nothing is stored. Nil where the events are of another kind.
    ///
    /// Most of what ever reaches a node is this: peers that hold the same tell each other so every few seconds.
    func handleGreetings(_ events: [NodeEvent], now: Int64) -> [Directive]? {
        guard state.isSettled, state.newReplica == nil, abs(now - state.upkeptAt) < Turn.upkeepInterval, !state.mustAcknowledge(at: now),
            events.allSatisfy(\.isGreeting), !mustLookAfterContact, !mustLookAfterHolding(at: now),
             !state.invitations.values.contains(where: { $0.isDue(at: now) })
        else { return nil }
        var directives: [Directive] = []
        for event in events {
            switch event {
            case .frame(let key, let frame):
                guard let peer = state.roster.member(curveKey: key) else {
                    state.strangerFrames += 1
                    continue
                }
                // Throws only what its log throws, and this one throws nothing.
                directives += interpret((try? state.engine.received(frame, from: peer.id, now: now, log: NoRuns())) ?? [])
                noteContact(with: peer)
            case .tick:
                if state.engine.isIdle(now: now) { continue }
                directives += interpret((try? state.engine.tick(now: now, log: NoRuns())) ?? [])
            case .command, .connected, .disconnected, .startReplica: break
            }
        }
        if state.engine.wantsTickSoon {
            state.isSettled = false
            directives.append(.wake)
        }
        return directives
    }

    private func interpret(_ actions: [SyncAction]) -> [Directive] {
        actions.compactMap { action in
            switch action {
            case .send(let peer, let frame): state.roster.reachable(peer).map { .send($0.curveKey, frame) }
            case .warning(let warning): .warning(state.warning(of: warning))
            // Neither runs nor branches nor contents are greetings.
            case .accept, .branches, .contentsWanted, .contents: nil
            }
        }
    }
}

extension NodeEvent {
    /// Whether the event is time passing, or a HELLO or SAME: neither needs the log.
    fileprivate var isGreeting: Bool {
        switch self {
        case .tick: true
        // The first byte is the number and type of the frame's only field.
        case .frame(_, .control(let bytes)): bytes.first == 1 << 3 | 2 || bytes.first == 2 << 3 | 2
        case .command, .connected, .disconnected, .startReplica, .frame: false
        }
    }
}
