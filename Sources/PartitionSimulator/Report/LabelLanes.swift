/// Places labels beside their marks so that no two overlap: on lanes above and below a line, centred or shifted to a side. A
/// label for which there is no room is left out.
struct LabelLanes {
    /// Where a label went.
    struct Place {
        /// The lane, counted from 0; the first ones are nearest to the line.
        let lane: Int
        /// The left end.
        let x: Double
        /// How wide it is taken to be.
        let width: Double
    }

    private static let gap = 5.0

    private let bounds: ClosedRange<Double>
    /// Per lane, what is taken, ascending.
    private var taken: [[ClosedRange<Double>]]

    /// Lanes of that number between two ends.
    init(count: Int, bounds: ClosedRange<Double>) {
        self.bounds = bounds
        taken = Array(repeating: [], count: count)
    }

    /// How wide a text of 11 pixels is at most, near enough: letters of the usual faces are between 4 and 9 pixels.
    static func width(of text: String) -> Double {
        text.unicodeScalars.reduce(2) { sum, scalar in
            switch scalar {
            case "i", "l", "j", "t", "f", "r", "I", ".", ",", ":", "'", "|", "-", " ", "(", ")": sum + 4
            case "m", "w", "M", "W", "@", "%": sum + 9.6
            case _ where scalar.value >= 0x1100: sum + 12
            case "A"..."Z": sum + 7.6
            default: sum + 6.4
            }
        }
    }

    /// Takes room for a text at `x` if there is any.
    mutating func place(_ text: String, at x: Double) -> Place? {
        let width = Self.width(of: text)
        for lane in taken.indices {
            for left in [x - width / 2, x - 6, x - width + 6] {
                let range = left...(left + width)
                guard range.lowerBound >= bounds.lowerBound, range.upperBound <= bounds.upperBound else { continue }
                if take(range, in: lane) { return Place(lane: lane, x: left, width: width) }
            }
        }
        return nil
    }

    private mutating func take(_ range: ClosedRange<Double>, in lane: Int) -> Bool {
        var (low, high) = (0, taken[lane].count)
        while low < high {
            let middle = (low + high) / 2
            if taken[lane][middle].lowerBound > range.lowerBound { high = middle } else { low = middle + 1 }
        }
        if low > 0, taken[lane][low - 1].upperBound + Self.gap > range.lowerBound { return false }
        if low < taken[lane].count, taken[lane][low].lowerBound < range.upperBound + Self.gap { return false }
        taken[lane].insert(range, at: low)
        return true
    }
}
