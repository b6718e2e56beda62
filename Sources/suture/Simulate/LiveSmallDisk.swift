import Foundation
import NodeService

/// A small disk of a node: a file system in memory, mounted on its folder, that can be filled and freed.
///
/// Mounting needs a mount namespace of one's own: then the machine sees nothing of it, and it is gone with the last
/// process of the run, however that ends.
final class LiveSmallDisk {
    /// Room for the replica of a run many times over.
    static let megabytes = 24

    private let path: String

    /// Mounts a small disk on a folder. Throws where that is not permitted.
    init(mountedAt path: String) throws {
        self.path = path
        let options = "size=\(Self.megabytes)m,mode=0700"
        guard Self.run("mount", ["-t", "tmpfs", "-o", options, "suture-live", path]) else {
            throw CommandFailure(
                "a small disk cannot be mounted on \(path): this needs a mount namespace, see `unshare --mount`")
        }
    }

    /// Takes all room that is left.
    func fill() {
        let ballast = open(ballastPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard ballast >= 0 else { return }
        defer { close(ballast) }
        for size in [1 << 20, 1 << 12, 1] {
            let piece = [UInt8](repeating: 0, count: size)
            while write(ballast, piece, size) == size {}
        }
    }

    /// Gives the room back.
    func free() { _ = unlink(ballastPath) }

    /// Unmounts it. With `keep` what it holds stays in the folder.
    func unmount(keep: Bool) {
        free()
        let copy = path + ".kept"
        // What cannot be kept is only a convenience lost; the disk must go in any case.
        if keep { try? FileManager.default.copyItem(atPath: path, toPath: copy) }
        // Where it is in use still, it goes when the run's last process does.
        _ = Self.run("umount", [path])
        if keep {
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.moveItem(atPath: copy, toPath: path)
        }
    }

    private var ballastPath: String { path + "/ballast" }

    /// How to give this process a mount namespace of its own: `unshare` with its arguments; nil where it may not have one.
    static func namespaceCommand() -> [String]? {
        let flags = geteuid() == 0 ? ["--mount"] : ["--mount", "--user", "--map-root-user"]
        let arguments = flags + ["--propagation", "private"]
        let trial = arguments + ["mount", "-t", "tmpfs", "-o", "size=64k", "suture-live", "/tmp"]
        return run("unshare", trial) ? ["unshare"] + arguments : nil
    }

    /// Becomes this same command in a mount namespace of its own. Returns only where that fails.
    static func enterNamespace(_ command: [String], adding flag: String) {
        let arguments = command + [NodeProcess.ownProgram] + CommandLine.arguments.dropFirst() + [flag]
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        _ = execvp(command[0], pointers)
        for pointer in pointers { Glibc.free(pointer) }
    }

    /// Runs a command of the system; whether it ended well.
    private static func run(_ command: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationReason == .exit && process.terminationStatus == 0
    }
}
