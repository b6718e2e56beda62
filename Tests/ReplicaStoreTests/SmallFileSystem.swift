import Foundation

/// A file system of a fixed size in memory, where the tests run as the superuser and may mount one.
struct SmallFileSystem {
    private let url: URL

    static let isAvailable: Bool = {
        guard geteuid() == 0, let directory = try? TemporaryDirectory() else { return false }
        guard let fileSystem = try? SmallFileSystem(at: directory.url, bytes: 1 << 16) else { return false }
        fileSystem.unmount()
        return true
    }()

    init(at url: URL, bytes: Int) throws {
        self.url = url
        guard mount("none", url.path, "tmpfs", 0, "size=\(bytes)") == 0 else { throw POSIXError(.EPERM) }
    }

    func unmount() { _ = umount2(url.path, Int32(MNT_DETACH)) }
}
