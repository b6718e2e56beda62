import Causality
import Foundation
import OfficeNode
import ReplicaStore
import Testing
import Vault

@testable import NodeService

/// Backups as files: of a small founded node that is stopped.
@Suite("Backup files")
struct BackupFileTests {
    private let scratch: ScratchFolder
    private let node: String
    private static let secret = [UInt8](repeating: 0x42, count: 32)

    init() throws {
        scratch = try ScratchFolder()
        node = scratch.file("node")
        try Joining.found(
            dataDirectory: node, groupName: "Group", name: "towson",
            office: OfficeFounding(key: "tow", name: "Towson", timeZone: "America/New_York"), endpoint: "tcp://towson.example:1")
    }

    @Test("a backup with the keys restores by itself, to the same member and a new log", arguments: [true, false])
    func roundTrip(_ withIdentity: Bool) throws {
        let key = try BackupKey(.keyFile, Self.secret)
        let file = scratch.file("one.backup")
        let (header, size) = try write(to: file, key: key, withIdentity: withIdentity)
        #expect(header.hasIdentity == withIdentity)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count == size)
        #expect(try scratch.mode(of: "one.backup") == 0o600)
        let reopened = try Backup.inspect(file).key(Self.secret)
        let report = try Backup.verify(file, key: reopened, identity: withIdentity ? nil : IdentityFile(dataDirectory: node))
        #expect(report.verification.isSound && report.summary.changeSets == 1)
        let target = scratch.file("restored")
        _ = try Backup.restore(file, key: reopened, to: target, identity: withIdentity ? nil : IdentityFile(dataDirectory: node))
        let identity = try MemberIdentity(IdentityFile(dataDirectory: target).load())
        #expect(identity.member == header.member)
        let store = try ReplicaStore(.file(target + "/replica.sqlite"))
        let restored = try OfficeNode(store: store, identity: identity, random: SystemRandomSource())
        let old = restored.replica
        _ = restored.handle([.tick], now: 1_750_000_000_000)
        #expect(restored.replica != old && restored.ownHead.sequence == 1)
        try store.close()
        #expect(try scratch.names.sorted() == ["node", "one.backup", "restored"], "nothing half done is left")
    }

    @Test("a wrong key, and a file that was changed or cut off anywhere, are refused with what is wrong")
    func damage() throws {
        let key = try BackupKey(.keyFile, Self.secret)
        let file = scratch.file("one.backup")
        _ = try write(to: file, key: key, withIdentity: true)
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        let wrong = try Backup.inspect(file).key([UInt8](repeating: 1, count: 32))
        #expect(message { _ = try Backup.verify(file, key: wrong, identity: nil) }.contains("key file is another one"))
        for length in [0, 5, 16, 40, 150, 300, whole.count / 2, whole.count - 1] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: file))
            let text = message { try verify(file) }
            #expect(text.contains("cut off") || text.contains("no backup"), "at \(length): \(text)")
        }
        for offset in stride(from: 0, to: whole.count, by: 61) {
            var damaged = whole
            damaged[offset] ^= 0x10
            try damaged.write(to: URL(fileURLWithPath: file))
            #expect(!message { try verify(file) }.isEmpty, "byte \(offset)")
        }
        try (whole + Data([0])).write(to: URL(fileURLWithPath: file))
        #expect(message { try verify(file) }.contains("after its end"))
        try whole.write(to: URL(fileURLWithPath: file))
        try verify(file)
    }

    @Test("a passphrase opens what it sealed and another one does not")
    func passphrase() throws {
        let file = scratch.file("one.backup")
        let key = try BackupKey(.passphrase, Array("correct horse".utf8))
        _ = try write(to: file, key: key, withIdentity: true)
        let right = try Backup.inspect(file).key(Array("correct horse".utf8))
        _ = try Backup.verify(file, key: right, identity: nil)
        let wrong = try Backup.inspect(file).key(Array("correct house".utf8))
        #expect(message { _ = try Backup.verify(file, key: wrong, identity: nil) }.contains("the passphrase is wrong"))
        #expect(message { _ = try BackupKey(.passphrase, []) }.contains("empty"))
        #expect(message { _ = try BackupKey(.keyFile, [1, 2, 3]) }.contains("16 to 4096"))
    }

    @Test("a running node is told the key and makes the same backup")
    func request() throws {
        let file = scratch.file("one.backup")
        let key = try BackupKey(.keyFile, Self.secret)
        let told = try BackupKey(BackupKeyRequest(ControlArguments(key.request().json)))
        _ = try write(to: file, key: told, withIdentity: false)
        _ = try Backup.verify(file, key: try Backup.inspect(file).key(Self.secret), identity: IdentityFile(dataDirectory: node))
        #expect(throws: ControlFailure.self) { _ = try BackupKeyRequest(ControlArguments(["kind": "key-file"])) }
    }

    @Test("nothing is overwritten, and other members' keys are refused")
    func refusals() throws {
        let key = try BackupKey(.keyFile, Self.secret)
        let file = scratch.file("one.backup")
        _ = try write(to: file, key: key, withIdentity: false)
        #expect(message { _ = try write(to: file, key: key, withIdentity: false) }.contains("already"))
        let missing = scratch.file("no/such/folder.backup")
        #expect(message { _ = try write(to: missing, key: key, withIdentity: false) }.contains("cannot be written"))
        let same = try Backup.inspect(file).key(Self.secret)
        #expect(message { _ = try Backup.verify(file, key: same, identity: nil) }.contains("--identity"))
        let other = scratch.file("other")
        try Joining.found(dataDirectory: other, groupName: "Other", name: "essex", office: nil, endpoint: "")
        #expect(message { _ = try Backup.verify(file, key: same, identity: IdentityFile(dataDirectory: other)) }.contains("of group"))
        let before = try scratch.names
        let taken = message { _ = try Backup.restore(file, key: same, to: other, identity: IdentityFile(dataDirectory: node)) }
        #expect(taken.contains("not empty"))
        #expect(!message { _ = try Backup.restore(file, key: same, to: scratch.file("new"), identity: IdentityFile(dataDirectory: other)) }.isEmpty)
        #expect(try scratch.names == before, "a restore that fails leaves nothing")
    }

    // MARK: What the tests do

    private func write(
        to file: String, key: borrowing BackupKey, withIdentity: Bool
    ) throws -> (header: BackupHeader, byteCount: Int) {
        let store = try ReplicaStore(.file(node + "/replica.sqlite"))
        defer { try? store.close() }
        let identity = try MemberIdentity(IdentityFile(dataDirectory: node).load())
        let brain = try OfficeNode(store: store, identity: identity, random: SystemRandomSource())
        return try Backup.write(
            brain.makeReader(), to: file, key: key, identity: withIdentity ? IdentityFile(dataDirectory: node) : nil)
    }

    private func verify(_ file: String) throws {
        _ = try Backup.verify(file, key: try Backup.inspect(file).key(Self.secret), identity: nil)
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch { return "\(error)" }
    }
}
