import Causality
import Vault

/// Where the fields of one serialized `Run` lie, before anything of it is verified.
struct RunScan {
    let header: RunHeader
    /// Where each entry lies in the run.
    let entries: [Range<Int>]

    /// Reads the run. `collecting` says whether the places of its entries are wanted; they are checked in any case.
    init(_ run: UnsafeRawBufferPointer, collecting: Bool) throws(LogError) {
        guard run.count <= LogLimits.runBytesMax else {
            throw LogError(.tooLarge, "a run of \(run.count) bytes; the limit is \(LogLimits.runBytesMax)")
        }
        var reader = ByteReader(run)
        var fields = Fields()
        var count = 0
        var entries: [Range<Int>] = []
        if collecting { entries.reserveCapacity(min(run.count / 64, LogLimits.runEntriesMax)) }
        do throws(ByteReader.Failure) {
            while let tag = try reader.nextField() {
                guard tag.number == 6 else {
                    try fields.read(tag, &reader)
                    continue
                }
                let bytes = try reader.delimited(tag)
                count += 1
                if count > LogLimits.runEntriesMax { break }
                if collecting { entries.append(reader.offset - bytes.count..<reader.offset) }
            }
        } catch {
            throw LogError.malformed("a run", error)
        }
        guard count <= LogLimits.runEntriesMax else {
            throw LogError(.tooLarge, "a run of more than \(LogLimits.runEntriesMax) change sets")
        }
        guard let header = fields.header, count > 0 else {
            throw LogError(.malformed, "a run without replica, author, first number, epoch, signature or entries")
        }
        guard header.first <= UInt64.max - UInt64(count) else {
            throw LogError(.malformed, "a run of \(header.replica) from number \(header.first), which leaves no numbers")
        }
        self.header = header
        self.entries = entries
    }

    /// The fields before the entries, as far as they were read.
    private struct Fields {
        private var replica: UInt64?
        private var first: UInt64 = 0
        private var author: Digest?
        private var epoch: Digest?
        private var signature: Signature?

        mutating func read(_ tag: FieldTag, _ reader: inout ByteReader) throws(ByteReader.Failure) {
            switch tag.number {
            case 1: replica = try reader.littleEndian64(tag)
            case 2: author = try reader.fixedBytes(tag)
            case 3: first = try reader.number(tag)
            case 4: epoch = try reader.fixedBytes(tag)
            case 5: signature = try reader.fixedBytes(tag)
            default: throw reader.failure(.malformed("an unexpected field in a run"))
            }
        }

        var header: RunHeader? {
            guard let replica, let author, let epoch, let signature, first > 0 else { return nil }
            return RunHeader(
                replica: ReplicaID(replica), author: MemberID(author), first: first, epoch: EpochID(epoch),
                signature: signature)
        }
    }
}

extension ByteReader {
    /// The value of a byte string field of a fixed length.
    mutating func fixedBytes<Value: FixedBytes>(_ tag: FieldTag) throws(Failure) -> Value {
        let bytes = try delimited(tag)
        do throws(VaultError) {
            return try Value(copying: bytes)
        } catch {
            throw failure(.malformed(error.message))
        }
    }
}
