import Causality
import Vault

/// Builds the frame of one run from entries as kept, byte for byte.
public struct RunWriter: Sendable {
    private var entries = ByteWriter(capacity: LogLimits.runBytesGoal + 64 * 1024)
    /// How many entries were added.
    public private(set) var count = 0
    /// Number of the last entry added; 0 for none.
    public private(set) var last: UInt64 = 0

    /// A run without entries.
    public init() {}

    /// How many bytes the entries take.
    public var byteCount: Int { entries.count }

    /// Whether another entry of about 500 bytes still belongs into this run.
    public var hasRoom: Bool { count < LogLimits.runEntriesMax && entries.count < LogLimits.runBytesGoal }

    /// Adds an entry as kept. Callers add consecutive change sets of one replica and one epoch.
    public mutating func add(sequence: UInt64, body: some Collection<UInt8>, contents: some Collection<UInt8>) {
        entries.tag(6, .lengthDelimited)
        entries.varint(UInt64(body.count + contents.count))
        entries.raw(body)
        entries.raw(contents)
        count += 1
        last = sequence
    }

    /// The bytes of a `Frame` with the run in it.
    public func frame(_ header: RunHeader) -> [UInt8] {
        var run = ByteWriter(capacity: 160)
        run.littleEndian64(1, header.replica.rawValue)
        run.data(2, header.author.digest.bytes)
        run.number(3, header.first)
        run.data(4, header.epoch.digest.bytes)
        run.data(5, header.signature.bytes)
        var frame = ByteWriter(capacity: run.count + entries.count + 8)
        frame.tag(RunReader.frameField, .lengthDelimited)
        frame.varint(UInt64(run.count + entries.count))
        frame.raw(run.bytes)
        frame.raw(entries.bytes)
        return frame.bytes
    }
}
