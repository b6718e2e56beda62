/// A linear axis: where a value stands, and round values for its labels.
struct PlotScale {
    let from: Double
    let to: Double
    /// Where `from` and `to` stand.
    let start: Double
    let end: Double

    /// Where a value stands; values beyond the ends stand at the ends.
    func place(_ value: Double) -> Double {
        guard to > from else { return start }
        let share = (min(max(value, from), to) - from) / (to - from)
        return start + share * (end - start)
    }

    /// Whole values from 0 to at most `to`, not more than `count` steps.
    static func wholeTicks(to: Int, steps count: Int) -> [Int] {
        guard to > 0 else { return [0] }
        var step = 1
        var factors = [2, 5, 10]
        var unit = 1
        while to / step > count {
            if factors.isEmpty {
                factors = [2, 5, 10]
                unit *= 10
            }
            step = unit * factors.removeFirst()
        }
        return Array(stride(from: 0, through: to, by: step))
    }

    /// Round times from 0 to `to` milliseconds, not more than `count` steps.
    static func timeTicks(to: Int64, steps count: Int64) -> [Int64] {
        let seconds: [Int64] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400]
        let steps = [1, 10, 100, 500] + seconds.map { $0 * 1_000 }
        let step = steps.first { to / $0 <= count } ?? 86_400_000 * (to / 86_400_000 / count + 1)
        return Array(stride(from: 0, through: to, by: Int64.Stride(step)))
    }
}
