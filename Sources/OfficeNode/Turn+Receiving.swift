import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import SyncEngine
import Vault

extension Turn {
    /// Handles a frame. The sender is whoever the transport authenticated; a key that the roster no longer holds is nobody.
    mutating func receive(_ frame: PreparedFrame, from key: CurvePublicKey) throws {
        if let peer = node.state.roster.member(curveKey: key) {
            try interpret(node.state.engine.received(frame, from: peer.id, now: now, log: log))
            node.noteContact(with: peer)
        } else if let invitation = node.state.invitations[key], case .control(let bytes) = frame {
            try join(bytes, invitation: invitation, key: key)
        } else if node.state.roster.formerMember(curveKey: key) != nil {
            node.state.strangerFrames += 1
            // It may not know yet. One answer for a greeting, and nothing of what it says is looked at.
            if case .control(let bytes) = frame, bytes.first == MembershipFrames.helloTag {
                directives.append(.send(key, try MembershipFrames.notAMember()))
            }
        } else {
            node.state.strangerFrames += 1
        }
    }

    /// Stores a verified run, takes its roster changes, merges what can be merged, and tells the engine that it is committed.
    ///
    /// The engine's answer (credit) leaves with the turn's directives: after the transaction is durable.
    mutating func accept(_ run: VerifiedRun, from peer: MemberID, byteCount: Int) throws {
        let replica = run.header.replica
        guard try authorIsGenuine(run) else {
            directives.append(
                .warning(
                    NodeWarning(
                        "run-refused",
                        "a log \(replica) begins without naming its author; nothing of it was stored")))
            try interpret(node.state.engine.declined(LogRange(run), from: peer, byteCount: byteCount, now: now))
            return
        }
        try transaction.append(
            run.entries.lazy.map { LogRow($0.entry) }, of: replica, epoch: run.header.epoch.digest.bytes,
            signature: (run.head.sequence, run.header.signature.bytes))
        advance(to: run.head, authored: false)
        try takeRoster(
            run.entries.compactMap { entry in
                entry.rosterChanges.map { (LogHead(replica, entry.entry.sequence, entry.entry.hash), $0) }
            })
        if node.state.isRelay {
            // It cannot read what it keeps.
        } else if transaction.merged(of: replica) + 1 == run.header.first {
            let merged = try merge(run.entries[...], of: replica)
            if merged < run.entries.count {
                node.state.pending.append(run.entries[merged...], of: replica)
                node.state.hasBacklog = true
            } else {
                // Others may have waited for these.
                node.state.hasBacklog = node.state.hasBacklog || anyBacklog
            }
        } else {
            node.state.pending.append(run.entries[...], of: replica)
            node.state.hasBacklog = true
        }
        try interpret(
            node.state.engine.committed(run.head, from: peer, byteCount: byteCount, now: now, log: log))
    }

    /// Whether a log's first run says, in its first change set, that the member that signed it is its author.
    private func authorIsGenuine(_ run: VerifiedRun) throws -> Bool {
        if let author = node.state.roster.authors[run.header.replica] { return author == run.header.author }
        guard run.header.first == 1, let bytes = run.entries.first?.rosterChanges,
            let changes = try? RosterCodec.decode(bytes)  // Unreadable ones name nobody.
        else { return false }
        return changes.records.contains {
            if case .replicaStarted(run.header.replica, run.header.author) = $0 { true } else { false }
        }
    }

    /// Applies and keeps the roster changes of change sets of one log, in its order.
    mutating func takeRoster(_ sets: [(head: LogHead, bytes: [UInt8])]) throws {
        var operations: [RosterOperation] = []
        for (head, bytes) in sets {
            guard let changes = try? RosterCodec.decode(bytes) else {
                let text = "the roster changes of \(head.dot) are unreadable; kept, not applied"
                directives.append(.warning(NodeWarning("roster", text)))
                continue
            }
            try transaction.addRoster(head.dot, bytes)
            operations.append(RosterOperation(dot: head.dot, tag: head.hash.tag, changes: changes))
        }
        guard !operations.isEmpty else { return }
        let before = node.state.roster.former.count
        node.state.roster.apply(operations)
        node.state.takeGrants(identity: node.identity)
        for operation in operations { tellNewReplica(operation.dot.replica, operation.changes.records) }
        node.state.rosterChanged = true
        if node.state.roster.former.count > before { tellOfRemovals() }
    }

    private mutating func tellOfRemovals() {
        for former in node.state.roster.former where node.state.toldRemovals.insert(former.member.id).inserted {
            let author = former.by.flatMap { node.state.roster.name(of: $0) } ?? "a member"
            let what = former.removal.isRetirement ? "retired" : "removed"
            directives.append(.warning(NodeWarning("member", "\(author) \(what) \(former.member.name): \(former.removal.reason)")))
        }
    }
}

extension LogRow {
    init(_ entry: LogEntry) {
        self.init(sequence: entry.sequence, hash: entry.hash, body: entry.body, contents: entry.contents)
    }
}

extension LogEntry {
    init(_ row: StoredLogRow) {
        self.init(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
    }
}
