import Causality
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import SyncEngine

extension StaffServer {
    func addOffices(to router: Router<PageContext>) {
        get("/offices", in: router) { page in try await self.offices(page) }
        post("/offices/quarantine/adopt", in: router) { page in
            try await self.adopt(try page.form.required("dot"), for: page)
            self.note("The change set is adopted; every office merges it.", for: page)
            return Self.go(to: "/offices")
        }
    }

    /// Lets a change set that was set aside count everywhere. `text` names it, as `0123456789abcdef:17`.
    func adopt(_ text: String, for page: PageRequest) async throws {
        guard let dot = Self.dot(text) else { throw PageFault.malformed("There is no such change set.") }
        try await perform(.administer(.adopt([LogRange(dot.replica, dot.sequence, dot.sequence)])), for: page)
    }

    /// The change set that `text` names; nil where it is no such name.
    static func dot(_ text: String) -> Dot? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let replica = ReplicaID(hexadecimal: String(parts[0])), let sequence = UInt64(parts[1]), sequence > 0
        else { return nil }
        return Dot(replica, sequence)
    }

    private func offices(_ page: PageRequest) async throws -> Response {
        try page.require(.seeSync)
        let status = try await gateway.status()
        let time = PageTime(for: page)
        let held = try page.reader.quarantine()
        var model: [String: Any] = [
            "here": status.member?.name ?? "", "picture": LinkPicture(status, time).model, "members": members(status, time),
            "queues": try queues(page), "canAdopt": page.access.decision(.administer).isAllowed,
        ]
        model["heldByAll"] = heldByAll(try page.reader.heldByAll(status.stability, now: page.now), status, time)
        if let message = status.contact?.message { model["contact"] = message.prefix(1).uppercased() + message.dropFirst() + "." }
        model["trustWarning"] = try authorityWarning(status, page.reader.store.pageAuthorities())
        if !held.isEmpty {
            model["hasQuarantine"] = true
            model["quarantine"] = held.prefix(200).map { quarantined($0, page, time) }
        }
        if !status.forks.isEmpty {
            model["hasForks"] = true
            model["forks"] = status.forks.map { fork in
                [
                    "member": status.members.first { $0.id == fork.member }?.name ?? "a device that was removed",
                    "words": """
                        \(fork.branches.count) machines wrote as this one after change set \(fork.after); noticed \
                        \(time.short(fork.noticedAt)). What each wrote is kept and merged.
                        """,
                    "todo": "A disk was copied, or an old backup was started: find the second machine and switch it off.",
                ]
            }
        }
        return try self.page("offices", page, nav: "/offices", model)
    }

    private func members(_ status: NodeStatus, _ time: PageTime) -> [[String: Any]] {
        status.members.map { member in
            let isHere = member.id == status.member?.id
            let peer = status.peers.first { $0.member == member.id }
            var model: [String: Any] = [
                "name": member.name, "kind": member.kind.name, "isHere": isHere, "isUp": isHere || peer?.isConnected == true,
                "link": isHere ? "this node" : Self.link(peer), "missingHere": "\(peer?.missingHere ?? 0)",
                "missingThere": "\(peer?.missingThere ?? 0)", "lag": Self.lag(peer, isHere: isHere),
                "clock": peer?.lastHeard == nil ? "not seen yet" : "not ahead", "isClockWrong": false, "heard": false, "iso": "",
            ]
            if isHere { model["clock"] = "" }
            if let lead = status.clockLeads[member.id] {
                model["clock"] = "\(PageTime.span(lead)) ahead"
                model["isClockWrong"] = true
            }
            if !isHere {
                model["heard"] = peer?.lastHeard.map { "\(time.short($0)), \(time.age($0))" } ?? "never since this node started"
                model["iso"] = peer?.lastHeard.map { time.iso($0) } ?? ""
            }
            return model
        }
    }

    /// What all devices have, by their signed word.
    private func heldByAll(_ held: HeldByAll, _ status: NodeStatus, _ time: PageTime) -> String {
        if held.isEverything { return "Every device has said that it holds everything that is here." }
        let until = held.until.map { "Everything up to \(time.short($0)) is held by all." } ?? "What all devices hold is not known yet."
        let waits = held.late.map { line in
            let name = status.name(of: line.member) ?? "a device"
            if !line.isHeard { return "\(name), which has written nothing yet" }
            return line.writtenAt.map { "\(name), last heard of \(time.age($0))" } ?? name
        }
        return waits.isEmpty ? until : "\(until) Waiting for \(waits.joined(separator: "; "))."
    }

    private static func link(_ peer: PeerStatus?) -> String {
        guard let peer else { return "not heard yet" }
        switch peer.state {
        case .disconnected: return "no answer"
        case .refused: return "refused"
        case .comparing: return "comparing"
        case .receiving: return "sending to this node"
        case .sending: return "receiving from this node"
        case .waiting: return "waiting"
        case .behind: return "lacks something that others have"
        case .partial: return "lacks texts that only offices hold"
        case .idle: return "in touch"
        }
    }

    private static func lag(_ peer: PeerStatus?, isHere: Bool) -> String {
        if isHere { return "none" }
        guard let peer else { return "unknown" }
        let missing = peer.missingHere + peer.missingThere
        if !peer.isConnected { return missing == 0 ? "none when last heard" : "\(missing) change sets when last heard" }
        return missing == 0 ? "none" : "\(missing) change sets"
    }

    private func queues(_ page: PageRequest) throws -> [[String: Any]] {
        let time = PageTime(for: page)
        return try queueLoads(page).map { load in
            let queue = load.profile
            var model: [String: Any] = [
                "name": queue.name, "office": page.directory.name(of: queue.office),
                "waiting": load.isMore ? "\(load.waiting) or more" : "\(load.waiting)", "isUncovered": load.isUncovered,
                "oldest": load.oldest.map { "waits \(PageTime.span(time.now - $0))" } ?? false as Any, "primary": false, "backup": false,
            ]
            if let primary = queue.primary { model["primary"] = page.directory.name(of: primary) }
            if let backup = queue.backup { model["backup"] = page.directory.name(of: backup) }
            return model
        }
    }

    private func quarantined(_ item: QuarantinedItem, _ page: PageRequest, _ time: PageTime) -> [String: Any] {
        let at = item.madeAt?.milliseconds ?? item.receivedAt
        let kinds = Dictionary(grouping: item.statements, by: \.kind).map {
            $0.value.count == 1 ? "a \($0.key)" : "\($0.value.count) × \($0.key)"
        }.sorted()
        return [
            "dot": "\(item.dot)", "member": item.author?.name ?? "an unknown device",
            "person": item.actor.map { page.directory.name(of: $0, patient: "a patient") } ?? "unknown", "time": time.short(at),
            "iso": time.iso(at),
            "why": QuarantineReason(rawValue: item.reason)?.explanation ?? item.reason,
            "what": kinds.isEmpty ? "its key is not here" : kinds.joined(separator: " and "),
        ]
    }
}
