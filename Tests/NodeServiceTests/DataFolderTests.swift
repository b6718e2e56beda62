import Foundation
import OfficeNode
import ReplicaStore
import Testing
import Vault

@testable import NodeService

@Suite("A sealed data directory")
struct DataFolderTests {
    private func secret(_ text: String) throws -> SecretBytes { try SecretBytes(copying: Array(text.utf8)) }

    private func failure(_ body: () throws -> Void) -> NodeServiceError? {
        do {
            try body()
            return nil
        } catch {
            return error as? NodeServiceError
        }
    }

    /// A key under a passphrase that costs as little as there is, as a record in the folder.
    private func keep(_ folder: String, under passphrase: String) throws -> FolderKey {
        let key = try FolderKey(random: SystemRandomSource())
        let random = SystemRandomSource()
        let slot = try KeySlot(wrapping: key, passphrase: secret(passphrase), cost: .minimum, random: random)
        try KeyKeeping.passphrase(slot).store(in: folder)
        return key
    }

    private func bytes(_ key: FolderKey?) -> [UInt8] { key?.withUnsafeBytes { Array($0) } ?? [] }

    @Test("A key file is made once, for its owner alone, and opens the folder from then on")
    func keyFile() throws {
        let scratch = try ScratchFolder()
        let data = scratch.file("towson")
        let folder = try DataFolder.prepare(data, .keyFile(scratch.file("towson.key")))
        #expect(try scratch.mode(of: "towson.key") == 0o600)
        #expect(try scratch.mode(of: "towson/at-rest") == 0o600)
        #expect(bytes(folder.key).count == 32)
        _ = try folder.identityFile.create()
        #expect(bytes(try DataFolder.unlock(data).key) == bytes(folder.key))
        #expect(bytes(try DataFolder.prepare(data, .keyFile("elsewhere")).key) == bytes(folder.key))
        #expect(!FileManager.default.fileExists(atPath: "elsewhere"))
    }

    @Test("A key file that is missing, open to others, a link or of another size is refused by name")
    func badKeyFiles() throws {
        let scratch = try ScratchFolder()
        let data = scratch.file("towson")
        _ = try DataFolder.prepare(data, .keyFile(scratch.file("towson.key")))
        func message() -> String { failure { _ = try DataFolder.unlock(data) }?.message ?? "" }
        try scratch.setMode(0o640, of: "towson.key")
        #expect(message().contains("chmod 600 \(scratch.file("towson.key"))"))
        try scratch.setMode(0o600, of: "towson.key")
        try FileManager.default.moveItem(atPath: scratch.file("towson.key"), toPath: scratch.file("moved.key"))
        #expect(message().contains("is missing"))
        try FileManager.default.createSymbolicLink(
            atPath: scratch.file("towson.key"), withDestinationPath: scratch.file("moved.key"))
        #expect(message().contains("symbolic link"))
        let settings = NodeConfiguration.AtRest(.keyFile, path: scratch.file("moved.key"))
        #expect(try DataFolder.unlock(data, settings: settings).key != nil)
        try scratch.write("short", to: "moved.key")
        #expect(failure { _ = try DataFolder.unlock(data, settings: settings) }?.message.contains("5 bytes") == true)
    }

    @Test("A passphrase opens the folder, another one is told to be wrong and changes nothing, and it can be changed")
    func passphrase() throws {
        let scratch = try ScratchFolder()
        let key = try keep(scratch.path, under: "correct horse")
        let record = try scratch.read("at-rest")
        #expect(bytes(try DataFolder.unlock(scratch.path) { try secret("correct horse") }.key) == bytes(key))
        let wrong = failure { _ = try DataFolder.unlock(scratch.path) { try secret("battery staple") } }
        #expect(wrong?.code == .wrongPassphrase)
        #expect(wrong?.message == "wrong passphrase for \(scratch.path); nothing was changed")
        #expect(failure { _ = try DataFolder.unlock(scratch.path) }?.code == .locked)
        func change(from old: String, to new: String) throws {
            try DataFolder.changePassphrase(of: scratch.path, from: { try secret(old) }, to: { try secret(new) }, cost: .minimum)
        }
        #expect(failure { try change(from: "battery staple", to: "whatever else") }?.code == .wrongPassphrase)
        #expect(failure { try change(from: "correct horse", to: "short") }?.code == .atRest)
        #expect(try scratch.read("at-rest") == record)
        try change(from: "correct horse", to: "battery staple")
        #expect(bytes(try DataFolder.unlock(scratch.path) { try secret("battery staple") }.key) == bytes(key))
        #expect(failure { _ = try DataFolder.unlock(scratch.path) { try secret("correct horse") } }?.code == .wrongPassphrase)
    }

    @Test("A record that was damaged or made cheaper opens nothing")
    func damagedRecord() throws {
        let scratch = try ScratchFolder()
        _ = try keep(scratch.path, under: "correct horse")
        let record = try scratch.read("at-rest")
        func code(_ text: String) throws -> NodeServiceError.Code? {
            try scratch.write(text, to: "at-rest")
            return failure { _ = try DataFolder.unlock(scratch.path) { try secret("correct horse") } }?.code
        }
        #expect(try code(record) == nil)
        #expect(try code(record.replacing("operations 1", with: "operations 2")) == .wrongPassphrase)
        for change in [("kind passphrase", "kind riddle"), ("memory ", "memory 1"), ("salt ", "salt 0"), ("sealed ", "# ")] {
            #expect(try code(record.replacing(change.0, with: change.1)) == .atRest, "\(change)")
        }
        #expect(try code(record.replacing("suture-at-rest 1", with: "suture-at-rest 2")) == .atRest)
    }

    @Test("The configuration must agree with how the folder is sealed")
    func settings() throws {
        let scratch = try ScratchFolder()
        let data = scratch.file("towson")
        _ = try DataFolder.prepare(data, .keyFile(scratch.file("towson.key")))
        for kind in NodeConfiguration.AtRest.Kind.allCases where kind != .keyFile {
            let error = failure { _ = try DataFolder.unlock(data, settings: .init(kind)) }
            #expect(error?.code == .atRest && error?.message.contains("at-rest: \(kind.rawValue)") == true)
        }
        #expect(failure { _ = try DataFolder.unlock(scratch.path, settings: .init(.keyFile)) }?.code == .atRest)
    }

    @Test("Identity secrets do not lie in the clear beside a sealed replica, and open with its key only")
    func identity() throws {
        let scratch = try ScratchFolder()
        let data = scratch.file("towson")
        let folder = try DataFolder.prepare(data, .keyFile(scratch.file("towson.key")))
        let secrets = try folder.identityFile.create()
        let seed = secrets.withSigningSeed { Array($0) }
        let text = try scratch.read("towson/identity.keys")
        #expect(text.hasPrefix("suture-identity 2\n"))
        #expect(!text.contains(seed.map { String(format: "%02x", $0) }.joined()))
        #expect(try folder.identityFile.load().withSigningSeed { Array($0) } == seed)
        let other = IdentityFile(dataDirectory: data, key: try FolderKey(random: SystemRandomSource()))
        #expect(failure { _ = try other.load() }?.message.contains("does not open with this key") == true)
        #expect(failure { _ = try IdentityFile(dataDirectory: data).load() }?.message.contains("is sealed") == true)
    }

    @Test("A folder in the clear is sealed in place: the same member, the same replica; a run that was cut short is finished")
    func sealing() throws {
        let scratch = try ScratchFolder()
        let data = scratch.file("towson")
        try Joining.found(
            dataDirectory: data, groupName: "Chesapeake", name: "towson",
            office: OfficeFounding(key: "towson", name: "Towson", timeZone: "America/New_York"), endpoint: "")
        let member = try DataFolder.unlock(data).identity().signing.publicKey
        let progress = try DataFolder.unlock(data).openStore().progress
        // Cut short after the record: the key is there, the rest still plain.
        let choice = DataFolder.Choice.keyFile(scratch.file("towson.key"))
        _ = try DataFolder.record(choice, in: data, passphrase: nil)
        #expect(failure { _ = try DataFolder.unlock(data).identity() }?.message.contains("suture seal") == true)
        #expect(try DataFolder.seal(data, choice))
        #expect(try !DataFolder.seal(data, choice))
        let folder = try DataFolder.unlock(data)
        #expect(try folder.identity().signing.publicKey == member)
        let store = try folder.openStore()
        #expect(store.progress == progress)
        let database = try Data(contentsOf: URL(fileURLWithPath: data + "/replica.sqlite"))
        #expect(database.range(of: Data("SQLite format 3".utf8)) == nil)
    }

    @Test("A credential is taken from where the system put it, and only with a name it knows")
    func credentials() throws {
        let scratch = try ScratchFolder()
        #expect(failure { _ = try DataFolder.prepare(scratch.file("towson"), .credential("suture-at-rest")) }?.code == .atRest)
    }

    @Test("A node locks itself after idle time and after sleep, and not before")
    func idleness() {
        var watch = IdleWatch(lockAfter: .seconds(600), running: .seconds(1000), awake: .seconds(900))
        #expect(watch.reason(running: .seconds(1599), awake: .seconds(1499)) == nil)
        #expect(watch.reason(running: .seconds(1600), awake: .seconds(1500)) == .idle)
        watch.acted(running: .seconds(1500))
        #expect(watch.reason(running: .seconds(2099), awake: .seconds(1999)) == nil)
        #expect(watch.reason(running: .seconds(2100), awake: .seconds(2000)) == .idle)
        // Two seconds of difference are a hiccup, five are sleep.
        #expect(watch.reason(running: .seconds(1502), awake: .seconds(1400)) == nil)
        #expect(watch.reason(running: .seconds(1505), awake: .seconds(1400)) == .asleep)
    }

    @Test("Mistakes in at-rest are named with their line")
    func configuration() throws {
        let right = try NodeConfiguration(
            yaml: "data: towson\nat-rest: {kind: key-file, path: keys/towson.key}", file: "/etc/suture/node.yaml")
        #expect(right.atRest == .init(.keyFile, path: "/etc/suture/keys/towson.key"))
        let laptop = try NodeConfiguration(yaml: "data: x\nat-rest: {kind: passphrase, lock-after: 10min}", file: "node.yaml")
        #expect(laptop.lockAfter == .seconds(600))
        let cases = [
            "kind: riddle": "node.yaml:3: at-rest.kind", "path: /a": "node.yaml:3: at-rest.kind",
            "kind: credential\n  path: /a": "node.yaml:4: at-rest.path",
            "kind: none\n  lock-after: 10min": "node.yaml:4: at-rest.lock-after",
            "kind: passphrase\n  lock-after: 1s": "node.yaml:4: at-rest.lock-after",
            "kind: credential\n  name: a/b": "node.yaml:4: at-rest.name",
        ]
        for (text, expected) in cases {
            let error = failure { _ = try NodeConfiguration(yaml: "data: x\nat-rest:\n  \(text)\n", file: "node.yaml") }
            #expect(error?.message.contains(expected) == true, "\(text): \(error?.message ?? "taken")")
        }
    }
}
