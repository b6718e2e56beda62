import Glibc

/// The folder in which a backup is restored before it takes its place.
enum RestoringFolder {
    /// The names in a folder; nil where it cannot be read.
    static func names(in folder: String) -> [String]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a folder of files that a restore made, if it is there.
    static func remove(_ folder: String) throws(NodeServiceError) {
        guard let names = names(in: folder) else { return }
        for name in names where unlink(folder + "/" + name) != 0 { throw failure(folder + "/" + name, "cannot be removed") }
        guard rmdir(folder) == 0 else { throw failure(folder, "cannot be removed") }
    }

    /// Makes a folder's files and names durable.
    static func sync(_ folder: String) throws(NodeServiceError) {
        for path in (names(in: folder) ?? []).map({ folder + "/" + $0 }) + [folder] {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw failure(path, "cannot be opened") }
            defer { _ = close(descriptor) }
            guard fsync(descriptor) == 0 else { throw failure(path, "cannot be made durable") }
        }
    }

    /// The failure that the system has just reported.
    static func failure(_ path: String, _ what: String) -> NodeServiceError {
        let number = errno
        return NodeServiceError(
            .inputOutput, "\(path) \(what): \(String(cString: strerror(number)))", context: path, errorNumber: number)
    }
}
