import ArgumentParser
import Foundation
import NodeService
import OfficeNode
import ReplicaStore
import Vault

/// `suture backup`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a sealed copy of the replica, and check it by a test restore.",
        discussion: """
            Works on a running node, which goes on meanwhile, and on one that is stopped. The copy holds everything the node has \
            received and nothing that is in the open; without --with-identity it can be read only together with the member's \
            identity.keys, so keep those elsewhere too. What is restored from it begins a new log: it cannot write as this replica.

            Example:
              suture backup /mnt/safe/towson-monday.backup --data ./towson --key-file /etc/suture/backup.key --with-identity
            """)

    @Argument(help: "The file to write; never one that is there already.")
    var file: String

    @Flag(name: .customLong("with-identity"), help: "Put the member's secret keys into the copy.")
    var withIdentity = false

    @Flag(name: .customLong("no-verify"), help: "Leave the test restore out.")
    var noVerify = false

    @OptionGroup var secret: BackupSecret
    @OptionGroup var folderSecret: FolderSecret
    @OptionGroup var node: NodeOptions

    func run() async throws {
        umask(0o077)
        let path = URL(fileURLWithPath: file).path
        let folder = try node.dataDirectory()
        let key = try secret.newKey()
        let written: JSONValue
        var request = key.request().json
        request["file"] = .string(path)
        request["with-identity"] = .bool(withIdentity)
        if let answer = try await askIfRunning(request) {
            written = answer
        } else {
            let refuseAfter = try node.config.map { file throws in try NodeConfiguration.load(from: file) }?.refuseAfter
            written = try Self.writeStopped(try folderSecret.unlock(folder), path, key, withIdentity, refuseAfter: refuseAfter)
        }
        guard case .object(var members) = written else { throw CommandFailure("the node's answer is none") }
        members["verified"] = .bool(!noVerify)
        if !noVerify {
            let report = try Self.verify(path, key, withIdentity ? nil : try folderSecret.unlock(folder).identityFile)
            members["changeSets"] = JSONValue.int(Int(clamping: report.summary.changeSets))
            members["digest"] = .string("\(report.summary.digest)")
            members["partialThreads"] = .int(report.partialThreads)
        }
        let answer = JSONValue.object(members)
        node.show(answer) { _ in
            let size = Figures.grouped(answer.number("bytes"))
            let keys = withIdentity ? "the member's keys are in it" : "the member's keys (identity.keys) are not in it: keep them elsewhere"
            let count = Figures.grouped(answer.number("changeSets"))
            let check = noVerify ? "it was not checked" : "a test restore gave \(count) change sets, all sound"
            return "\(path): \(size) bytes, \(keys)\n\(check)\n" + BackupView(answer: answer).gaps
        }
    }

    private func askIfRunning(_ request: [String: JSONValue]) async throws -> JSONValue? {
        do {
            return try await node.ask("backup", request, timeout: .seconds(3600))
        } catch let error as NodeServiceError where error.code == .notRunning {
            return nil
        }
    }

    private static func writeStopped(
        _ folder: DataFolder, _ path: String, _ key: borrowing BackupKey, _ withIdentity: Bool, refuseAfter: Duration?
    ) throws -> JSONValue {
        let (store, stopped) = try LogCommands.open(folder)
        defer { try? store.close() }
        // A laptop that is closed gives no copy either.
        stopped.contactLimit = refuseAfter.map { Int64($0 / .milliseconds(1)) }
        if let contact = stopped.contact(now: WallClock.now()), contact.closure != nil, let message = contact.message {
            throw CommandFailure(message)
        }
        let (header, size) = try Backup.write(
            stopped.makeReader(), to: path, key: key, identity: withIdentity ? folder.identityFile : nil)
        return header.json(file: path, byteCount: size)
    }

    /// A copy that does not pass is worse than none: it is removed.
    private static func verify(_ path: String, _ key: borrowing BackupKey, _ identity: IdentityFile?) throws -> BackupReport {
        do {
            return try Backup.verify(path, key: key, identity: identity)
        } catch {
            unlink(path)
            throw CommandFailure("the backup did not pass its test restore and was removed: \(CommandFailure(error).message)")
        }
    }
}

/// `suture restore`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a node's folder from a backup.",
        discussion: """
            The folder must be new or empty. The node that is started on it is the same member and begins a new log; what it had \
            written after the backup it fetches from the others. Revoke the member instead where its old machine may still run.

            Example:
              suture restore /mnt/safe/towson-monday.backup --data ./towson --key-file /etc/suture/backup.key
            """)

    @Argument(help: "The backup.")
    var file: String

    @Option(help: ArgumentHelp("A folder with the member's identity.keys, for a backup without them.", valueName: "folder"))
    var identity: String?

    @Option(help: ArgumentHelp("How the new folder is sealed: key-file, passphrase or none. Default: key-file.", valueName: "kind"))
    var seal = "key-file"

    @OptionGroup var secret: BackupSecret
    @OptionGroup var folderSecret: FolderSecret
    @OptionGroup var node: NodeOptions

    func validate() throws {
        if !["key-file", "passphrase", "none"].contains(seal) {
            throw ValidationError("--seal: found '\(seal)', expected key-file, passphrase or none")
        }
    }

    func run() async throws {
        umask(0o077)
        let folder = try node.dataDirectory()
        let inspection = try Backup.inspect(file)
        let key = try secret.key(of: inspection, file)
        var bar = ProgressBar("merging", total: nil, in: .error(noColor: node.noColor))
        let report = try Backup.restore(
            file, key: key, to: folder, identity: try identity.map { try folderSecret.unlock($0).identityFile },
            keeping: folderSecret.choice(seal, for: folder), passphrase: folderSecret.source(choosing: true)
        ) { bar.update(Int(clamping: $0)) }
        bar.finish(Int(clamping: report.summary.changeSets))
        let answer = BackupView.adding(["data": .string(folder)], to: report.json(file: file))
        node.show(answer) { terminal in
            BackupView(answer: answer).text
                + "restored into \(folder): start it with suture run --data \(folder); it begins a new log\n"
        }
    }
}

/// `suture verify`.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a backup by a test restore in memory, or the logs of a node's folder.",
        discussion: """
            Ends with status 1 if anything is wrong. A backup without the member's keys is checked with those of --data.

            Example:
              suture verify /mnt/safe/towson-monday.backup --key-file /etc/suture/backup.key
              suture verify ./towson
            """)

    @Argument(help: "A backup, or a node's folder.")
    var path: String

    @OptionGroup var secret: BackupSecret
    @OptionGroup var folderSecret: FolderSecret
    @OptionGroup var node: NodeOptions

    func run() async throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            let secrets = folderSecret.passphraseFile.map { ["--passphrase-file", $0] } ?? []
            let flags = secrets + (node.json ? ["--json"] : []) + (node.noColor ? ["--no-color"] : [])
            return try await LogCommands.Verify.parse(["--data", path] + flags).run()
        }
        let inspection = try Backup.inspect(path)
        let key = try secret.key(of: inspection, path)
        let identity = inspection.header.hasIdentity ? nil : try folderSecret.unlock(node.dataDirectory()).identityFile
        let report = try Backup.verify(path, key: key, identity: identity)
        let answer = report.json(file: path)
        node.show(answer) { _ in BackupView(answer: answer).text }
    }
}

/// What a backup holds, as text.
struct BackupView {
    let answer: JSONValue

    /// That the copy lacks texts, as a laptop's may; a line, or nothing.
    var gaps: String {
        let count = answer.number("partialThreads")
        if count == 0 { return "" }
        let threads = count == 1 ? "one thread" : "\(count) threads"
        return "PARTIAL: the laptop holds \(threads) without texts, and so does the copy; the offices have them\n"
    }

    var text: String {
        let made = answer.moment("madeAt").map { RelativeTime.date(of: $0) } ?? "an unknown time"
        let logs = answer.list("logs").map { log in
            "  \(PrintableText.oneLine(log["author"]?.string ?? "unknown")) \(log.text("replica")): "
                + "\(Figures.grouped(log.number("changeSets"))) change sets\n"
        }
        return """
            a copy of member \(answer.text("member").prefix(8)) of group \(answer.text("group").prefix(8)), made \(made)
            \(Figures.grouped(answer.number("changeSets"))) change sets, every log sound, digest \(answer.text("digest").prefix(16))

            """ + gaps + logs.joined()
    }

    /// `answer` with more members.
    static func adding(_ members: [String: JSONValue], to answer: JSONValue) -> JSONValue {
        guard case .object(let own) = answer else { return answer }
        return .object(own.merging(members) { _, new in new })
    }
}
