import Causality
import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore

// What is checked after every turn.
extension InvariantChecker {
    /// Checks what a turn did. `diedBefore`: nothing of what it asked for can be counted on, as the node died.
    func check(_ outcome: TurnOutcome, of node: SimulatedNode, diedBefore: Bool, at now: Int64) {
        let watch = watch(node)
        judgeLoss(of: watch, at: now)
        for breach in watch.breaches { report(.causalOrder, at: now, node: node.name, breach.dot, breach.message) }
        watch.breaches = []
        if !outcome.heads.isEmpty {
            reading(node, at: now) { try take(outcome.heads, of: node, watch, isAcknowledged: !diedBefore, at: now) }
        }
        if !diedBefore && outcome.warnings.contains(where: { $0.code == "storage" }) { checkUndone(node, watch, at: now) }
        let merged = watch.mergedSince
        watch.mergedSince = []
        if !diedBefore { checkChanged(outcome, merged, watch, at: now) }
        if !outcome.changed.isEmpty {
            reading(node, at: now) { try checkThreads(outcome, of: node, watch, isTold: !diedBefore, at: now) }
        }
        if diedBefore {
            watch.ahead = []
            return
        }
        ledger.acknowledgedCount += outcome.answered.count
        for dot in outcome.answered { checkAnswered(dot, of: node, watch, at: now) }
        checkClockWarnings(outcome, watch, at: now)
        for warning in outcome.warnings { take(warning, watch, at: now) }
        guard let canary else { return }
        for refusal in outcome.refusals where canary.isFound(in: refusal.message) {
            report(.secrecy, at: now, node: node.name, "the canary stands in a refusal (\(refusal.code.rawValue))")
        }
    }

    // MARK: Logs

    /// Takes what the node wrote into the ledger, and checks that the ledger knows everything else that it took in.
    private func take(
        _ heads: [LogHead], of node: SimulatedNode, _ watch: NodeWatch, isAcknowledged: Bool, at now: Int64
    ) throws {
        if let own = watch.replica, heads.contains(where: { $0.replica == own }) {
            try learn(node, watch, isAcknowledged: isAcknowledged, at: now)
        }
        if let replica = node.brain?.replica, replica != watch.replica {
            // It begins a new log; the old one is to it like anybody's from now on.
            watch.replica = replica
            watch.learned = nil
            try learn(node, watch, isAcknowledged: isAcknowledged, at: now)
        }
        for head in heads {
            let before = watch.received[head.replica]?.sequence ?? 0
            if !ledger.knows(head) { try learnCrafted(upTo: head, after: before, at: node, now) }
            if !ledger.isWritten(head) { try reportUnknown(head, after: before, of: node, at: now) }
            if head.sequence >= before && !isBase(head, of: node) { watch.received[head.replica] = head }
        }
    }

    /// Whether nothing is held of the log, which is a branch, beyond what it has in common with others.
    func isBase(_ head: LogHead, of node: SimulatedNode) -> Bool {
        node.store.progress.contains { $0.replica == head.replica && $0.base > 0 && $0.base == head.sequence }
    }

    /// Takes what the node's own log holds beyond the ledger into the ledger.
    func learn(_ node: SimulatedNode, _ watch: NodeWatch, isAcknowledged: Bool, at now: Int64) throws {
        guard let replica = watch.replica, let head = node.store.progress.first(where: { $0.replica == replica })?.received,
            head.sequence > 0, !ledger.knows(head)
        else { return }
        let reader = try node.reader
        func hash(_ sequence: UInt64) throws -> ChangeSetHash? {
            sequence == 0 ? .zero : try reader.store.logRow(at: Dot(replica, sequence))?.hash
        }
        // Where the log was put back it goes on from an earlier change set than the ledger ends with.
        var known = min(watch.learned?.sequence ?? 0, head.sequence - 1)
        while known > 0, try !ledger.knows(LogHead(replica, known, hash(known) ?? .zero)) { known -= 1 }
        var previous = try hash(known) ?? .zero
        for sequence in known + 1...head.sequence {
            let dot = Dot(replica, sequence)
            let isRelay = node.kind == .relay
            guard let body = try isRelay ? ChangeSetBody(sealedByRelay: dot) : reader.body(at: dot), let hash = try hash(sequence) else {
                return report(.logs, at: now, node: node.name, dot, "its author cannot open it any more")
            }
            ledger.record(body, hash: hash, previous: previous, by: node.index, at: now)
            if isAcknowledged { ledger.acknowledge(dot, hash) }
            previous = hash
        }
        watch.learned = head
    }

    /// Takes what an adversary sealed into the ledger, from the first replica that holds it: it has an author, though not the one
    /// that it names.
    private func learnCrafted(upTo head: LogHead, after sequence: UInt64, at node: SimulatedNode, _ now: Int64) throws {
        guard head.sequence > sequence else { return }
        let reader = try node.reader
        for number in sequence + 1...head.sequence {
            let dot = Dot(head.replica, number)
            guard let hash = try reader.store.logRow(at: dot)?.hash, let author = ledger.crafter(of: dot, hash),
                let body = try reader.body(at: dot)
            else { continue }
            let previous = try number == 1 ? .zero : reader.store.logRow(at: Dot(head.replica, number - 1))?.hash
            ledger.record(body, hash: hash, previous: previous ?? .zero, by: author, at: now)
        }
    }

    /// Names the first change set of a log that nobody wrote.
    private func reportUnknown(_ head: LogHead, after sequence: UInt64, of node: SimulatedNode, at now: Int64) throws {
        var first = head.dot
        for number in sequence + 1..<max(head.sequence, sequence + 1) {
            let dot = Dot(head.replica, number)
            if let row = try node.store.reader.logRow(at: dot), ledger.entry(at: dot, row.hash) == nil {
                first = dot
                break
            }
        }
        let other = ledger.entry(at: first) == nil ? "" : ": its author wrote another one of that name"
        report(.authenticity, at: now, node: node.name, first, "it holds a change set that nobody wrote\(other)")
    }

    /// A turn that could not be stored left nothing in the node's own log, in the tables and in memory: its brain goes on as if it
    /// had not been.
    private func checkUndone(_ node: SimulatedNode, _ watch: NodeWatch, at now: Int64) {
        guard let learned = watch.learned else { return }
        func head(_ progress: [ReplicaProgress]) -> LogHead? { progress.first { $0.replica == learned.replica }?.received }
        if let head = head(node.store.progress), head.sequence > learned.sequence {
            report(.logs, at: now, node: node.name, head.dot, "the turn that wrote it was called undone, and memory counts it as held")
        }
        reading(node, at: now) {
            if let head = head(try node.store.reader.progress()), head.sequence > learned.sequence {
                report(.logs, at: now, node: node.name, head.dot, "the turn that wrote it was called undone, and the log holds it")
            }
        }
    }

    private func checkAnswered(_ dot: Dot, of node: SimulatedNode, _ watch: NodeWatch, at now: Int64) {
        if dot.replica != watch.replica || (watch.learned?.sequence ?? 0) < dot.sequence {
            report(.durability, at: now, node: node.name, dot, "it was acknowledged, and its author's log does not hold it")
        }
    }

    // MARK: Warnings

    private func take(_ warning: NodeWarning, _ watch: NodeWatch, at now: Int64) {
        watch.warnings += 1
        if let canary, canary.isFound(in: warning.message) {
            report(.secrecy, at: now, node: watch.name, "the canary stands in a warning (\(warning.code))")
        }
        if warning.code == "relay" { checkAccusation(warning, by: watch, at: now) }
        if warning.code == "storage", !watch.diskExcuses.isEmpty, watch.diskFailsUntil < now { watch.isDamaged = true }
        if ["sync", "quarantine", "fork"].contains(warning.code) {
            // Warnings name change sets as `replica:number`. A warning from before there was a fork is about something else, unless
            // it is about the node's own log.
            for replica in ledger.replicas where warning.message.contains(replica.description) {
                if ledger.forked.contains(replica) || replica == watch.replica { watch.forkWarnings.insert(replica) }
            }
        }
        watch.rates.count(at: now)
        checkRates(watch, at: now)
    }

    /// A stamp from too far in the future is warned of in the turn that merges it, once for each log and life.
    private func checkClockWarnings(_ outcome: TurnOutcome, _ watch: NodeWatch, at now: Int64) {
        let new = watch.ahead.subtracting(watch.warnedAhead)
        watch.ahead = []
        if new.isEmpty { return }
        watch.warnedAhead.formUnion(new)
        let said = outcome.warnings.count { $0.code == "clock" }
        if said < new.count {
            let logs = new.sorted().map(\.description).joined(separator: ", ")
            report(
                .clocks, at: now, node: watch.name,
                "it merged stamps more than five minutes ahead of its clock from \(logs), and warned of \(said) of \(new.count)")
        }
    }

    // MARK: Threads

    /// Every thread that a merged change set is about was reported as changed, or pages and people would go on with what was.
    private func checkChanged(_ outcome: TurnOutcome, _ merged: [Dot], _ watch: NodeWatch, at now: Int64) {
        guard invariants.contains(.accountability), !merged.isEmpty else { return }
        var told: Set<ThreadID>?
        for dot in merged where !ledger.forked.contains(dot.replica) {
            for case .thread(let id, _, _) in ledger.entry(at: dot)?.set.changes ?? [] {
                if told == nil { told = Set(outcome.changed) }
                if told?.contains(id) == true { continue }
                report(
                    .accountability, at: now, node: watch.name, dot,
                    "it was merged, and thread \(name(of: id)), which it changes, was not reported as changed")
            }
        }
    }

    /// Every open thread has an owner; who claims a thread that others claimed too is told so, once.
    private func checkThreads(
        _ outcome: TurnOutcome, of node: SimulatedNode, _ watch: NodeWatch, isTold: Bool, at now: Int64
    ) throws {
        guard invariants.contains(.ownership) || invariants.contains(.accountability) else { return }
        let reader = node.store.reader
        for id in outcome.changed {
            guard let state = try reader.state(of: id) else {
                // All that was said of it was set aside after it had been merged.
                if watch.hasSetAside { continue }
                report(.ownership, at: now, node: node.name, "thread \(name(of: id)) was reported as changed and is not there")
                continue
            }
            // What follows a change set that was set aside may be about a thread whose opening was in it.
            if watch.hasSetAside && state.opening == nil {
                remark("fork: threads whose opening is set aside are not judged")
            } else {
                checkOwner(state, of: node, at: now)
            }
            let before = watch.claims[id]
            let after = NodeWatch.Claims(state)
            watch.claims[id] = after.dots.isEmpty ? nil : after
            if isTold { checkNotices(outcome, of: id, before, after, node: node.name, at: now) }
        }
    }

    /// A thread that is open or needs a reply is somebody's.
    private func checkOwner(_ state: ThreadState, of node: SimulatedNode, at now: Int64) {
        let isOpen = state.status != .resolved && state.status != .merged
        guard isOpen || state.flags.contains(.needsReply), state.owner == nil else { return }
        report(
            .ownership, at: now, node: node.name, state.clock.entries.last.map { Dot($0.replica, $0.sequence) },
            "thread \(name(of: state.id)) is \(state.status) and neither a person nor a queue is accountable for it")
    }

    /// - Parameters:
    ///   - before: The people's claims before the turn; nil for none.
    ///   - after: After it.
    private func checkNotices(
        _ outcome: TurnOutcome, of id: ThreadID, _ before: NodeWatch.Claims?, _ after: NodeWatch.Claims, node: String,
        at now: Int64
    ) {
        let told = outcome.contested.filter { $0.thread == id }
        let isContested = after.owners.count > 1
        let wasContested = (before?.owners.count ?? 0) > 1
        let newcomers = after.owners.filter { !(before?.owners.contains($0) ?? false) }
        let mustTell = isContested && (!wasContested || !newcomers.isEmpty)
        // Somebody may claim again without having seen the others' claims: that is news as well.
        let mayTell = isContested && !after.dots.subtracting(before?.dots ?? []).isEmpty
        if mustTell && told.isEmpty {
            report(
                .accountability, at: now, node: node, after.dots.max(),
                "thread \(name(of: id)) has \(after.owners.count) claimants now and none of them was told")
        }
        if !mayTell && !told.isEmpty {
            report(.accountability, at: now, node: node, "thread \(name(of: id)) was called contested without a new claim")
        }
        if told.count > 1 {
            report(.accountability, at: now, node: node, "thread \(name(of: id)) was called contested \(told.count) times at a time")
        }
        if let notice = told.first, isContested, notice.claimants != after.owners {
            report(
                .accountability, at: now, node: node,
                "the notice that thread \(name(of: id)) is contested names \(notice.claimants.count) claimants; "
                    + "\(after.owners.count) own it, or in another order")
        }
    }

    /// What messages call a thread: the characters of its short code.
    func name(of thread: ThreadID) -> String { ShortCode.suffix(of: thread) }
}
