import Causality
import ChangeLog
import Glibc
import Vault

/// The file `replica.mark` beside the database: how far the node's own log had come. A database that holds less was put back from an
/// older copy, and must not go on with that log.
///
/// Ordering duty: written after the transaction is durable and before anything of it leaves the node. It is not flushed each time, as
/// what a power cut takes from it only makes it say less than is true.
final class HighWaterMark {
    /// What the file says.
    enum Finding: Hashable {
        /// There is no such file.
        case missing
        /// It cannot be read as one.
        case damaged
        /// So much of that log was written.
        case mark(Dot)
    }

    private static let domain = Domain("suture mark v1")
    private static let format = "suture-mark 1"
    private static let byteCount = format.utf8.count + 1 + 17 + 21 + 17

    private let path: String
    private var descriptor: Int32 = -1
    private var written: Dot?

    /// The mark beside the database at `path`. Nothing is read or made yet.
    init(databasePath path: String) {
        self.path = Self.path(besides: path)
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// Where the mark of the database at `path` is.
    static func path(besides path: String) -> String {
        (path.hasSuffix(".sqlite") ? String(path.dropLast(7)) : path) + ".mark"
    }

    /// What the file says now.
    func read() -> Finding {
        let bytes: [UInt8]?
        do throws(FileFault) {
            bytes = try FileFault.contents(of: path, bytesMax: 4096)
        } catch {
            return error.number == ENOENT ? .missing : .damaged
        }
        guard let bytes, let dot = Self.dot(of: bytes) else { return .damaged }
        return .mark(dot)
    }

    /// Writes that the node's own log goes up to `head`. Nothing happens where it says so already.
    ///
    /// - Parameter isDurable: Whether to flush it: at the start and at the end of a life.
    func write(_ head: LogHead, isDurable: Bool = false) throws(NodeServiceError) {
        if written == head.dot && !isDurable { return }
        if descriptor < 0 {
            descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw failure() }
        }
        let bytes = Self.bytes(of: head.dot)
        // One write in one place, within a sector: whole or not at all.
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, !isDurable || fsync(descriptor) == 0 else {
            throw failure()
        }
        written = head.dot
    }

    private func failure() -> NodeServiceError {
        NodeServiceError(
            .inputOutput, "\(path) cannot be written: \(String(cString: strerror(errno)))", context: path, errorNumber: errno)
    }

    private static func bytes(of dot: Dot) -> [UInt8] {
        let digits = String(dot.sequence)
        let text = "\(format) \(dot.replica) \(String(repeating: "0", count: 20 - digits.count))\(digits) "
        return Array((text + check(of: text) + "\n").utf8)
    }

    private static func check(of text: String) -> String {
        String(Digest.hash(domain, Array(text.utf8)).description.prefix(16))
    }

    private static func dot(of bytes: [UInt8]) -> Dot? {
        let text = String(decoding: bytes, as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 5, "\(words[0]) \(words[1])" == format, let replica = ReplicaID(hexadecimal: words[2]),
            let sequence = UInt64(words[3]), words[4] == check(of: words[..<4].joined(separator: " ") + " ")
        else { return nil }
        return Dot(replica, sequence)
    }
}
