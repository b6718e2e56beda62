import Foundation

/// A file below `Sources`, as read from disk or made up by a test of the scanners.
struct SourceFile {
    /// Path below `Sources`, for example `Causality/Dot.swift`.
    let path: String
    let text: String

    /// The module folder the file lies in.
    var module: String {
        String(path.prefix { $0 != "/" })
    }

    var isSwift: Bool { path.hasSuffix(".swift") }

    /// Written by protoc, never by hand: style rules do not reach it.
    var isGenerated: Bool { path.hasSuffix(".pb.swift") }

    /// The lines without their line ends. Lines are counted from 1 in breaches.
    var lines: [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }
}

/// The repository's `Sources` folder, found from the place of this file.
struct SourceTree {
    /// The repository.
    let root: URL
    /// Every `.swift`, `.c` and `.h` file, sorted by path.
    let files: [SourceFile]
    /// Every folder directly below `Sources`, sorted.
    let modules: [String]

    init(testFile: String = #filePath) throws {
        let tests = URL(fileURLWithPath: testFile).deletingLastPathComponent().deletingLastPathComponent()
        // A build from another folder may reach `Sources` through a link, which an enumerator would not follow.
        let sources = tests.deletingLastPathComponent().appendingPathComponent("Sources").resolvingSymlinksInPath()
        root = sources.deletingLastPathComponent()

        let manager = FileManager.default
        var isFolder: ObjCBool = false
        modules = try manager.contentsOfDirectory(atPath: sources.path)
            .filter { name in
                manager.fileExists(atPath: sources.appendingPathComponent(name).path, isDirectory: &isFolder)
                    && isFolder.boolValue
            }
            .sorted()
        files = try manager.subpathsOfDirectory(atPath: sources.path)
            .filter { path in [".swift", ".c", ".h"].contains { path.hasSuffix($0) } }
            .sorted()
            .map { path in
                let bytes = try Data(contentsOf: sources.appendingPathComponent(path))
                return SourceFile(path: path, text: String(decoding: bytes, as: UTF8.self))
            }
    }
}
