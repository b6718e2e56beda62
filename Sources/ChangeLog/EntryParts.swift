import Causality
import Vault

/// Where the parts of one `RunEntry` lie in memory. Finding them allocates nothing.
///
/// An entry's bytes are kept and forwarded as received, and its hash covers its parts but not how they were laid out. So there
/// is one layout only: fields ascending, none twice but contents, no needless bytes in tags and lengths. Otherwise somebody
/// between author and reader could attach bytes that nobody signed.
struct EntryParts {
    /// Serialized roster changes.
    private(set) var roster: UnsafeRawBufferPointer?
    /// Nonce and sealed changes.
    private(set) var changes: UnsafeRawBufferPointer?
    /// How many contents there are.
    private(set) var contentCount = 0
    /// How many bytes of the entry come before its contents: what is kept as `LogEntry.body`.
    private(set) var bodyCount = 0
    /// Field 3 of the entry, each occurrence.
    private let contentBytes: UnsafeRawBufferPointer
    /// Whether the entry is one of this node's own log, where contents may be let go; never one that a peer sent.
    private let isKept: Bool

    /// Reads an entry: as a peer sent it, or with `isKept` as this node keeps it.
    init(_ buffer: UnsafeRawBufferPointer, isKept: Bool = false) throws(ByteReader.Failure) {
        self.isKept = isKept
        var reader = ByteReader(buffer)
        var count = 0
        while let tag = try reader.nextField() {
            let start = reader
            let bytes = try reader.delimited(tag)
            count += 1 + bytes.count.prefixedCount
            switch tag.number {
            case 1 where roster == nil && changes == nil && contentCount == 0:
                if bytes.isEmpty { throw start.failure(.malformed("empty roster changes")) }
                roster = bytes
            case 2 where changes == nil && contentCount == 0:
                let sizes = Nonce.byteCount + SymmetricKey.overhead...LogLimits.changesBytesMax
                guard sizes.contains(bytes.count) else {
                    throw start.failure(.malformed("sealed changes of an impossible size"))
                }
                changes = bytes
            case 3:
                if changes == nil { throw start.failure(.malformed("contents without changes that refer to them")) }
                if contentCount == LogLimits.contentsMax { throw start.failure(.malformed("too many contents")) }
                contentCount += 1
                continue
            case 1, 2: throw start.failure(.malformed("fields of a run entry repeated or out of order"))
            default: throw start.failure(.malformed("an unexpected field in a run entry"))
            }
            bodyCount = reader.offset
        }
        guard count == buffer.count else { throw reader.failure(.malformed("needless bytes in a run entry")) }
        contentBytes = UnsafeRawBufferPointer(rebasing: buffer[bodyCount...])
    }

    /// The contents, first to last.
    var contents: ContentReader { ContentReader(contentBytes, isKept: isKept) }

    /// Content `index`, or nil where there is none of that number.
    func content(_ index: Int) throws(ByteReader.Failure) -> ContentForm? {
        var reader = contents
        var form = try reader.next()
        for _ in 0..<index where form != nil { form = try reader.next() }
        return form
    }
}

/// Reads the contents of an entry one after another.
struct ContentReader {
    private var reader: ByteReader
    private let isKept: Bool

    init(_ buffer: UnsafeRawBufferPointer, isKept: Bool) {
        reader = ByteReader(buffer)
        self.isKept = isKept
    }

    /// The next content, or nil at the end.
    mutating func next() throws(ByteReader.Failure) -> ContentForm? {
        guard let tag = try reader.nextField() else { return nil }
        return try ContentForm(try reader.delimited(tag), isKept: isKept)
    }
}

/// One content as kept: sealed, or only the digest of what was.
enum ContentForm {
    case sealed(UnsafeRawBufferPointer)
    /// Nobody has it any more.
    case destroyed(Digest)
    /// Others have it: this node let it go. In what is kept only; a run with it is malformed.
    case letGo(Digest)

    /// Field 3 of a kept `Content`, which no peer sends.
    static let letGoField: UInt32 = 3

    init(_ buffer: UnsafeRawBufferPointer, isKept: Bool) throws(ByteReader.Failure) {
        var reader = ByteReader(buffer)
        guard let tag = try reader.nextField() else { throw reader.failure(.malformed("an empty content")) }
        let bytes = try reader.delimited(tag)
        guard reader.isAtEnd, buffer.count == 1 + bytes.count.prefixedCount else {
            throw reader.failure(.malformed("needless bytes in a content"))
        }
        switch tag.number {
        case 1:
            guard (SymmetricKey.overhead...LogLimits.contentBytesMax).contains(bytes.count) else {
                throw reader.failure(.malformed("a content of an impossible size"))
            }
            self = .sealed(bytes)
        case 2,
            Self.letGoField where isKept:
            do {
                let digest = try Digest(copying: bytes)
                self = tag.number == 2 ? .destroyed(digest) : .letGo(digest)
            } catch {
                throw reader.failure(.malformed("a content digest that is not 32 bytes"))
            }
        default: throw reader.failure(.malformed("an unexpected field in a content"))
        }
    }

    /// The digest of what is or was sealed.
    var digest: Digest {
        switch self {
        case .sealed(let bytes): Digest.hash(LogDomain.contentDigest, bytes)
        case .destroyed(let digest), .letGo(let digest): digest
        }
    }
}

extension Int {
    /// How many bytes a byte string of this length takes with its shortest length before it.
    fileprivate var prefixedCount: Int {
        var count = self + 1
        var rest = self >> 7
        while rest > 0 {
            count += 1
            rest >>= 7
        }
        return count
    }
}
