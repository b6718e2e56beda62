import NodeService

/// Holds and purges, as text.
struct KeepingView {
    let terminal: Terminal
    let now: Int64

    /// A line for each hold.
    func holds(_ holds: [JSONValue]) -> String {
        if holds.isEmpty { return "nothing is held\n" }
        var table = TextTable([
            .init("thread", widthMin: 8, priority: 9), .init("token", widthMin: 6, isFlexible: true, priority: 8),
            .init("why", widthMin: 8, isFlexible: true, priority: 6), .init("since", widthMin: 8, priority: 7),
            .init("look again", widthMin: 8, priority: 5),
        ])
        for hold in holds {
            table.add([
                .init(hold.text("code"), .accent), .init(hold.text("token")), .init(hold.text("reason")), .init(when(hold, "at")),
                .init(when(hold, "review")),
            ])
        }
        return table.text(in: terminal)
    }

    /// A line for each purge.
    func purges(_ purges: [JSONValue]) -> String {
        if purges.isEmpty { return "nothing was purged\n" }
        var table = TextTable([
            .init("thread", widthMin: 8, priority: 9), .init("class", widthMin: 6, isFlexible: true, priority: 7),
            .init("ordered", widthMin: 8, priority: 7), .init("by", widthMin: 6, isFlexible: true, priority: 6),
            .init("how far", widthMin: 10, isFlexible: true, priority: 8),
        ])
        for purge in purges {
            table.add([
                .init(purge.text("code"), .accent), .init(purge.text("class")), .init(when(purge, "at")), .init(purge.text("by")),
                .init(Self.progress(of: purge), purge.flag("complete") ? .plain : .warning),
            ])
        }
        return table.text(in: terminal)
    }

    /// All that is known of each purge.
    func certificates(_ purges: [JSONValue]) -> String {
        purges.map { purge in
            let title = "\(purge.text("code"))  purged: \(PrintableText.oneLine(Self.progress(of: purge)))"
            let lines = [
                Style.bold.applied(to: title, in: terminal),
                PrintableText.oneLine("ordered by \(purge.text("by")), \(when(purge, "at")), in change set \(purge.text("changeSet"))"),
                PrintableText.oneLine("class \(purge.text("class")): \(purge.text("reason"))"),
            ]
            return lines.joined(separator: "\n") + "\n" + members(of: purge)
        }.joined(separator: "\n")
    }

    private func members(of purge: JSONValue) -> String {
        var table = TextTable([
            .init("member", widthMin: 8, isFlexible: true, priority: 9), .init("acknowledged", widthMin: 12, priority: 8),
            .init("destroyed", widthMin: 9, priority: 8), .init("in change set", widthMin: 18, priority: 6),
        ])
        for member in purge.list("members") {
            let place = member.text("destroyedIn").isEmpty ? member.text("acknowledgedIn") : member.text("destroyedIn")
            table.add([
                .init(member.text("member")), .init(when(member, "acknowledged")), .init(when(member, "destroyed")), .init(place),
            ])
        }
        return table.text(in: terminal)
    }

    private static func progress(of purge: JSONValue) -> String {
        if purge.flag("complete") { return "destroyed everywhere" }
        let missing = purge.texts("waitingFor")
        return missing.isEmpty ? "being destroyed" : "waits for \(missing.joined(separator: ", "))"
    }

    private func when(_ value: JSONValue, _ name: String) -> String {
        value.moment(name).map { RelativeTime.minute(of: $0) } ?? ""
    }
}
