import NodeService

/// One list of the group's directory as a table.
struct DirectoryView {
    /// Its name in the node's answer.
    let kind: String
    /// The members to show, in order.
    let columns: [String]

    func show(_ node: NodeOptions) async throws {
        let answer = try await node.ask("directory")
        let entries = answer.list(kind)
        node.show(.object([kind: .array(entries)])) { terminal in
            if entries.isEmpty { return "no \(kind) yet\n" }
            var table = TextTable(
                columns.enumerated().map { index, name in
                    .init(ThreadWords.plain(name), isFlexible: index == 1 || index == columns.count - 1, priority: -index)
                })
            for entry in entries {
                var cells = columns.map { TextTable.Cell(Self.text(entry[$0] ?? .null)) }
                if entry.flag("conflicted") { cells[1] = .init("\(cells[1].text) (two versions)", .warning) }
                table.add(cells)
            }
            return table.text(in: terminal)
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .int(let number): "\(number)"
        case .bool(let flag): flag ? "yes" : "no"
        case .array(let elements): elements.map(text).joined(separator: ", ")
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key)=\(text($0.value))" }.joined(separator: ", ")
        case .null, .double: ""
        }
    }
}
