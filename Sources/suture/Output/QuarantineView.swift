import NodeService

/// Change sets that are kept and not merged, as text.
struct QuarantineView {
    let held: [JSONValue]
    let terminal: Terminal

    /// A line each.
    var list: String {
        if held.isEmpty { return "nothing is set aside\n" }
        var table = TextTable([
            .init("change set", widthMin: 18, priority: 9), .init("device", widthMin: 8, isFlexible: true, priority: 8),
            .init("who", widthMin: 6, isFlexible: true, priority: 6), .init("why", widthMin: 7, priority: 7),
            .init("says", widthMin: 8, isFlexible: true, priority: 5),
        ])
        for item in held {
            table.add([
                .init(item.text("changeSet"), .accent), .init(item.text("author")), .init(item.text("actor")),
                .init(item.text("reason")), .init(Self.kinds(of: item)),
            ])
        }
        return table.text(in: terminal)
    }

    /// All that the change sets say.
    var whole: String {
        held.map { item in
            var lines = [
                Style.bold.applied(to: item.text("changeSet"), in: terminal),
                "written by \(PrintableText.oneLine(item.text("author"))), for \(PrintableText.oneLine(item.text("actor")))",
                "set aside: \(item.text("explanation"))",
            ]
            for statement in item.list("statements") {
                let text = statement.text("text")
                let about = [statement.text("thread"), statement.text("kind")].filter { !$0.isEmpty }.joined(separator: " ")
                lines.append("  " + about + (text.isEmpty ? "" : ": " + PrintableText.oneLine(text)))
            }
            return lines.joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
    }

    private static func kinds(of item: JSONValue) -> String {
        let kinds = item.list("statements").map { $0.text("kind") }
        return kinds.isEmpty ? "(its key is not here)" : kinds.joined(separator: ", ")
    }
}
