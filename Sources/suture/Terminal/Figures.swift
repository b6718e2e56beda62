/// Numbers as people read them. The same on every machine, whatever its language settings, so that output can be compared.
enum Figures {
    /// A whole number with a comma every three digits.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return number < 0 ? "-" + text : text
    }

    /// Bytes in the largest unit of 1024 that leaves at least one.
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        var unit = 0
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value.magnitude >= 1024, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) B" : "\(decimal(value, places: value.magnitude < 10 ? 1 : 0)) \(units[unit])"
    }

    /// A number with so many digits after the point.
    static func decimal(_ number: Double, places: Int) -> String {
        guard number.isFinite, number.magnitude < 1e15 else { return "\(number)" }
        let scale = (0..<places).reduce(1) { product, _ in product * 10 }
        let scaled = Int((number.magnitude * Double(scale)).rounded())
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(scaled)" }
        let rest = String(scaled % scale)
        return "\(sign)\(scaled / scale).\(String(repeating: "0", count: places - rest.count))\(rest)"
    }
}
