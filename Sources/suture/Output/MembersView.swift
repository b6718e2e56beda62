import NodeService

/// The members of a group, as text.
struct MembersView {
    let answer: JSONValue
    let terminal: Terminal

    var text: String { [members, forked, former, rest].compactMap(\.self).joined(separator: "\n") }

    private var members: String {
        var table = TextTable([
            .init("member", widthMin: 8, isFlexible: true, priority: 9), .init("kind", widthMin: 6, priority: 6),
            .init("office", widthMin: 6, priority: 5), .init("administers", widthMin: 6, priority: 7),
            .init("link", widthMin: 4, priority: 8), .init("lacks", widthMin: 7, priority: 4), .init("id", widthMin: 8, priority: 2),
            .init("endpoint", widthMin: 12, isFlexible: true, priority: 1),
        ])
        for member in answer.list("members") {
            let isOwn = member.flag("thisNode")
            let isUp = member.flag("connected")
            table.add([
                .init(member.text("name"), .accent), .init(member.text("kind")), .init(member.text("office")),
                .init(Self.rights(of: member)),
                .init(isOwn ? "here" : isUp ? "up" : "down", isOwn || isUp ? .plain : .warning), lacks(member),
                .init(String(member.text("id").prefix(8))), .init(member.text("endpoint")),
            ])
        }
        return table.text(in: terminal)
    }

    /// What the member has not said that it has.
    private func lacks(_ member: JSONValue) -> TextTable.Cell {
        // A relay is not asked: it merges nothing.
        guard let word = member["acknowledged"], !word.isNull else { return .init("") }
        if !word.flag("heard") { return .init("everything", .warning) }
        if word.number("lacks") == 0 { return .init("nothing") }
        let since = word.moment("since").map { ", \(RelativeTime.of($0, now: answer.moment("now") ?? 0))" } ?? ""
        return .init("\(Figures.grouped(word.number("lacks")))\(since)", word.flag("late") ? .warning : .plain)
    }

    private static func rights(of member: JSONValue) -> String {
        guard member.flag("administrator") else { return "" }
        let offices = member.list("administers").compactMap(\.string)
        return offices.isEmpty ? "all" : offices.joined(separator: ", ")
    }

    private var forked: String? {
        let forked = answer.list("members").filter { ($0.number("forkedSince")) > 0 }.map { $0.text("name") }
        if forked.isEmpty { return nil }
        return "two machines wrote as \(forked.joined(separator: ", ")): see `suture status`\n"
    }

    private var former: String? {
        let former = answer.list("former")
        if former.isEmpty { return nil }
        var table = TextTable([
            .init("no longer", widthMin: 8, isFlexible: true, priority: 9), .init("how", widthMin: 7, priority: 7),
            .init("by", widthMin: 6, priority: 6), .init("why", widthMin: 8, isFlexible: true, priority: 8),
            .init("id", widthMin: 8, priority: 2),
        ])
        for member in former {
            table.add([
                .init(member.text("name")), .init(member.flag("retired") ? "retired" : "revoked"), .init(member.text("by")),
                .init(member.text("reason")), .init(String(member.text("id").prefix(8))),
            ])
        }
        return table.text(in: terminal)
    }

    private var rest: String {
        let recovery = answer["recovery"] ?? .null
        let policy = answer["policy"] ?? .null
        let signers = recovery.number("signers")
        let recoveryText = signers == 0 ? "no recovery signers" : "\(recovery.number("threshold")) of \(signers) recovery signers"
        let key = answer.flag("waitingForKey") ? "waiting for a key" : "key \(answer.number("epochs"))"
        let retired = answer["retiredLogs"] ?? .null
        let open = retired.number("count") - retired.number("sealed")
        let names = retired.list("waitingFor").compactMap(\.string).joined(separator: ", ")
        let logs = retired.number("count") == 0 ? ""
            : "\(retired.number("count")) logs are retired; "
                + (open == 0 ? "every member has them\n" : "\(open) of them wait for \(names.isEmpty ? "this node" : names)\n")
        let contact = policy["contactDays"]?.int.map { "; laptops close after \($0) days away from every office" } ?? ""
        return "\(logs)\(key), renewed at the latest after \(policy.number("epochDays")) days; \(recoveryText)\(contact)\n"
    }
}
