import Glibc

/// Moments as people read them. A moment is milliseconds since 1970-01-01 00:00 UTC, as everywhere in a node.
enum RelativeTime {
    /// The distance of a moment from now in one unit: `just now`, `3 min ago`, `in 2 h`, `5 days ago`; the date from
    /// thirty days on.
    static func of(_ moment: Int64, now: Int64, zone: Zone = .local) -> String {
        let (distance, overflow) = now.subtractingReportingOverflow(moment)
        guard !overflow, distance.magnitude < 30 * day else { return date(of: moment, zone: zone) }
        let amount = distance.magnitude
        let text: String
        switch amount {
        case 0..<(10 * second): return "just now"
        case 0..<minute: text = "\(amount / second) s"
        case 0..<hour: text = "\(amount / minute) min"
        case 0..<day: text = "\(amount / hour) h"
        case 0..<(2 * day): text = "1 day"
        default: text = "\(amount / day) days"
        }
        return distance < 0 ? "in \(text)" : "\(text) ago"
    }

    private static let second: UInt64 = 1000
    private static let minute = 60 * second
    private static let hour = 60 * minute
    private static let day = 24 * hour

    /// Which clock on the wall.
    enum Zone: Hashable, Sendable {
        case utc
        /// The zone this process runs in.
        case local
        /// So many minutes east of UTC.
        case fixed(minutes: Int)
    }

    /// The day and the time to the minute: `2026-03-06 17:40 UTC`, `2026-03-06 12:40 -05:00`.
    static func minute(of moment: Int64, zone: Zone = .local) -> String {
        let parts = Parts(of: moment, zone: zone)
        return "\(parts.date) \(parts.hour):\(parts.minute) \(parts.zone)"
    }

    /// The same to the second.
    static func second(of moment: Int64, zone: Zone = .local) -> String {
        let parts = Parts(of: moment, zone: zone)
        return "\(parts.date) \(parts.hour):\(parts.minute):\(parts.second) \(parts.zone)"
    }

    /// The day alone: `2026-03-06`.
    static func date(of moment: Int64, zone: Zone = .local) -> String {
        Parts(of: moment, zone: zone).date
    }

    private struct Parts {
        let date: String
        let hour: String
        let minute: String
        let second: String
        let zone: String

        init(of moment: Int64, zone: Zone) {
            // Division that rounds down, so that moments before 1970 fall into the right second.
            let seconds = moment / 1000 - (moment % 1000 < 0 ? 1 : 0)
            // The years 0 to 9999 less a day for the zone. A moment beyond is a mistake somewhere, shown as the limit.
            var shifted = min(max(seconds, -62_167_219_200 + 86_400), 253_402_300_799 - 86_400)
            if case .fixed(let minutes) = zone { shifted += Int64(minutes) * 60 }
            var time = time_t(shifted)
            var parts = tm()
            if zone == .local { localtime_r(&time, &parts) } else { gmtime_r(&time, &parts) }
            date = "\(Self.padded(parts.tm_year + 1900, 4))-\(Self.padded(parts.tm_mon + 1, 2))-\(Self.padded(parts.tm_mday, 2))"
            hour = Self.padded(parts.tm_hour, 2)
            minute = Self.padded(parts.tm_min, 2)
            second = Self.padded(parts.tm_sec, 2)
            switch zone {
            case .utc: self.zone = "UTC"
            case .local: self.zone = Self.offset(minutes: Int(parts.tm_gmtoff) / 60)
            case .fixed(let minutes): self.zone = Self.offset(minutes: minutes)
            }
        }

        private static func offset(minutes: Int) -> String {
            let sign = minutes < 0 ? "-" : "+"
            let amount = Int32(minutes.magnitude)
            return "\(sign)\(padded(amount / 60, 2)):\(padded(amount % 60, 2))"
        }

        private static func padded(_ number: Int32, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
    }
}
