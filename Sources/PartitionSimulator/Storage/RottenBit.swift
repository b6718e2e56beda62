import CShadowVFS

/// A bit of a file that flipped by itself.
public struct RottenBit: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The file's name.
    public let file: String
    /// The byte, from 0.
    public let offset: Int64
    /// The bit of that byte, 0 for the lowest.
    public let bit: Int

    init(_ place: shadow_rot) {
        file = withUnsafeBytes(of: place.file) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        offset = place.offset
        bit = Int(place.bit)
    }

    /// The place, for a trace.
    public var description: String { "\(file):\(offset).\(bit)" }
}
