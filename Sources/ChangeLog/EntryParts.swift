import Causality
import Vault

/// Where the parts of one `RunEntry` lie in memory.
struct EntryParts {
    /// Serialized roster changes.
    var roster: UnsafeRawBufferPointer?
    /// Nonce and sealed changes.
    var changes: UnsafeRawBufferPointer?
    /// One serialized `Content` each.
    var contents: [UnsafeRawBufferPointer] = []
    /// How many bytes of the entry come before its contents: what is kept as `LogEntry.body`.
    var bodyCount = 0

    init() {}

    /// Reads an entry. Contents must follow the other fields, as canonical protobuf puts them: the two parts are kept apart.
    init(_ buffer: UnsafeRawBufferPointer) throws(ByteReader.Failure) {
        var reader = ByteReader(buffer)
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1 where contents.isEmpty: roster = try reader.delimited(tag)
            case 2 where contents.isEmpty:
                let bytes = try reader.delimited(tag)
                guard bytes.count >= Nonce.byteCount + 16, bytes.count <= LogLimits.changesBytesMax else {
                    throw reader.failure(.malformed("sealed changes of an impossible size"))
                }
                changes = bytes
            case 3:
                guard contents.count < LogLimits.contentsMax else { throw reader.failure(.malformed("too many contents")) }
                contents.append(try reader.delimited(tag))
                continue
            default: throw reader.failure(.malformed("an unexpected field in a run entry"))
            }
            bodyCount = reader.offset
        }
    }

    /// The digests of the contents: recomputed from what is sealed, or as left by a purge.
    func contentDigests() throws(ByteReader.Failure) -> [Digest] {
        if contents.isEmpty { return [] }
        var digests: [Digest] = []
        digests.reserveCapacity(contents.count)
        for content in contents {
            switch try ContentForm(content) {
            case .sealed(let bytes): digests.append(Digest.hash(LogDomain.contentDigest, bytes))
            case .destroyed(let digest): digests.append(digest)
            }
        }
        return digests
    }
}

/// One content as kept: sealed, or only the digest of what was.
enum ContentForm {
    case sealed(UnsafeRawBufferPointer)
    case destroyed(Digest)

    init(_ buffer: UnsafeRawBufferPointer) throws(ByteReader.Failure) {
        var reader = ByteReader(buffer)
        guard let tag = try reader.nextField() else { throw reader.failure(.malformed("an empty content")) }
        let bytes = try reader.delimited(tag)
        try reader.finish()
        switch tag.number {
        case 1:
            guard bytes.count <= LogLimits.contentBytesMax else { throw reader.failure(.malformed("a content beyond the limit")) }
            self = .sealed(bytes)
        case 2:
            do {
                self = .destroyed(try Digest(copying: bytes))
            } catch {
                throw reader.failure(.malformed("a content digest that is not 32 bytes"))
            }
        default: throw reader.failure(.malformed("an unexpected field in a content"))
        }
    }
}
