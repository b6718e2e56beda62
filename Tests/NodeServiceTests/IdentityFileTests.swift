import Foundation
import NodeService
import Testing

@Suite("Identity file")
struct IdentityFileTests {
    /// The secrets as bytes, to compare them.
    private func bytes(_ secrets: borrowing IdentitySecrets) -> [[UInt8]] {
        [
            secrets.withSigningSeed { Array($0) }, secrets.withBoxSecret { Array($0) }, secrets.withCurveSecret { Array($0) },
        ]
    }

    /// What `body` threw, which noncopyable results keep `#require(throws:)` from seeing.
    private func failure(_ body: () throws(NodeServiceError) -> Void) throws -> NodeServiceError {
        do throws(NodeServiceError) {
            try body()
        } catch {
            return error
        }
        throw NothingThrown()
    }

    private struct NothingThrown: Error {}

    private func failureToLoad(_ file: IdentityFile) throws -> NodeServiceError {
        try failure { () throws(NodeServiceError) in _ = try file.load() }
    }

    @Test("made keys are stored for the owner alone and read back the same")
    func roundTrip() throws {
        let folder = try ScratchFolder()
        let file = IdentityFile(dataDirectory: folder.path)
        #expect(!file.exists)
        let made = bytes(try file.create())
        #expect(file.exists)
        #expect(bytes(try file.load()) == made)
        #expect(bytes(try file.loadOrCreate()) == made)
        #expect(try folder.mode(of: "identity.keys") == 0o600)
        #expect(try folder.names == ["identity.keys"])
        // Three independent secrets of 32 bytes, none of them empty.
        #expect(made.map(\.count) == [32, 32, 32])
        #expect(Set(made + [[UInt8](repeating: 0, count: 32)]).count == 4)
    }

    @Test("the file is a versioned text with the three secrets in hexadecimal")
    func format() throws {
        let folder = try ScratchFolder()
        let file = IdentityFile(dataDirectory: folder.path)
        let secrets = bytes(try file.create())
        let lines = try folder.read("identity.keys").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "suture-identity 1")
        let hexadecimal = secrets.map { $0.map { String(format: "%02x", $0) }.joined() }
        #expect(lines.dropFirst(2).map(String.init) == [
            "signing-seed \(hexadecimal[0])", "box-secret \(hexadecimal[1])", "curve-secret \(hexadecimal[2])", "",
        ])
    }

    @Test("known secrets are read, in any order and between comments")
    func known() throws {
        let folder = try ScratchFolder()
        try folder.write(text(order: ["curve-secret", "signing-seed", "box-secret"], comment: "# kept\n\n"), to: "identity.keys")
        let found = bytes(try IdentityFile(dataDirectory: folder.path).load())
        #expect(found == [
            [UInt8](repeating: 0x1A, count: 32), [UInt8](repeating: 0x2B, count: 32), [UInt8](repeating: 0x3C, count: 32),
        ])
    }

    /// A file with known digits for each secret.
    private func text(order: [String] = ["signing-seed", "box-secret", "curve-secret"], comment: String = "") -> String {
        let digits = ["signing-seed": "1a", "box-secret": "2b", "curve-secret": "3c"]
        return "suture-identity 1\n" + comment
            + order.map { "\($0) \(String(repeating: digits[$0] ?? "", count: 32))\n" }.joined()
    }

    @Test("a missing data directory is made, closed to others; one without parents is not")
    func directory() throws {
        let folder = try ScratchFolder()
        let made = IdentityFile(dataDirectory: folder.file("towson"))
        _ = try made.create()
        #expect(try folder.mode(of: "towson") == 0o700)
        let error = try failure { () throws(NodeServiceError) in
            _ = try IdentityFile(dataDirectory: folder.file("a/b")).create()
        }
        #expect(error.code == .dataDirectory)
        #expect(error.message.contains(folder.file("a/b")))
        #expect(!FileManager.default.fileExists(atPath: folder.file("a")))
    }

    @Test("keys that are there are never overwritten")
    func existing() throws {
        let folder = try ScratchFolder()
        let file = IdentityFile(dataDirectory: folder.path)
        _ = try file.create()
        let before = try folder.read("identity.keys")
        let error = try failure { () throws(NodeServiceError) in _ = try file.create() }
        #expect(error.code == .identityExists)
        #expect(try folder.read("identity.keys") == before)
    }

    @Test("of many that make keys at once, one wins and all get its keys")
    func race() async throws {
        let folder = try ScratchFolder()
        let path = folder.path
        let seeds = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let secrets = try IdentityFile(dataDirectory: path).loadOrCreate()
                    return secrets.withSigningSeed { Array($0) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(seeds.count == 16)
        #expect(Set(seeds).count == 1)
        #expect(try folder.names == ["identity.keys"])
    }

    @Test("a file that others may read is refused with the command that closes it", arguments: [0o640, 0o604, 0o660, 0o644, 0o610])
    func openFile(mode: Int) throws {
        let folder = try ScratchFolder()
        try folder.write(text(), to: "identity.keys", mode: mode)
        let error = try failureToLoad(IdentityFile(dataDirectory: folder.path))
        #expect(error.code == .identity)
        #expect(error.message.contains("chmod 600 \(folder.path)/identity.keys"))
        #expect(error.message.contains("0" + String(mode, radix: 8)))
        #expect(try folder.mode(of: "identity.keys") == mode, "it must be refused, not mended")
    }

    @Test("a folder that others may enter is refused with the command that closes it", arguments: [0o750, 0o705, 0o755, 0o711])
    func openFolder(mode: Int) throws {
        let folder = try ScratchFolder()
        try folder.write(text(), to: "identity.keys")
        try folder.setMode(mode)
        let file = IdentityFile(dataDirectory: folder.path)
        let loading = try failureToLoad(file)
        #expect(loading.code == .dataDirectory)
        #expect(loading.message.contains("chmod 700 \(folder.path)"))
        let making = try failure { () throws(NodeServiceError) in _ = try file.create() }
        #expect(making.code == .dataDirectory)
    }

    @Test("a file or folder of another account is refused", .enabled(if: geteuid() == 0, "only root can give files away"))
    func otherOwner() throws {
        let folder = try ScratchFolder()
        try folder.write(text(), to: "identity.keys")
        try #require(chown(folder.file("identity.keys"), 12345, 12345) == 0)
        let file = try failureToLoad(IdentityFile(dataDirectory: folder.path))
        #expect(file.code == .identity)
        #expect(file.message.contains("belongs to user 12345"))
        try #require(chown(folder.path, 12345, 12345) == 0)
        #expect(try failureToLoad(IdentityFile(dataDirectory: folder.path)).code == .dataDirectory)
    }

    @Test("a missing identity, a missing folder, a link and a folder in its place each say what to do")
    func notAFile() throws {
        let folder = try ScratchFolder()
        let missing = try failureToLoad(IdentityFile(dataDirectory: folder.path))
        #expect(missing.code == .identity)
        #expect(missing.message.contains("suture init"))

        let noFolder = try failureToLoad(IdentityFile(dataDirectory: folder.file("none")))
        #expect(noFolder.code == .dataDirectory)
        #expect(noFolder.message.contains("suture init --data \(folder.path)/none"))

        try folder.write(text(), to: "real.keys")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("identity.keys"), withDestinationPath: folder.file("real.keys"))
        let link = try failureToLoad(IdentityFile(dataDirectory: folder.path))
        #expect(link.message.contains("symbolic link"))

        try FileManager.default.removeItem(atPath: folder.file("identity.keys"))
        try FileManager.default.createDirectory(atPath: folder.file("identity.keys"), withIntermediateDirectories: false)
        #expect(try failureToLoad(IdentityFile(dataDirectory: folder.path)).message.contains("not an ordinary file"))
    }

    /// A change to a good file, and what the message must say.
    struct Damage: CustomTestStringConvertible {
        let name: String
        let expected: String
        let change: @Sendable (String) -> String
        var testDescription: String { name }
    }

    @Test(
        "a damaged file is refused with the line, and without what stands in it",
        arguments: [
            Damage(name: "empty", expected: "not an identity file") { _ in "" },
            Damage(name: "other text", expected: "not an identity file") { _ in "hello\n" },
            Damage(name: "no version", expected: "not an identity file") { $0.replacing("identity 1", with: "identity ") },
            Damage(name: "version zero", expected: "not an identity file") { $0.replacing("identity 1", with: "identity 0") },
            Damage(name: "newer", expected: "newer suture") { $0.replacing("identity 1", with: "identity 3") },
            Damage(name: "much newer", expected: "newer suture") { $0.replacing("identity 1", with: "identity 99999") },
            Damage(name: "short secret", expected: "line 3") { $0.replacing("2b2b\n", with: "2b\n") },
            Damage(name: "long secret", expected: "line 2") { $0.replacing("1a\n", with: "1a1a\n") },
            Damage(name: "no digit", expected: "line 4") { $0.replacing("3c3c\n", with: "3c3g\n") },
            Damage(name: "capital digit", expected: "line 4") { $0.replacing("3c3c\n", with: "3C3c\n") },
            Damage(name: "unknown name", expected: "line 3") { $0.replacing("box-secret", with: "fox-secret") },
            Damage(name: "other line ends", expected: "line 2") { $0.replacing("1a\n", with: "1a\r\n") },
            Damage(name: "cut", expected: "has no curve-secret") { String($0.prefix { $0 != "3" }.dropLast(13)) },
            Damage(name: "repeated", expected: "a second time in line 5") { $0 + $0.split(separator: "\n")[1] + "\n" },
            Damage(name: "far too long", expected: "not an identity file") { $0 + String(repeating: "#\n", count: 4000) },
        ])
    func damaged(_ damage: Damage) throws {
        let folder = try ScratchFolder()
        let damaged = damage.change(text())
        try #require(damaged != text())
        try folder.write(damaged, to: "identity.keys")
        let error = try failureToLoad(IdentityFile(dataDirectory: folder.path))
        #expect(error.code == .identity)
        #expect(error.message.contains(damage.expected), "\(error.message)")
        for digits in ["1a1a", "2b2b", "3c3c"] { #expect(!error.message.contains(digits)) }
    }

    @Test("what a killed process left half-written is no identity and does not stand in the way")
    func leftover() throws {
        let folder = try ScratchFolder()
        try folder.write("suture-identity 1\nsign", to: "identity.keys.new")
        let file = IdentityFile(dataDirectory: folder.path)
        #expect(!file.exists)
        let made = bytes(try file.create())
        #expect(bytes(try file.load()) == made)
        #expect(try folder.names == ["identity.keys"])
    }
}
