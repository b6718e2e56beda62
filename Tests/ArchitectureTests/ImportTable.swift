/// Who may import whom: the table of ARCHITECTURE.md as data. SwiftPM itself does not reject the import of a module
/// that is reachable only through another, so this table is what keeps the layers apart.
struct ImportTable {
    /// One module's row.
    struct Row {
        /// The modules it may import besides `Swift`.
        let imports: Set<String>
        /// Whether it may also import the platform: files, clocks, threads, system calls.
        let platform: Bool
        /// Whether it is written in C; a module that is not holds Swift only.
        let isC: Bool

        private init(imports: Set<String>, platform: Bool, isC: Bool) {
            self.imports = imports
            self.platform = platform
            self.isC = isC
        }

        /// No clock, randomness, concurrency, locks or files: the same input gives the same output.
        static func pure(_ imports: Set<String> = []) -> Row {
            Row(imports: imports, platform: false, isC: false)
        }

        static func shell(_ imports: Set<String> = []) -> Row {
            Row(imports: imports, platform: true, isC: false)
        }

        static let c = Row(imports: [], platform: false, isC: true)
    }

    /// What a row with `platform` may import without naming it.
    static let platform: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
    ]

    /// Our own modules that carry behaviour, in the order of the layers.
    private static let layers: Set<String> = [
        "Causality", "InboxModel", "InboxWorkflow", "Vault", "WireProtocol", "ChangeLog", "ReplicaStore", "SyncEngine",
        "OfficeNode", "ZeroMQTransport", "NodeService", "PageTemplates", "WebInbox", "PlainInbox", "PartitionSimulator",
    ]

    /// SwiftProtobuf stands in four rows because `InternalImportsByDefault` and `MemberImportVisibility` ask for it
    /// wherever a generated type is built or read.
    static let project = ImportTable(rows: [
        "CSodium": .c,
        "CZeroMQ": .c,
        "CSealedVFS": .c,
        "CShadowVFS": .c,
        "Causality": .pure(),
        "InboxModel": .pure(["Causality"]),
        "InboxWorkflow": .pure(["Causality", "InboxModel", "FoundationEssentials"]),
        "Vault": .shell(["CSodium"]),
        "WireProtocol": .shell(["SwiftProtobuf"]),
        "ChangeLog": .shell(["Causality", "InboxModel", "WireProtocol", "Vault", "SwiftProtobuf"]),
        "ReplicaStore": .shell(["Causality", "InboxModel", "Vault", "CSealedVFS", "GRDB", "GRDBSQLite"]),
        // FoundationEssentials where generated messages are built and read: their byte strings are `Data`.
        "SyncEngine": .pure(["Causality", "WireProtocol", "ChangeLog", "SwiftProtobuf", "FoundationEssentials"]),
        "OfficeNode": .pure([
            "Causality", "InboxModel", "InboxWorkflow", "Vault", "WireProtocol", "ChangeLog", "ReplicaStore",
            "SyncEngine", "SwiftProtobuf", "FoundationEssentials",
        ]),
        "ZeroMQTransport": .shell(["CZeroMQ"]),
        // The public face of OfficeNode is made of the values below it; `MemberImportVisibility` asks the shells to name them.
        "NodeService": .shell([
            "OfficeNode", "Causality", "InboxModel", "InboxWorkflow", "Vault", "ChangeLog", "ReplicaStore", "SyncEngine", "ZeroMQTransport", "ServiceLifecycle", "UnixSignals", "Logging", "Metrics", "Yams",
            "DequeModule",
        ]),
        "PageTemplates": .pure(),
        "WebInbox": .shell([
            "PageTemplates", "OfficeNode", "Causality", "InboxModel", "InboxWorkflow", "ReplicaStore", "SyncEngine", "Vault", "Logging", "ServiceLifecycle",
            "HTTPTypes", "NIOCore", "NIOHTTPTypes", "NIOSSL", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Crypto", "SwiftASN1",
            "X509",
        ]),
        "PlainInbox": .pure(["Causality", "InboxModel"]),
        "PartitionSimulator": .shell([
            "OfficeNode", "Causality", "InboxModel", "Vault", "ChangeLog", "ReplicaStore", "SyncEngine", "PlainInbox",
            "CShadowVFS", "Yams",
        ]),
        "suture": .shell(layers.union(["ArgumentParser", "ServiceLifecycle", "UnixSignals", "Logging", "Yams"])),
    ])

    let rows: [String: Row]

    /// The modules that must be deterministic, sorted.
    var pureModules: [String] {
        rows.filter { !$0.value.platform && !$0.value.isC }.keys.sorted()
    }

    /// Every breach of the table in one file.
    func breaches(in file: SourceFile) -> [Breach] {
        guard let row = rows[file.module] else {
            return [Breach(path: file.path, line: 0, reason: "module \(file.module) has no row in the import table")]
        }
        guard file.isSwift else {
            if row.isC { return [] }
            return [Breach(path: file.path, line: 0, reason: "C belongs in a module of its own, not in \(file.module)")]
        }
        return ImportStatement.all(in: file.text).compactMap { statement in
            if statement.isTestable {
                return Breach(
                    path: file.path, line: statement.line,
                    reason: "@testable import \(statement.module): only tests may look inside a module")
            }
            if permits(statement.module, in: row) { return nil }
            return Breach(
                path: file.path, line: statement.line,
                reason: "\(file.module) may not import \(statement.module) (see the import table in ARCHITECTURE.md)")
        }
    }

    private func permits(_ module: String, in row: Row) -> Bool {
        module == "Swift" || row.imports.contains(module) || (row.platform && Self.platform.contains(module))
    }
}

/// One `import` in a Swift file, whatever stands before and after the word.
struct ImportStatement: Equatable {
    /// The module, without any submodule or declaration.
    var module: String
    /// Line, counted from 1.
    var line: Int
    var isTestable = false

    static func all(in text: String) -> [ImportStatement] {
        let tokens = SwiftLexer.tokens(of: text)
        return tokens.indices.compactMap { index in
            guard tokens[index].text == "import", index == 0 || tokens[index - 1].text != "." else { return nil }
            var name = index + 1
            if name < tokens.count, kinds.contains(tokens[name].text) { name += 1 }
            guard name < tokens.count, tokens[name].isWord else { return nil }
            return ImportStatement(
                module: tokens[name].text.filter { $0 != "`" }, line: tokens[index].line,
                isTestable: isTestable(tokens, importAt: index))
        }
    }

    /// The words that import a single declaration: `import struct Foundation.Date`.
    private static let kinds: Set<String> = [
        "class", "enum", "func", "let", "protocol", "struct", "typealias", "var", "actor", "macro",
    ]

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]

    /// Walks back over access levels and attributes to see whether `@testable` is among them.
    private static func isTestable(_ tokens: [SwiftToken], importAt index: Int) -> Bool {
        var index = index - 1
        while index >= 0 {
            if accessLevels.contains(tokens[index].text) {
                index -= 1
            } else if index >= 1, tokens[index - 1].text == "@" {
                if tokens[index].text == "testable" { return true }
                index -= 2
            } else {
                return false
            }
        }
        return false
    }
}
