import Causality

/// Packed tagged clocks outside of change sets: see "Packed clocks" in `Protocol/README.md`.
public enum TaggedClock {
    /// The packed bytes of `entries`, which ascend by replica.
    public static func bytes(_ entries: [TaggedClockEntry]) -> [UInt8] {
        var writer = ByteWriter()
        writer.packedClock(entries)
        return writer.bytes
    }

    /// The entries of packed bytes. Throws where they are out of order, repeated, 0 or cut off.
    public static func entries(_ bytes: [UInt8]) throws -> [TaggedClockEntry] {
        try bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            return try reader.packedTaggedClock()
        }
    }
}
