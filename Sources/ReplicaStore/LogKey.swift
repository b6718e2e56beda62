import Causality

/// The key of a change set in the tables: its replica's number in the high bits, so that a log is one range.
struct LogKey: Hashable {
    /// The largest sequence that fits: 40 bits, a change set a millisecond for 34 years.
    static let sequenceMax: UInt64 = (1 << 40) - 1
    /// The largest replica number that fits.
    static let numberMax: Int64 = (1 << 23) - 1

    let rawValue: Int64

    init(rawValue: Int64) { self.rawValue = rawValue }

    init(number: Int64, sequence: UInt64) {
        rawValue = number << 40 | Int64(truncatingIfNeeded: sequence & Self.sequenceMax)
    }

    var number: Int64 { rawValue >> 40 }
    var sequence: UInt64 { UInt64(bitPattern: rawValue) & Self.sequenceMax }
}

extension HybridTimestamp {
    /// The timestamp as a signed number of the same order. The top bit is turned over: SQLite's integers are signed,
    /// timestamps are not, and a peer may claim any.
    var sortable: Int64 { Int64(bitPattern: rawValue ^ 1 << 63) }

    init(sortable: Int64) { self.init(rawValue: UInt64(bitPattern: sortable) ^ 1 << 63) }
}
