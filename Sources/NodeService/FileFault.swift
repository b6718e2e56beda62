import Glibc

/// A refusal of the system, before it is known what it means to the caller.
struct FileFault: Error {
    let number: Int32

    /// The failure the system has just reported to this thread.
    static var last: FileFault { FileFault(number: errno) }

    var reason: String { String(cString: strerror(number)) }

    /// The whole of a file that may be a pipe or a device of unknown length; `nil` if it has more than `bytesMax`.
    static func contents(of path: String, bytesMax: Int) throws(FileFault) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= bytesMax {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .last
            }
            bytes += chunk[..<count]
        }
        return nil
    }

    /// Writes all of `bytes`.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileFault) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(FileFault) in try write(buffer, to: descriptor) }
        }
        try result.get()
    }

    /// Writes all of `bytes`, however many calls that takes.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(FileFault) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .last
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
