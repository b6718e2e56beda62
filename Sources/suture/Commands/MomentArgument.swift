import ArgumentParser
import Glibc

/// A moment as people type it: `45m`, `4h`, `3d` from now, `2026-11-24T17:00` or `2026-11-24` on this machine's clock, or
/// `never`.
struct MomentArgument: ExpressibleByArgument, Hashable {
    private enum Form: Hashable {
        case never
        /// Milliseconds from now.
        case fromNow(Int64)
        /// Milliseconds since 1970.
        case at(Int64)
    }

    private let form: Form

    init?(argument text: String) {
        if text == "never" {
            form = .never
        } else if let distance = Self.distance(text) {
            form = .fromNow(distance)
        } else if let moment = Self.local(text) {
            form = .at(moment)
        } else {
            return nil
        }
    }

    /// The moment in milliseconds since 1970; nil for never.
    func moment(now: Int64) -> Int64? {
        switch form {
        case .never: nil
        case .fromNow(let distance): now + distance
        case .at(let moment): moment
        }
    }

    private static func distance(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units: [String: Int64] = ["m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let number = Int64(digits), number < 100_000, let unit = units[String(text.dropFirst(digits.count))] else {
            return nil
        }
        return number * unit
    }

    /// A date, with a time after `T` or a blank or without one, on this machine's clock.
    private static func local(_ text: String) -> Int64? {
        let halves = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
        guard let date = numbers(halves[0], separator: "-", widths: [4, 2, 2]) else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (date[0] - 1900, date[1] - 1, date[2])
        if halves.count == 2 {
            guard let time = numbers(halves[1], separator: ":", widths: [2, 2]), time[0] < 24, time[1] < 60 else {
                return nil
            }
            (parts.tm_hour, parts.tm_min) = (time[0], time[1])
        }
        // Whether summer time holds is for the system to say.
        parts.tm_isdst = -1
        let seconds = mktime(&parts)
        // The system takes the 31st of February for a day in March; nobody who types it means that.
        guard seconds >= 0, parts.tm_mon == date[1] - 1, parts.tm_mday == date[2] else { return nil }
        return Int64(seconds) * 1000
    }

    private static func numbers(_ text: Substring, separator: Character, widths: [Int]) -> [Int32]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let isNumeric = parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
        return isNumeric && parts.map(\.utf8.count) == widths ? parts.compactMap { Int32($0) } : nil
    }
}
