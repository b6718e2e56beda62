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
        } else if let invitation = node.state.invitations[key], case .control(let bytes) = frame {
            try join(bytes, invitation: invitation, key: key)
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
        for entry in run.entries {
            if let bytes = entry.rosterChanges { try takeRoster(bytes, at: Dot(replica, entry.entry.sequence)) }
        }
        if transaction.merged(of: replica) + 1 == run.header.first {
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
            let records = try? RosterCodec.decode(bytes)
        else { return false }
        return records.contains {
            if case .replicaStarted(run.header.replica, run.header.author) = $0 { true } else { false }
        }
    }

    /// Applies and keeps the roster changes of one change set.
    mutating func takeRoster(_ bytes: [UInt8], at dot: Dot) throws {
        guard let records = try? RosterCodec.decode(bytes) else {
            directives.append(.warning(NodeWarning("roster", "the roster changes of \(dot) are unreadable; kept, not applied")))
            return
        }
        try transaction.addRoster(dot, bytes)
        node.state.roster.apply(records, of: dot)
        tellNewReplica(dot.replica, records)
        for case .epochGranted(let grant) in records { node.state.open(grant, identity: node.identity) }
        node.state.rosterChanged = true
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
