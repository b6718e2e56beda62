/// The `d` of an SVG path while it is being written.
struct PathText {
    private(set) var text = ""

    /// Begins a new stroke.
    mutating func move(_ x: Double, _ y: Double) { add("M", x, y) }

    /// Goes straight on.
    mutating func line(_ x: Double, _ y: Double) { add("L", x, y) }

    /// Goes level to a place.
    mutating func level(_ x: Double) { text += "H\(Markup.number(x))" }

    /// Goes upright to a height.
    mutating func upright(_ y: Double) { text += "V\(Markup.number(y))" }

    /// Closes the stroke to an area.
    mutating func close() { text += "Z" }

    /// A stroke from one point to another.
    mutating func segment(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double) {
        move(x0, y0)
        line(x1, y1)
    }

    private mutating func add(_ command: String, _ x: Double, _ y: Double) {
        text += command
        text += Markup.number(x)
        text += " "
        text += Markup.number(y)
    }
}
