/// One stream of chance of a drawing: for one concern of one node, conversation or fault, so that what one draws never depends on
/// what another does.
struct DrawnStream {
    private var random: SplitMix64

    init(_ seed: UInt64, _ name: String) { random = SplitMix64(seed: seed, stream: name) }

    /// A number of a range, each as likely.
    mutating func number(in range: ClosedRange<Int64>) -> Int64 { random.number(in: range) }

    /// A number of a range, each as likely.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        Int(random.number(in: Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    /// True in so many of a million cases. Draws once whatever the chance, so that a changed chance moves no later draw; a higher
    /// chance keeps every case in which a lower one is true.
    mutating func happens(perMillion: Int) -> Bool { random.number(in: 0...999_999) < Int64(perMillion) }

    /// True in so many of a hundred cases.
    mutating func happens(percent: Int) -> Bool { happens(perMillion: percent * 10_000) }

    /// One of some values; nil of none. Draws once.
    mutating func one<Value>(of values: [Value]) -> Value? {
        let number = random.next()
        return values.isEmpty ? nil : values[Int(number % UInt64(values.count))]
    }

    /// One of some values, as often as its weight says. Nil where no weight is above 0. Draws once.
    mutating func one<Value>(weighted values: [(weight: Int, value: Value)]) -> Value? {
        let number = random.next()
        let total = values.reduce(0) { $0 + max(0, $1.weight) }
        guard total > 0 else { return nil }
        var left = Int(number % UInt64(total))
        for (weight, value) in values where weight > 0 {
            if left < weight { return value }
            left -= weight
        }
        return nil
    }

    /// A length whose order of magnitude is as likely as any other of the range: first an octave, then a length in it.
    mutating func length(in range: ClosedRange<Int64>) -> Int64 {
        let low = max(1, range.lowerBound)
        var octaves = 0
        while octaves < 40, low << Int64(octaves + 1) <= range.upperBound { octaves += 1 }
        let start = low << random.number(in: 0...Int64(octaves))
        return random.number(in: start...max(start, min(2 * start, range.upperBound)))
    }

    /// The value whose own draw is the highest. Taking another value away changes the choice only where that one was chosen.
    static func choose(_ seed: UInt64, _ name: String, among values: [String]) -> String? {
        values.map { value -> (UInt64, String) in
            var random = SplitMix64(seed: seed, stream: "\(name) \(value)")
            return (random.next(), value)
        }.max { $0 < $1 }?.1
    }
}
