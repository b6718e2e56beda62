extension VersionVector {
    /// Appends the sorted encoding: count, then for each entry the replica (8 bytes, big-endian) and the sequence, numbers
    /// as LEB128 variable-length integers. Equal vectors have equal bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(entries.count))
        for entry in entries {
            writer.fixed64(entry.replica.rawValue)
            writer.varint(entry.sequence)
        }
    }

    /// Reads what `encode(into:)` wrote. Throws where entries are unsorted, repeated or zero or a number has needless
    /// bytes, because two encodings of one vector would break every hash over it.
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let count = try reader.shortestVarint()
        guard count <= UInt64(reader.remaining / 9) else { throw reader.failure(.truncated) }
        var entries: [Entry] = []
        entries.reserveCapacity(Int(count))
        for _ in 0..<count {
            let replica = ReplicaID(try reader.fixed64())
            let sequence = try reader.shortestVarint()
            if sequence == 0 { throw reader.failure(.malformed("a clock entry of 0")) }
            if let last = entries.last, last.replica >= replica {
                throw reader.failure(.malformed("clock entries out of order"))
            }
            entries.append(Entry(replica, sequence))
        }
        self.init(ascending: entries)
    }
}
