import Foundation
import NodeService
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Vault

// What must hold, while the processes run and after they have ended.
extension LiveRun {
    /// What a running node shows.
    private struct Standing {
        let digest: String
        /// How far each log is merged, by replica.
        let merged: [String: Int]
        let isBusy: Bool

        /// Whether two nodes show the same, and neither has anything left to do.
        func equals(_ other: Standing) -> Bool { digest == other.digest && merged == other.merged && !isBusy && !other.isBusy }
    }

    private func standing(of node: LiveNode, _ timeout: Duration) async throws -> Standing? {
        guard node.hasJoined, node.canAnswer else { return nil }
        do {
            let status = try await node.process.ask("status", timeout: timeout)
            let digest = try await node.process.ask("digest", timeout: timeout)
            let logs = status.list("logs")
            let merged = Dictionary(logs.map { ($0.text("replica"), $0.number("merged")) }) { first, _ in first }
            let isBusy = status.flag("backlog") || logs.contains { $0.number("received") != $0.number("merged") }
            return Standing(digest: digest.text("digest"), merged: merged, isBusy: isBusy)
        } catch is NodeServiceError {
            return nil
        }
    }

    private func standings(_ timeout: Duration) async throws -> [Standing?] {
        var standings: [Standing?] = []
        for node in group.nodes { standings.append(try await standing(of: node, timeout)) }
        return standings
    }

    /// Notes how far apart the replicas are.
    func sample() async throws { record(try await standings(.seconds(5))) }

    private func record(_ standings: [Standing?]) {
        var best: [String: Int] = [:]
        for standing in standings { if let standing { best.merge(standing.merged, uniquingKeysWith: max) } }
        let missing = standings.map { standing in
            standing.map { standing in best.reduce(0) { $0 + $1.value - (standing.merged[$1.key] ?? 0) } }
        }
        let digests = Set(standings.compactMap { $0?.digest }).count
        differs = digests > 1 || missing.contains { $0 ?? 0 > 0 }
        journal.add(digests: digests, missing: missing)
    }

    /// Waits until all members say the same and have nothing left to do. Returns nil, or after `limit` what they say.
    func waitUntilEqual(_ limit: Duration) async throws -> String? {
        let start = ContinuousClock.now
        let deadline = start + min(limit, timeLeft)
        while true {
            watch()
            let standings = try await standings(.seconds(10))
            let known = standings.compactMap(\.self)
            let isWhole = known.count == group.members.filter(\.shouldRun).count
            if isWhole, let first = known.first, known.allSatisfy({ $0.equals(first) }) {
                record(standings)
                return nil
            }
            if .now >= deadline {
                try checkLimit()
                record(standings)
                return zip(group.nodes, standings).map { node, standing in
                    let what = standing.map { "\($0.merged.values.reduce(0, +)) change sets, digest \($0.digest.prefix(8))" }
                    return "\(node.name) \(what ?? "does not answer")"
                }.joined(separator: "; ")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Waits until nodes that reach each other say the same, as they do within a round. Where that takes longer than a real
    /// round, the story goes on all the same.
    func catchUp() async throws {
        let deadline = ContinuousClock.now + .milliseconds(Expectations.round) + .seconds(5)
        while true {
            watch()
            try checkLimit()
            let standings = try await standings(.seconds(10))
            if areEqualWithinComponents(standings) { return }
            guard .now < deadline else {
                return journal.say("nodes that reach each other are not equal yet; the story goes on", .dim)
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func areEqualWithinComponents(_ standings: [Standing?]) -> Bool {
        for (number, node) in group.nodes.enumerated() {
            guard let standing = standings[number] else { continue }
            for (place, other) in group.nodes.enumerated().dropFirst(number + 1) where group.network.links(node.name, other.name) {
                if let twin = standings[place], !standing.equals(twin) { return false }
            }
        }
        return true
    }

    /// Ends all faults, starts what is down, waits until all say the same, and checks what running nodes can tell.
    func settle() async throws {
        journal.add(.healed, nil, "all faults end", .accent)
        let start = ContinuousClock.now
        try await endFaults()
        if let apart = try await waitUntilEqual(options.patience) {
            let patience = DurationText.of(options.patience)
            violate(.convergence, nil, "the nodes are not equal \(patience) after everything was mended: \(apart)")
        } else {
            let took = (ContinuousClock.now - start) / .milliseconds(1)
            journal.add(.remark, nil, "all nodes are equal, \(Int(took.rounded())) ms after the faults ended", .accent)
        }
        for node in group.members where node.canAnswer {
            let verification = try await node.process.ask("log-verify", timeout: .seconds(60))
            if !verification.flag("sound") { violate(.logs, node, "its logs do not verify") }
        }
    }

    /// Stops every process as a service manager does.
    func stopAll() async throws {
        for node in group.members where node.shouldRun {
            node.shouldRun = false
            guard try await node.process.stop(within: .seconds(15)) else {
                violate(.availability, node, "it did not stop within 15 seconds of being asked to")
                node.kill()
                continue
            }
            if let ending = node.process.ending, ending != "exit status 0" {
                violate(.badInput, node, "it stopped with \(ending)")
            }
        }
    }

    // MARK: After the end

    /// Reads the replicas, the logs of the processes and what passed the proxies.
    func audit() throws {
        var audit = LiveAudit(at: journal.now, threads: deeds.threadIDs, acknowledged: deeds.acknowledged)
        var stores: [ReplicaStore] = []
        // They were only read; what closing could still fail at changes nothing that was found.
        defer { for store in stores { try? store.close() } }
        var replicas: [LiveAudit.Replica] = []
        for node in group.members {
            let folder = try DataFolder.unlock(node.process.directory)
            let identity = try folder.identity()
            let store = try folder.openStore()
            stores.append(store)
            let brain = try OfficeNode(store: store, identity: identity, random: SystemRandomSource())
            // What a replica shows must follow from its log alone.
            let digests = try brain.rebuild()
            if digests.before != digests.after { violate(.mergeLaws, node, "made anew from its log it shows something else") }
            replicas.append(LiveAudit.Replica(name: node.name, reader: brain.makeReader()))
        }
        try audit.check(replicas, scenario.expectations)
        for violation in audit.violations { take(violation) }
        for node in group.nodes { checkLog(of: node) }
        let canaries = group.network.counts.canaries
        if canaries > 0 { violate(.secrecy, nil, "what people wrote passed the lines in the clear, \(canaries) times") }
    }

    /// What the node's processes said: no text of the inbox, and nothing that a crash leaves behind.
    private func checkLog(of node: LiveNode) {
        let text = FileManager.default.contents(atPath: node.process.logPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
        if text.contains(Canary.text) { violate(.secrecy, node, "its log shows what people wrote") }
        for line in text.split(separator: "\n") {
            let words = line.lowercased()
            if ["fatal", "crash", "assertion failed", "precondition failed"].contains(where: words.contains) {
                violate(.badInput, node, "its log says: \(PrintableText.oneLine(String(line)))")
                break
            }
        }
        for code in scenario.expectations.warnings[node.name] ?? [] where !text.contains(" code=\(code)") {
            violate(nil, node, "warning \(code) was expected, and its log has none")
        }
        for kind in scenario.expectations.notices[node.name] ?? [] {
            let words = kind == "offered" ? "handoff offered" : kind.replacingOccurrences(of: "-", with: " ")
            if !text.contains(" notice=\(words) ") { violate(nil, node, "notice \(kind) was expected, and its log has none") }
        }
    }
}
