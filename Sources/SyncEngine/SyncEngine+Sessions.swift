import Causality
public import ChangeLog
import SwiftProtobuf
import WireProtocol

extension SyncEngine {
    /// There is a connection to `peer`, or a new one in place of the old: compares clocks.
    ///
    /// Throws `SyncError.Code.connectedToSelf`.
    public mutating func connected(_ peer: MemberID, now: Int64) throws(SyncError) -> [SyncAction] {
        guard peer != member else { throw .connectedToSelf(peer) }
        let now = begin(now)
        releaseWant(of: peer)
        sessions.add(peer)
        sessions[peer]?.endConnection()
        sessions[peer]?.isConnected = true
        beginClaims(of: peer, now)
        return greet(peer, now)
    }

    /// The connection to `peer` ended. What was asked of it becomes free for others; its runs in the brain's hands stay there and
    /// are to be reported with `committed` or `declined` as before.
    public mutating func disconnected(_ peer: MemberID, now: Int64) -> [SyncAction] {
        let now = begin(now)
        releaseWant(of: peer)
        sessions[peer]?.endConnection()
        return assignWants(now)
    }

    /// A frame came from `peer`: the member that the transport authenticated, whatever the frame says.
    ///
    /// Throws what `log` throws.
    public mutating func received(
        _ frame: PreparedFrame, from peer: MemberID, now: Int64, log: some RunSource
    ) throws -> [SyncAction] {
        guard peer != member else { return [] }
        let idleBefore = idleUntil
        let elapsed = begin(now)
        let actions = try handle(frame, from: peer, heard: now, elapsed, log: log)
        keepIdleness(idleBefore, after: peer)
        return limitWarnings(actions, about: peer, elapsed)
    }

    private mutating func handle(
        _ frame: PreparedFrame, from peer: MemberID, heard: Int64, _ now: Int64, log: some RunSource
    ) throws -> [SyncAction] {
        switch frame {
        case .run(let run, let byteCount):
            guard hear(peer, heard), isOpen(peer) else { return [] }
            return receivedRun(run, byteCount, from: peer, now)
        case .refusedRun(let refusal, let byteCount):
            guard hear(peer, heard), isOpen(peer) else { return [] }
            return refusedRun(refusal, byteCount, from: peer, now)
        case .control(let bytes):
            do {
                let kind = try SyncReading.frame(bytes, configuration)
                if case .hello(let hello) = kind { return receivedHello(hello, from: peer, heard: heard, now) }
                guard hear(peer, heard), let kind else {
                    sessions[peer]?.faults += 1
                    return []
                }
                return try receivedControl(kind, from: peer, now, log: log)
            } catch let fault as FrameFault {
                _ = hear(peer, heard)
                return refuseMalformed(fault.reason, from: peer, now)
            }
        }
    }

    private mutating func receivedControl(
        _ kind: Suture_V1_Frame.OneOf_Kind, from peer: MemberID, _ now: Int64, log: some RunSource
    ) throws -> [SyncAction] {
        switch kind {
        case .refused(let refused): return receivedRefused(refused, from: peer, now)
        case .same, .clock:
            sessions[peer]?.refusesUs = false
            sessions[peer]?.disownsUs = false
        default: break
        }
        guard isOpen(peer) else { return [] }
        switch kind {
        case .same(let same): return receivedSame(Array(same.digest), from: peer, now)
        case .clock(let clock):
            guard let heads = try heads(of: clock, from: peer) else { return askForEveryHead(of: peer, now) }
            return try receivedClock(heads, isFull: clock.full, from: peer, now, log: log)
        case .heads(let heads):
            let heads = try SyncReading.heads(heads.heads, configuration)
            var actions = try heads.flatMap { try learn($0, from: peer, log: log) }
            actions += judgeClaims(of: peer, heads.lazy.map { ($0.replica, $0.sequence) }, isWhole: false, now)
            actions += assignWants(now)
            return actions
        case .want(let want):
            let ranges = try SyncReading.ranges(want.ranges, configuration)
            return try receivedWant(ranges, credit: want.credit, from: peer, now, log: log)
        case .credit(let credit): return try receivedCredit(credit.bytes, from: peer, now, log: log)
        case .done: return receivedDone(from: peer, now)
        case .busy(let busy):
            receivedBusy(Int64(busy.retryAfterMilliseconds), from: peer, now)
            return []
        case .trace(let trace): return try receivedTrace(try SyncReading.marks(trace.heads), from: peer, log: log)
        case .fork(let fork): return [.branches(try SyncReading.branches(fork.branches), from: peer)]
        case .witness(let witness): return try receivedWitness(witness, from: peer, now)
        case .partial(let partial):
            try receivedPartial(partial, from: peer)
            return []
        case .fetch(let fetch): return try receivedFetch(fetch, from: peer)
        case .contents(let answer): return try receivedContents(answer, from: peer)
        case .run: throw FrameFault("a frame with more in it than a run")
        case .hello, .refused: return []
        case .join, .welcome, .joinChallenge, .joinReveal, .joinWaiting:
            throw FrameFault("a frame of joining from somebody who is a member")
        }
    }

    /// Counts and, not too often, answers a frame that is not as it should be. Nothing of it was used.
    private mutating func refuseMalformed(_ reason: String, from peer: MemberID, _ now: Int64) -> [SyncAction] {
        refuse(.malformed, reason, .malformed(peer, reason), peer, now)
    }

    /// Counts a fault, and refuses it unless one was refused just before.
    mutating func refuse(
        _ reason: Suture_V1_Refused.Reason, _ detail: String, _ warning: SyncWarning, _ peer: MemberID, _ now: Int64
    ) -> [SyncAction] {
        guard var session = sessions[peer], session.isConnected else { return [] }
        session.faults += 1
        defer { sessions[peer] = session }
        if let last = session.refusedAt, now - last < configuration.refusalInterval { return [] }
        session.refusedAt = now
        return [.warning(warning), send(SyncFrames.refused(reason, detail), to: peer)]
    }

    private mutating func limitWarnings(_ actions: [SyncAction], about peer: MemberID, _ now: Int64) -> [SyncAction] {
        actions.filter { action in
            guard case .warning(let warning) = action else { return true }
            let mayWarn = sessions[peer]?.mayWarn(at: now, max: configuration.warningsMax) ?? true
            guard warning.concerns(log: replica), !hasWarnedOfOwnLog else { return mayWarn }
            hasWarnedOfOwnLog = true
            return true
        }
    }

    private mutating func receivedRefused(_ refused: Suture_V1_Refused, from peer: MemberID, _ now: Int64) -> [SyncAction] {
        switch refused.reason {
        case .version, .group, .notAMember, .invitation: sessions[peer]?.refusesUs = true
        default: break
        }
        if refused.reason == .notAMember { sessions[peer]?.disownsUs = true }
        // Whatever it was, sending more of it is of no use: a peer that still wants something asks again.
        releaseWant(of: peer)
        sessions[peer]?.service = nil
        sessions[peer]?.pauseWants(until: now + configuration.backoff)
        sessions[peer]?.faults += 1
        // What a peer writes is shown shortened and without control characters.
        let printable = refused.detail.unicodeScalars.lazy.filter { $0.value >= 32 && !(127..<160).contains($0.value) }
        let detail = String(printable.prefix(200).map(Character.init))
        return [.warning(.refused(by: peer, "\(refused.reason): \(detail)"))] + assignWants(now)
    }

    /// Notes that the peer lives; false where there is no connection to it.
    private mutating func hear(_ peer: MemberID, _ heard: Int64) -> Bool {
        guard sessions[peer]?.isConnected == true else { return false }
        sessions[peer]?.lastHeard = heard
        return true
    }

    func isOpen(_ peer: MemberID) -> Bool { sessions[peer]?.isOpen == true }
}

// MARK: Comparing

extension SyncEngine {
    /// Sends a HELLO.
    mutating func greet(_ peer: MemberID, _ now: Int64) -> [SyncAction] {
        guard var session = sessions[peer] else { return [] }
        let standing = ownStanding()
        session.greeting.sentAt = now
        session.greeting.isOpen = true
        session.greeting.due = now + (session.isForeign || session.refusesUs ? configuration.helloInterval : configuration.silenceMax)
        session.greeting.standing = standing
        session.greeting.clockSent = false
        sessions[peer] = session
        let hello = SyncFrames.hello(
            group: group, member: member, replica: replica, digest: standing.digest,
            capabilities: session.isClockKnown ? 0 : SyncFrames.wholeClockWanted, sealed: sealedTag(for: session))
        return [send(hello, to: peer)]
    }

    /// A HELLO is answered whatever else is going on: the peer may have been started anew.
    private mutating func receivedHello(
        _ hello: Suture_V1_Hello, from peer: MemberID, heard: Int64, _ now: Int64
    ) -> [SyncAction] {
        var actions: [SyncAction] = []
        if sessions[peer]?.isConnected != true {
            sessions.add(peer)
            sessions[peer]?.endConnection()
            sessions[peer]?.isConnected = true
            beginClaims(of: peer, now)
            actions += greet(peer, now)
        }
        sessions[peer]?.lastHeard = heard
        if let (reason, detail) = objection(to: hello, from: peer) {
            releaseWant(of: peer)
            sessions[peer]?.isForeign = true
            sessions[peer]?.service = nil
            sessions[peer]?.faults += 1
            actions += [.warning(.foreign(peer, detail)), send(SyncFrames.refused(reason, detail), to: peer)]
            return actions + assignWants(now)
        }
        sessions[peer]?.isForeign = false
        sessions[peer]?.sealedTag = hello.sealed
        if sessions[peer]?.turnsBack(to: ReplicaID(hello.replica), at: now, interval: configuration.twoMachinesInterval) == true {
            actions.append(.warning(.runsTwice(peer)))
        }
        actions += nameClaims(of: peer, ReplicaID(hello.replica))
        if hello.capabilities & SyncFrames.wholeClockWanted != 0 {
            // It remembers nothing of us: what it asked for before it was started anew is void.
            sessions[peer]?.service = nil
            sessions[peer]?.told = [:]
        }
        let standing = ownStanding()
        let isMiscounted = PlantedBug.isPlanted(.comparesCounts) && sessions[peer]?.known.count == logs.count
        let isEqual = hello.digest.elementsEqual(standing.digest) || isMiscounted
        let seen = witness(to: peer, now)
        guard isEqual else { return actions + sendClock(to: peer) + seen }
        actions += agree(peer, standing, now)
        return actions + [send(SyncFrames.same(standing.digest), to: peer)] + seen
    }

    private func objection(
        to hello: Suture_V1_Hello, from peer: MemberID
    ) -> (reason: Suture_V1_Refused.Reason, detail: String)? {
        if hello.version != SyncFrames.version {
            return (.version, "protocol version \(hello.version); this node speaks \(SyncFrames.version)")
        }
        if Array(hello.group) != group.bytes { return (.group, "another group") }
        if Array(hello.member) != peer.bytes {
            return (.notAMember, "a HELLO that names another member than the connection's key does")
        }
        return nil
    }

    /// Peer and we hold the same.
    private mutating func agree(_ peer: MemberID, _ standing: Standing, _ now: Int64) -> [SyncAction] {
        guard var session = sessions[peer] else { return [] }
        session.known = standing.known
        session.isClockKnown = true
        session.lacking = []
        session.forks = [:]
        session.told = standing.sequences
        session.bytesPushed = 0
        // One HELLO serves both sides; the next is due only after the interval. A peer that refused ours needs another, and so may
        // one whose refusal was lost: now and then each side says HELLO itself.
        if !session.refusesUs {
            session.greeting.isOpen = false
            session.greeting.due = min(now, session.greeting.sentAt + 3 * configuration.helloInterval) + configuration.helloInterval
        }
        sessions[peer] = session
        return agreeWithClaims(of: peer, standing, now)
    }

    private mutating func receivedSame(_ digest: [UInt8], from peer: MemberID, _ now: Int64) -> [SyncAction] {
        // The answer to our last HELLO only: an older one says nothing about what we hold now.
        guard let greeting = sessions[peer]?.greeting, greeting.isOpen, let standing = greeting.standing, standing.digest == digest else {
            return []
        }
        return agree(peer, standing, now)
    }

    /// Our clock: what changed since the last session where both sides remember it and it is the first CLOCK of this one, else
    /// all of it (something went missing, or there is nothing to build on).
    private mutating func sendClock(to peer: MemberID) -> [SyncAction] {
        guard var session = sessions[peer] else { return [] }
        let isFull = session.greeting.clocks > 0 || session.told.isEmpty
        let heads = sortedHeads
        let sealed = isFull ? sealedLogs(known: session) : nil
        let news = heads.filter { head in
            if !isFull { return session.told[head.replica] != head.sequence }
            return sealed?.contains(head) != true || session.forks[head.replica] != nil
        }
        let told = news.map(session.entry(of:))
        // Of a forked log its end is still to be told, should the peers come to agree about it.
        let ends = heads.filter { !session.isForked($0.replica) }
        session.told = Dictionary(uniqueKeysWithValues: ends.map { ($0.replica, $0.sequence) })
        session.greeting.clocks += 1
        session.greeting.clockSent = true
        sessions[peer] = session
        let first = SyncFrames.clock(told.prefix(configuration.headsMax), isFull: isFull, sealed: sealed?.digest ?? [])
        var actions = [send(first, to: peer)]
        // More heads than a frame may have follow as changes to it.
        for start in stride(from: configuration.headsMax, to: told.count, by: configuration.headsMax) {
            let part = told[start..<min(told.count, start + configuration.headsMax)]
            actions.append(send(SyncFrames.clock(part, isFull: false), to: peer))
        }
        return actions
    }

    private mutating func receivedClock(
        _ heads: [TaggedClockEntry], isFull: Bool, from peer: MemberID, _ now: Int64, log: some RunSource
    ) throws -> [SyncAction] {
        if isFull {
            sessions[peer]?.known = [:]
            sessions[peer]?.lacking = []
            sessions[peer]?.isClockKnown = true
        }
        var actions: [SyncAction] = []
        for head in heads { actions += try learn(head, from: peer, log: log) }
        // More heads than a frame may have follow in others.
        let isWhole = isFull && heads.count < configuration.headsMax
        actions += judgeClaims(of: peer, heads.lazy.map { ($0.replica, $0.sequence) }, isWhole: isWhole, now)
        if var session = sessions[peer], session.greeting.isOpen {
            session.greeting.isOpen = false
            session.greeting.due = now + configuration.helloInterval
            session.bytesPushed = 0
            sessions[peer] = session
            let isAhead = logs.values.contains {
                $0.committed.sequence > session.position(of: $0.committed.replica)
            }
            if isAhead && !session.greeting.clockSent { actions += sendClock(to: peer) }
        }
        return actions + assignWants(now)
    }

    /// Takes note of what the peer says it holds of one log. With a log at hand, a peer that holds less of it than we do is seen to
    /// hold another history too.
    mutating func learn(_ head: TaggedClockEntry, from peer: MemberID, log: some RunSource) throws -> [SyncAction] {
        if let end = forks.end(of: head.replica), head.sequence > end { return showFork(of: head.replica, to: peer) }
        guard var session = sessions[peer] else { return [] }
        defer { sessions[peer] = session }
        session.advance(head.replica, to: head.sequence, tag: head.tag)
        let own = committedHead(head.replica)
        if head.replica == replica {
            if head.sequence > max(own.sequence, session.ownAhead) {
                session.ownAhead = head.sequence
                return [.warning(.ownLogAhead(peer, head.dot))]
            }
        } else if session.position(of: head.replica) > acceptedHead(head.replica).sequence {
            session.lacking.insert(head.replica)
        }
        let isShorter = head.sequence < own.sequence
        guard let ownTag = try head.sequence == own.sequence ? own.hash.tag : isShorter ? log.tag(at: head.dot) : nil else {
            session.forks[head.replica]?.judge(head)
            return []
        }
        if head.tag == ownTag {
            session.forks[head.replica] = nil
            return []
        }
        if session.forks[head.replica] != nil {
            // Known, and still not found where: what was asked may have been lost.
            return PlantedBug.isPlanted(.hidesForks) ? [] : try trace(head.replica, upTo: head.sequence, to: &session, log: log)
        }
        let fork = SuspectedFork(sequence: head.sequence, theirTag: head.tag, ourTag: ownTag)
        session.forks[head.replica] = fork
        session.told[head.replica] = nil
        if PlantedBug.isPlanted(.hidesForks) { return [] }
        // The peer is told what we hold at that number, as our clocks will from now on: from a head beyond its own it sees nothing.
        return [
            .warning(.forkSuspected(peer, head.dot, theirTag: head.tag, ourTag: ownTag)),
            send(SyncFrames.heads([fork.entry(of: head.replica)]), to: peer),
        ] + (try trace(head.replica, upTo: head.sequence, to: &session, log: log))
    }
}

extension SyncEngine {
    /// The same without a log at hand.
    mutating func learn(_ head: TaggedClockEntry, from peer: MemberID) -> [SyncAction] {
        // Throws only what its log throws, and this one throws nothing.
        (try? learn(head, from: peer, log: NoRuns())) ?? []
    }
}
