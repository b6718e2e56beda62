import Foundation
import Testing

@Suite("Import table")
struct ImportTableTests {
    private let table = ImportTable.project

    @Test("Every import in Sources is in its module's row of the table")
    func projectKeepsTheTable() throws {
        let files = try SourceTree().files
        try #require(!files.isEmpty, "the scan found no sources, so it proved nothing")
        for breach in files.flatMap(table.breaches(in:)) {
            Issue.record("\(breach)")
        }
    }

    @Test("Every module folder of Sources has a row")
    func everyModuleHasARow() throws {
        for module in try SourceTree().modules where table.rows[module] == nil {
            Issue.record("Sources/\(module) has no row: say in the import table what it may import")
        }
    }

    @Test("Every row names a target that Package.swift declares")
    func everyRowIsDeclared() throws {
        let package = try String(contentsOf: SourceTree().root.appendingPathComponent("Package.swift"), encoding: .utf8)
        for module in table.rows.keys.sorted() {
            #expect(package.contains("\"\(module)\""), "the import table knows \(module), Package.swift does not")
        }
    }

    @Test("No row leads back to itself")
    func tableHasNoCycles() {
        for module in table.rows.keys.sorted() {
            var reached: Set<String> = []
            var open = [module]
            while let next = open.popLast() {
                for imported in table.rows[next]?.imports ?? [] where reached.insert(imported).inserted {
                    open.append(imported)
                }
            }
            #expect(!reached.contains(module), "\(module) imports itself through its imports")
        }
    }

    @Test("The deterministic modules are the seven of ARCHITECTURE.md")
    func pureModules() {
        #expect(
            table.pureModules == ["Causality", "InboxModel", "InboxWorkflow", "OfficeNode", "PageTemplates", "PlainInbox", "SyncEngine"])
    }

    @Test(
        "An import of any form outside the row is found with its line",
        arguments: [
            ("import Foundation", "Foundation"),
            ("public import Foundation", "Foundation"),
            ("internal import Dispatch", "Dispatch"),
            ("@_exported import GRDB", "GRDB"),
            ("@_exported public import GRDB", "GRDB"),
            ("@preconcurrency\n    import Glibc", "Glibc"),
            ("@_spi(Inside) import GRDB", "GRDB"),
            ("import struct Foundation.Date", "Foundation"),
            ("import Foundation.NSLock", "Foundation"),
            ("import Causality; import Synchronization", "Synchronization"),
            ("#if canImport(Glibc)\nimport Glibc\n#endif", "Glibc"),
            ("import `Dispatch`", "Dispatch"),
            ("/* why */ import /* what */ Glibc // end", "Glibc"),
        ])
    func findsEveryForm(text: String, module: String) throws {
        let file = SourceFile(path: "InboxModel/Bad.swift", text: "// first line\nimport Causality\n" + text + "\n")
        let breaches = table.breaches(in: file)
        let breach = try #require(breaches.first)
        #expect(breaches.count == 1)
        #expect(breach.reason.hasPrefix("InboxModel may not import \(module) "))
        let importLine = text.split(separator: "\n").firstIndex { $0.contains("import ") && $0.contains(module) && !$0.contains("canImport") }
        #expect(breach.line == 3 + (try #require(importLine)))
    }

    @Test(
        "What only looks like an import is left alone",
        arguments: [
            "// import Foundation",
            "/* import Foundation\n/* nested */ import Dispatch */",
            "let text = \"import Foundation\"",
            "let text = \"\"\"\n    import Foundation\n    \"\"\"",
            "let text = #\"a \" import Foundation\"#",
            "#if canImport(Foundation)\n#endif",
            "let `import` = 1",
            "import Swift",
            "public import Causality",
        ])
    func leavesOthersAlone(text: String) {
        #expect(table.breaches(in: SourceFile(path: "InboxModel/Good.swift", text: text)).isEmpty)
    }

    @Test("A deterministic module may not import the platform, a shell may", arguments: ImportTable.platform.sorted())
    func platform(module: String) {
        let text = "import \(module)"
        // FoundationEssentials stands in some of their rows, for dates and for the byte strings of generated messages.
        for pure in table.pureModules where table.rows[pure]?.imports.contains(module) != true {
            #expect(table.breaches(in: SourceFile(path: "\(pure)/Bad.swift", text: text)).count == 1)
        }
        #expect(table.breaches(in: SourceFile(path: "NodeService/Good.swift", text: text)).isEmpty)
    }

    @Test("@testable has no place in Sources even where the import is allowed")
    func testable() {
        let file = SourceFile(path: "InboxModel/Bad.swift", text: "@testable internal import Causality")
        #expect(table.breaches(in: file).map(\.reason) == ["@testable import Causality: only tests may look inside a module"])
    }

    @Test("C is found outside the modules that wrap it")
    func strayC() {
        #expect(table.breaches(in: SourceFile(path: "Vault/wipe.c", text: "")).count == 1)
        #expect(table.breaches(in: SourceFile(path: "CSodium/shim.h", text: "")).isEmpty)
    }

    @Test("A module without a row is refused whatever it imports")
    func unknownModule() {
        let file = SourceFile(path: "Drawer/Anything.swift", text: "")
        #expect(table.breaches(in: file).map(\.reason) == ["module Drawer has no row in the import table"])
    }
}
