/// Where a time stands in the space-time diagram.
///
/// Time is not to scale: the width between two things that happened grows with the logarithm of the time between them, so that
/// milliseconds of a frame and hours of a night can both be seen, and quiet stretches are broken. Between two such things it is
/// linear. Never decreases.
struct TimeAxis {
    /// A quiet stretch that is left out.
    struct Break {
        let from: Int64
        let to: Int64
        let left: Double
        let right: Double
    }

    /// A labelled moment.
    struct Tick {
        let at: Int64
        let x: Double
    }

    /// Quiet stretches at least as long are broken, in milliseconds.
    static let quiet: Int64 = 10_000
    /// Narrower breaks are not marked.
    static let breakWidthMin = 8.0
    private static let breakWidth = 46.0
    private static let unit = 60.0
    private static let unitWidth = 14.0

    let left: Double
    let right: Double
    let breaks: [Break]
    private let times: [Int64]
    private let places: [Double]

    /// An axis on which every one of `times` (in any order) can be told from its neighbours, from `left` on, of a width in
    /// `width`.
    init(_ times: [Int64], left: Double, width: ClosedRange<Double>) {
        let sorted = Self.unique(times.isEmpty ? [0] : times)
        var widths = zip(sorted, sorted.dropFirst()).map { Self.width(of: $1 - $0) }
        Self.fit(&widths, sorted, to: width)

        var places = [left]
        var breaks: [Break] = []
        for (index, width) in widths.enumerated() {
            let x = places[index]
            if sorted[index + 1] - sorted[index] >= Self.quiet {
                breaks.append(Break(from: sorted[index], to: sorted[index + 1], left: x, right: x + width))
            }
            places.append(x + width)
        }
        self.left = left
        right = max(places.last ?? left, left + width.lowerBound)
        self.times = sorted
        self.places = places
        self.breaks = breaks
    }

    /// Where a time stands; times beyond the ends stand at the ends.
    func x(_ at: Int64) -> Double {
        let next = Self.firstIndex(of: times) { $0 >= at }
        guard next < times.count else { return places[places.count - 1] }
        guard next > 0, times[next] != at else { return places[next] }
        let share = Double(at - times[next - 1]) / Double(times[next] - times[next - 1])
        return places[next - 1] + share * (places[next] - places[next - 1])
    }

    /// The time that stands at a place.
    func time(_ x: Double) -> Int64 {
        let next = Self.firstIndex(of: places) { $0 >= x }
        guard next < places.count else { return times[times.count - 1] }
        guard next > 0, places[next] > places[next - 1] else { return times[next] }
        let share = (x - places[next - 1]) / (places[next] - places[next - 1])
        return times[next - 1] + Int64((share * Double(times[next] - times[next - 1])).rounded())
    }

    /// Whether a place lies in a break that is wide enough to be seen as one.
    private func isInBreak(_ x: Double) -> Bool {
        breaks.contains { $0.right - $0.left > Self.breakWidthMin && x > $0.left && x < $0.right }
    }

    /// Round times for labels that need `spacing`, none of them within a break.
    func ticks(spacing: Double) -> [Tick] {
        var ticks: [Tick] = []
        var x = left
        while x <= right {
            let window = (x - spacing * 0.3)...(x + spacing * 0.3)
            let tick = Self.roundest(max(0, time(max(left, window.lowerBound))), time(min(right, window.upperBound)))
            let place = self.x(tick)
            let isFree = ticks.last.map { place - $0.x >= spacing * 0.8 && tick > $0.at } ?? true
            if isFree, !isInBreak(place) {
                ticks.append(Tick(at: tick, x: place))
                x = place + spacing
            } else {
                x += spacing * 0.25
            }
        }
        return ticks
    }

    /// The roundest number of milliseconds from one to another time.
    static func roundest(_ from: Int64, _ to: Int64) -> Int64 {
        let steps: [Int64] = [
            86_400_000, 43_200_000, 21_600_000, 10_800_000, 3_600_000, 1_800_000, 900_000, 600_000, 300_000, 120_000, 60_000,
            30_000, 15_000, 10_000, 5_000, 2_000, 1_000, 500, 250, 100, 50, 20, 10, 5, 2,
        ]
        for step in steps {
            let multiple = (to / step) * step
            if multiple >= from { return multiple }
        }
        return to
    }

    private static func unique(_ times: [Int64]) -> [Int64] {
        var unique: [Int64] = []
        for time in times.sorted() where unique.last != time { unique.append(time) }
        return unique
    }

    private static func width(of gap: Int64) -> Double {
        if gap >= quiet { return breakWidth }
        return unitWidth * Self.logarithm(1 + Double(gap) / unit)
    }

    /// Stretches or shortens everything but breaks, and those only where they alone would take too much room.
    private static func fit(_ widths: inout [Double], _ times: [Int64], to width: ClosedRange<Double>) {
        let isBreak = zip(times, times.dropFirst()).map { $1 - $0 >= quiet }
        let broken = zip(widths, isBreak).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
        let shown = widths.reduce(0, +) - broken
        let breakScale = min(1, width.upperBound * 0.4 / max(broken, 1))
        let room = shown + broken * breakScale
        let target = min(max(room, width.lowerBound), width.upperBound) - broken * breakScale
        let scale = shown > 0 ? target / shown : 1
        for index in widths.indices { widths[index] *= isBreak[index] ? breakScale : scale }
    }

    /// The natural logarithm of a number from 1 on, as a sum: the same bits on every platform, whatever its mathematics library.
    private static func logarithm(_ value: Double) -> Double {
        let exponent = value.exponent
        let fraction = (value.significand - 1) / (value.significand + 1)
        let square = fraction * fraction
        var term = fraction
        var sum = 0.0
        for divisor in stride(from: 1.0, through: 21.0, by: 2.0) {
            sum += term / divisor
            term *= square
        }
        return 2 * sum + Double(exponent) * 0.693_147_180_559_945_3
    }

    private static func firstIndex<Element>(of sorted: [Element], where isBeyond: (Element) -> Bool) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if isBeyond(sorted[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
