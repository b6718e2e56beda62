import Foundation
import Testing

@Suite("Style")
struct StyleTests {
    @Test("Sources keep the style")
    func projectKeepsTheStyle() throws {
        let files = try SourceTree().files
        try #require(!files.isEmpty, "the scan found no sources, so it proved nothing")
        let pure = Set(ImportTable.project.pureModules)
        for file in files {
            for breach in StyleRules.breaches(in: file, pure: pure.contains(file.module)) {
                Issue.record("\(breach)")
            }
        }
    }

    // MARK: Determinism

    @Test(
        "Clocks, randomness, concurrency, locks and output are found in a deterministic module",
        arguments: [
            ("let now = Date()", "Date("),
            ("let now = Foundation.Date(timeIntervalSince1970: 0)", "Date("),
            ("let now: Date = .init(); _ = Date.now", "Date.now"),
            ("let id = UUID().uuidString", "UUID("),
            ("let one = Int.random(in: 1...6)", ".random("),
            ("var source = SystemRandomNumberGenerator()", "SystemRandomNumberGenerator"),
            ("let clock = ContinuousClock()", "ContinuousClock"),
            ("let clock: SuspendingClock", "SuspendingClock"),
            ("let now = DispatchTime.now()", "DispatchTime"),
            ("func run() async {}", "async"),
            ("_ = await other.value", "await"),
            ("Task { work() }", "Task {"),
            ("Task{ work() }", "Task {"),
            ("Task.detached(operation: work)", "Task.detached"),
            ("let lock = NSLock()", "NSLock"),
            ("let lock = Mutex(0)", "Mutex"),
            ("print(1)", "print("),
            ("debugPrint(1)", "debugPrint("),
            ("let text = \"at \\(Date())\"", "Date("),
            ("let text = #\"at \\#(max(1, Int.random(in: 1...2)))\"#", ".random("),
        ])
    func findsIndeterminism(code: String, pattern: String) {
        let file = SourceFile(path: "InboxModel/Bad.swift", text: "\n\(code)\n")
        let reason = "\(pattern) in InboxModel, which must be deterministic"
        #expect(StyleRules.breaches(in: file, pure: true) == [Breach(path: file.path, line: 2, reason: reason)])
        #expect(StyleRules.breaches(in: file, pure: false).isEmpty, "only deterministic modules forbid it")
    }

    @Test(
        "Words that merely contain a forbidden one are left alone",
        arguments: [
            "// Date() and await are named in a comment",
            "/* print(1) /* Date() */ UUID() */",
            "let text = \"Date() \\\" print(1)\"",
            "let text = \"\"\"\n    await \"print(1)\"\n    \"\"\"",
            "let born = BirthDate(year: 1990)",
            "let mark = fingerprint(of: bytes)",
            "let bytes = source.randomBytes(16)",
            "let awaited = 1, asynchronous = 2, TaskName = 3",
            "let due: Date",
        ])
    func leavesOthersAlone(code: String) {
        let file = SourceFile(path: "InboxModel/Good.swift", text: code + "\n")
        #expect(StyleRules.breaches(in: file, pure: true).isEmpty)
    }

    // MARK: Everywhere

    @Test(
        "What ends the process or hides a failure is found in every module",
        arguments: [
            ("fatalError(\"no\")", "fatalError("), ("let x = try! load()", "try!"), ("let x = y as! Int", "as!"),
        ])
    func findsCrashes(code: String, pattern: String) {
        let file = SourceFile(path: "NodeService/Bad.swift", text: code)
        let reason = "\(pattern) is forbidden: throw an error that says what to do"
        #expect(StyleRules.breaches(in: file, pure: false) == [Breach(path: file.path, line: 1, reason: reason)])
    }

    @Test("A negated condition after try is no forced try")
    func negationIsNoForce() {
        let file = SourceFile(path: "NodeService/Good.swift", text: "if try !isOpen() { close() }")
        #expect(StyleRules.breaches(in: file, pure: false).isEmpty)
    }

    @Test("A file of 501 lines is too long, one of 500 is not")
    func length() {
        let full = SourceFile(path: "Vault/Long.swift", text: String(repeating: "\n", count: 500))
        let long = SourceFile(path: "Vault/Long.swift", text: String(repeating: "\n", count: 501))
        #expect(StyleRules.breaches(in: full, pure: false).isEmpty)
        #expect(StyleRules.breaches(in: long, pure: false).map(\.line) == [0])
    }

    @Test("A line of 141 columns is too long, one of 140 is not, whatever its bytes")
    func width() {
        let full = SourceFile(path: "Vault/Wide.swift", text: "//" + String(repeating: "é", count: 138))
        let wide = SourceFile(path: "Vault/Wide.swift", text: "\n//" + String(repeating: "é", count: 139))
        #expect(StyleRules.breaches(in: full, pure: false).isEmpty)
        #expect(StyleRules.breaches(in: wide, pure: false).map(\.line) == [2])
    }

    @Test("Tabs and reminders are found, also in C", arguments: ["\tint x;", "// TODO: later", "/* FIXME */"])
    func tabsAndReminders(line: String) {
        for path in ["CSealedVFS/vfs.c", "Vault/Bad.swift"] {
            #expect(StyleRules.breaches(in: SourceFile(path: path, text: "\n" + line), pure: false).map(\.line) == [2])
        }
    }

    @Test("A longer word that contains a reminder is left alone")
    func remindersAreWords() {
        #expect(StyleRules.breaches(in: SourceFile(path: "Vault/Good.swift", text: "// TODOS NOTODO"), pure: false).isEmpty)
    }

    @Test(
        "Types named as drawers are found",
        arguments: ["struct DateUtil {}", "enum Utils {}", "final class KeyManager {}", "actor SyncHelper {}", "protocol Manager {}"])
    func drawers(code: String) {
        #expect(StyleRules.breaches(in: SourceFile(path: "Vault/Bad.swift", text: code), pure: false).count == 1)
    }

    @Test("Generated files are not judged by style")
    func generated() {
        let text = "\tpublic struct A {} // TODO\n" + String(repeating: "\n", count: 600)
        #expect(StyleRules.breaches(in: SourceFile(path: "WireProtocol/frame.pb.swift", text: text), pure: false).isEmpty)
    }

    // MARK: Documentation

    @Test(
        "A public declaration without a documentation comment is found",
        arguments: [
            ("public struct A {}", "struct A"),
            ("// A plain comment.\npublic struct A {}", "struct A"),
            ("//////// A line ////////\npublic struct A {}", "struct A"),
            ("/// A.\npublic struct A {\n    public var count: Int { 0 }\n}", "var count"),
            ("/// A.\npublic struct A {\n    public private(set) var count = 0\n}", "var count"),
            ("/// A.\npublic struct A {\n    public init(count: Int) {}\n}", "init count"),
            ("/// A.\npublic struct A {\n    @inlinable\n    public static func make() -> A { A() }\n}", "func make"),
            ("/// A.\npublic struct A {\n    static public func make() -> A { A() }\n}", "func make"),
            ("/// A.\npublic struct A {\n    public subscript(index: Int) -> Int { 0 }\n}", "subscript "),
            ("/// A.\npublic final class A {\n    public class func make() {}\n}", "func make"),
            ("@available(macOS 15, *)\npublic func run() {}", "func run"),
            ("/// One.\npublic func one() { let b = 2 }\npublic func two() {}", "func two"),
            ("public protocol P {}", "protocol P"),
            ("/// P.\npublic protocol P {\n    func run()\n}", "func run"),
            ("/// P.\npublic protocol P {\n    associatedtype Body\n}", "associatedtype Body"),
            ("public extension A {\n    func run() {}\n}", "func run"),
            ("extension A {\n    public func run() {}\n}", "func run"),
            ("extension A where B: C {\n    public func run() {}\n}", "func run"),
            ("extension A: P {}\npublic func run() {}", "func run"),
            ("public typealias A = Int", "typealias A"),
            ("public indirect enum A { case a }", "enum A"),
            ("open class A {}", "class A"),
            ("/// A.\npublic enum A {\n    case a\n    public static let all = [1].map { $0 }\n}", "let all"),
            ("/// A.\npublic actor A {\n    nonisolated public let id: Int\n}", "let id"),
        ])
    func findsUndocumented(code: String, declaration: String) {
        let found = Declaration.undocumented(in: SwiftLexer.tokens(of: code))
        #expect(found.map { "\($0.keyword) \($0.name)" } == [declaration])
    }

    @Test(
        "A documented, an internal or a well-known declaration is left alone",
        arguments: [
            "/// A.\npublic struct A {}",
            "/** A. */\npublic struct A {}",
            "/// A.\n// swift-format-ignore\n@frozen\n@available(*, deprecated, message: \"no\")\npublic struct A {}",
            "struct A {\n    var count = 0\n}",
            "/// A.\npublic struct A {\n    var count = 0\n    private func run() {}\n}",
            "/// A.\npublic enum A: String {\n    case first, second\n}",
            "/// A.\npublic struct A: Comparable {\n    public static func < (a: A, b: A) -> Bool { true }\n}",
            "/// A.\npublic struct A: Equatable {\n    public static func == (a: A, b: A) -> Bool { true }\n}",
            "/// A.\npublic struct A {\n    public var description: String { \"a\" }\n    public init(from decoder: any Decoder) {}\n}",
            "extension A: Sequence {\n    public func makeIterator() -> B { B() }\n    public func more() {}\n}",
            "public extension A {\n    private func run() {}\n}",
            "extension A {\n    /// Runs.\n    public func run() { struct B {}; let c = 1; func d() {} }\n}",
            "/// Runs.\npublic func run(protocol name: Int, let other: Int = { var a = 1; return a }()) {}",
            "public import Foundation\nimport struct Foundation.Date",
            "/// A.\npublic private(set) var a = 0",
            "private(set) var a = 0\npublic\nimport Swift",
        ])
    func leavesDocumentedAlone(code: String) {
        #expect(Declaration.undocumented(in: SwiftLexer.tokens(of: code)) == [])
    }
}
