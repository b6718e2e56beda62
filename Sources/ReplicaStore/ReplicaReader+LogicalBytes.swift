import Causality
import InboxModel

extension ReplicaReader {
    /// Streams the logical state in a fixed order: every thread by id with its history, patients by id, the directory
    /// by kind and id, quarantined dots. Replicas that merged the same change sets give the same bytes, whatever
    /// order they arrived in and however this database numbers its rows. The caller hashes them.
    ///
    /// - Parameters:
    ///   - sliceBytes: About how many bytes to give at a time. How they are cut means nothing.
    ///   - consume: Gets the next bytes, valid only in the call. What it throws ends the reading.
    /// - Returns: How far every log was received and merged in that state, ascending by replica.
    @discardableResult
    public func logicalBytes(
        sliceBytes: Int = 65_536, _ consume: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> [ReplicaProgress] {
        try withoutActuallyEscaping(consume) { consume in
            try read("Reading the logical state") { source in
                var stream = LogicalStream(sliceBytes: sliceBytes, consume: consume)
                try stream.threads(source)
                try stream.patients(source)
                try stream.documents(source)
                try stream.quarantine(source)
                try stream.finish()
                return try LogQueries.progress(in: source)
            }
        }
    }
}

/// Writes the logical state in its fixed order. Each record begins with its section's number, so that no two states
/// share a stream.
private struct LogicalStream {
    private enum Section: UInt8 {
        case thread = 1
        case patient = 2
        case document = 3
        case quarantine = 4
    }

    private let sliceBytes: Int
    private let consume: (UnsafeRawBufferPointer) throws -> Void
    private var writer: ByteWriter

    init(sliceBytes: Int, consume: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.sliceBytes = sliceBytes
        self.consume = consume
        writer = ByteWriter(capacity: sliceBytes + 4096)
    }

    mutating func threads(_ source: ReadConnection) throws {
        // By the index of ids; the rows' own order is this database's affair.
        let rows = try source.statement("SELECT no, state FROM thread ORDER BY id")
        defer { rows.reset() }
        while try rows.step() {
            writer.byte(Section.thread.rawValue)
            append(rows.borrowedBlob(1))
            let timeline = try TimelineQuery.rows(ofThread: rows.integer(0), in: source)
            writer.varint(UInt64(timeline.count))
            for step in timeline {
                step.stamp.encode(into: &writer)
                writer.fixed16(step.kinds.rawValue)
            }
            try giveSlice()
        }
    }

    mutating func patients(_ source: ReadConnection) throws {
        let rows = try source.statement("SELECT state FROM patient ORDER BY id")
        defer { rows.reset() }
        while try rows.step() {
            writer.byte(Section.patient.rawValue)
            append(rows.borrowedBlob(0))
            try giveSlice()
        }
    }

    mutating func documents(_ source: ReadConnection) throws {
        let rows = try source.statement("SELECT kind, id, state FROM document ORDER BY kind, id")
        defer { rows.reset() }
        while try rows.step() {
            writer.byte(Section.document.rawValue)
            writer.byte(UInt8(truncatingIfNeeded: rows.integer(0)))
            append(rows.borrowedBlob(1))
            append(rows.borrowedBlob(2))
            try giveSlice()
        }
    }

    mutating func quarantine(_ source: ReadConnection) throws {
        for entry in try LogQueries.quarantine(in: source) {
            writer.byte(Section.quarantine.rawValue)
            entry.dot.encode(into: &writer)
            try giveSlice()
        }
    }

    mutating func finish() throws {
        if writer.count > 0 { try writer.bytes.withUnsafeBytes(consume) }
        writer.removeAll()
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        writer.varint(UInt64(bytes.count))
        writer.raw(bytes)
    }

    private mutating func giveSlice() throws {
        if writer.count >= sliceBytes { try finish() }
    }
}
