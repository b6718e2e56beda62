import NodeService

/// How a node stands, as text.
struct StatusView {
    let answer: JSONValue
    let terminal: Terminal

    private var now: Int64 { answer.moment("now") ?? 0 }

    var text: String {
        ([heading, peers, logs, forks, conflicts, quarantine].compactMap(\.self)).joined(separator: "\n")
    }

    // MARK: The node

    private var heading: String {
        let member = answer["member"] ?? .null
        let name = member["name"]?.string ?? "not known to the group yet"
        let kind = [member.text("kind"), member.text("office")].filter { !$0.isEmpty }.joined(separator: ", ")
        var lines = [
            Style.bold.applied(to: PrintableText.oneLine(answer.text("group")), in: terminal),
            field("this node", name + (kind.isEmpty ? "" : " (\(kind))")),
            field("listens on", answer["listening"]?.string ?? "nothing: it dials the others"),
            field("key", Self.key(answer.text("key")), warns: "waiting"),
        ]
        let counts = answer["counts"] ?? .null
        lines.append(
            field(
                "threads",
                "\(counts.number("open")) open, \(counts.number("needs-reply")) need a reply, "
                    + "\(counts.number("overdue")) overdue, \(counts.number("contested")) contested"))
        lines += contact + holding
        if answer.flag("backlog") { lines.append(field("backlog", "change sets are held that wait to be merged")) }
        if answer.number("invitations") > 0 {
            lines.append(field("invitations", "\(answer.number("invitations")) not used yet"))
        }
        if answer.number("devicesWaiting") > 0 {
            lines.append(
                field("devices", "\(answer.number("devicesWaiting")) wait to be let in: suture member pending", warns: "wait"))
        }
        if answer.number("strangerFrames") > 0 {
            lines.append(field("strangers", "\(answer.number("strangerFrames")) frames from nobody known"))
        }
        if let held = answer["heldByAll"], !held.isNull {
            lines.append(field("held by all", heldByAll(held), warns: "waiting for"))
        }
        if let digest = answer["digest"]?.string { lines.append(field("digest", digest)) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What every member has, by its signed word.
    private func heldByAll(_ held: JSONValue) -> String {
        let waits = held.list("waitingFor").map { wait in
            let name = wait["member"]?.string ?? "a member"
            if !wait.flag("heard") { return "\(name), which has written nothing yet" }
            return name + (wait.moment("since").map { ", which lacks what came \(RelativeTime.of($0, now: now)) and since" } ?? "")
        }
        if held.flag("everything") { return "everything" }
        let until = held.moment("until").map { "everything until \(RelativeTime.of($0, now: now))" } ?? "not known"
        return waits.isEmpty ? until : "\(until); waiting for \(waits.joined(separator: "; "))"
    }

    /// What a laptop holds that holds less than everything.
    private var holding: [String] {
        guard let holding = answer["holding"], case .object = holding else { return [] }
        let count = holding.number("partialThreads")
        let threads = count == 1 ? "one thread" : "\(count) threads"
        let gaps = count == 0 ? "nothing was let go" : "texts of \(threads) are held at offices only"
        guard let days = holding["days"]?.double else { return [field("holds", "everything again, as it is fetched; \(gaps)")] }
        let also = holding.texts("people") + holding.texts("queues")
        let names = also.isEmpty ? "" : ", those of \(also.joined(separator: ", "))"
        return [field("holds", "what is open\(names) and what ended within \(Int(days.rounded())) \(days == 1 ? "day" : "days"); \(gaps)")]
    }

    /// How long a laptop has been away from every office.
    private var contact: [String] {
        guard let contact = answer["contact"], let met = contact.moment("lastMet") else { return [] }
        let limit = contact["limitDays"]?.double.map { "; may be away for \(Int($0.rounded())) days" } ?? ""
        let lines = [field("last met", "an office \(RelativeTime.of(met, now: now))\(limit)")]
        guard let message = contact["message"]?.string else { return lines }
        return lines + [field(contact.text("state") == "closes-soon" ? "closes soon" : "CLOSED", message, warns: "laptop")]
    }

    private static func key(_ word: String) -> String {
        switch word {
        case "held": "held"
        case "none": "none: a relay keeps and passes on what it cannot read"
        default: "waiting for a key: it cannot write yet"
        }
    }

    private func field(_ name: String, _ value: String, warns word: String? = nil) -> String {
        let blanks = String(repeating: " ", count: max(1, 12 - name.count))
        let style = word.map { value.contains($0) } == true ? Style.warning : .plain
        return Style.dim.applied(to: name, in: terminal) + blanks
            + style.applied(to: PrintableText.oneLine(value), in: terminal)
    }

    // MARK: Peers and logs

    private var peers: String? {
        let peers = answer.list("peers")
        if peers.isEmpty { return "no other members yet: `suture invite` makes an invitation\n" }
        var table = TextTable([
            .init("member", widthMin: 8, isFlexible: true, priority: 9), .init("kind", widthMin: 6, priority: 2),
            .init("link", widthMin: 4, priority: 8), .init("state", widthMin: 7, priority: 4),
            .init("last heard", widthMin: 9, priority: 7), .number("missing here", priority: 6),
            .number("missing there", priority: 5), .init("endpoint", widthMin: 12, isFlexible: true, priority: 1),
        ])
        for peer in peers {
            let isUp = peer.flag("connected")
            table.add([
                .init(peer.text("name"), .accent), .init(peer.text("kind")),
                .init(isUp ? "up" : "down", isUp ? .plain : .warning), Self.state(of: peer),
                .init(peer.moment("lastHeard").map { RelativeTime.of($0, now: now) } ?? "never"),
                .init(Figures.grouped(peer.number("missingHere"))), .init(Figures.grouped(peer.number("missingThere"))),
                .init(peer.text("endpoint")),
            ])
        }
        return table.text(in: terminal)
    }

    /// What is going on with a peer, and that its clock is wrong where it is.
    private static func state(of peer: JSONValue) -> TextTable.Cell {
        guard let ahead = peer["clockAhead"]?.int else { return .init(peer.text("state")) }
        return .init("\(peer.text("state")), clock \(DurationText.of(.milliseconds(ahead))) ahead", .warning)
    }

    private var logs: String {
        var table = TextTable([
            .init("log of", widthMin: 8, isFlexible: true, priority: 5), .init("replica", widthMin: 16, priority: 1),
            .number("received", priority: 4), .number("merged", priority: 3), .number("indexed", priority: 2),
        ])
        let logs = answer.list("logs")
        let sealedCount = logs.count { $0.flag("sealed") }
        for log in logs where !log.flag("sealed") {
            table.add([
                .init(log["author"]?.string ?? "unknown", .accent), .init(log.text("replica"), .dim),
                .init(Figures.grouped(log.number("received"))), .init(Figures.grouped(log.number("merged"))),
                .init(Figures.grouped(log.number("indexed"))),
            ])
        }
        if sealedCount == 0 { return table.text(in: terminal) }
        let words = sealedCount == 1 ? "1 log that nobody writes to any more" : "\(sealedCount) logs that nobody writes to any more"
        return table.text(in: terminal) + Style.dim.applied(to: "and \(words), which every member has", in: terminal) + "\n"
    }

    /// Logs that two machines wrote to.
    private var forks: String? {
        let forks = answer.list("forks")
        if forks.isEmpty { return nil }
        var table = TextTable([
            .init("two machines wrote as", widthMin: 12, isFlexible: true, priority: 5), .number("after", priority: 4),
            .init("noticed", widthMin: 9, priority: 3), .init("log", widthMin: 16, priority: 2),
            .init("goes on as", widthMin: 16, isFlexible: true, priority: 1),
        ])
        for fork in forks {
            table.add([
                .init(fork["member"]?.string ?? "unknown", .warning), .init(Figures.grouped(fork.number("after"))),
                .init(fork.moment("noticedAt").map { RelativeTime.of($0, now: now) } ?? ""), .init(fork.text("log"), .dim),
                .init(fork.list("branches").map { $0.text("replica") }.joined(separator: ", "), .dim),
            ])
        }
        return table.text(in: terminal)
    }

    // MARK: What people must look at

    private var conflicts: String? {
        let threads = answer.list("conflicts")
        if threads.isEmpty { return nil }
        let title = Style.warning.applied(to: "Acted on while apart, to be settled:", in: terminal)
        return title + "\n" + InboxView.table(threads, now: now).text(in: terminal)
    }

    private var quarantine: String? {
        let sets = answer.list("quarantine")
        if sets.isEmpty { return nil }
        var table = TextTable([
            .init("held back", widthMin: 18, priority: 2), .init("since", widthMin: 9, priority: 1),
            .init("why", widthMin: 12, isFlexible: true, priority: 3),
        ])
        for set in sets {
            table.add([
                .init(set.text("changeSet")), .init(set.moment("receivedAt").map { RelativeTime.of($0, now: now) } ?? ""),
                .init(set.text("reason"), .warning),
            ])
        }
        return table.text(in: terminal)
    }
}
