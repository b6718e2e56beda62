/// Heights of the space-time diagram: the heading, the axis, the lanes above the nodes' lines, and the lines.
struct DiagramRows {
    let count: Int
    /// The lower edge of the axis's labels.
    let axisBottom: Double
    /// Where the cuts' bars stand.
    let cutsTop: Double
    /// Where the labels of what concerns the whole group stand.
    let groupLine: Double
    /// The upper edge of the first row.
    let top: Double
    /// From one line to the next.
    let pitch: Double
    /// Lanes for labels: heights of the baselines against the line, nearest first.
    let lanes: [Double]
    private let above: Double

    static let cutHeight = 16.0

    /// Heights for that many nodes; with room for a heading of its own or without.
    init(_ count: Int, heading: Double, hasCuts: Bool, hasGroupLine: Bool) {
        self.count = count
        axisBottom = heading + 48
        cutsTop = axisBottom + 9
        groupLine = cutsTop + (hasCuts ? Self.cutHeight + 6 : 0) + 13
        top = groupLine + (hasGroupLine ? 9 : -11)
        switch count {
        case ...8: (lanes, pitch, above) = ([-16, 21, -30, 34], 94, 48)
        case ...20: (lanes, pitch, above) = ([-15, 19], 58, 32)
        default: (lanes, pitch, above) = ([-13], 35, 24)
        }
    }

    /// The lower edge of the last row.
    var bottom: Double { top + Double(count) * pitch }

    /// Where hair lines begin: beneath the cuts' bars, whose words they would cross.
    var gridTop: Double { groupLine - 13 }

    /// The height of a node's line.
    func y(_ node: Int) -> Double { rowTop(node) + above }

    /// The upper edge of a node's row.
    func rowTop(_ node: Int) -> Double { top + Double(node) * pitch }
}
