/// Finds what somebody may have meant by a name that does not exist.
enum SpellingSuggestion {
    /// The nearest of `names`, if it is near enough to be what was meant: a letter or two amiss, or its beginning.
    static func nearest(to name: String, among names: [String]) -> String? {
        let wanted = name.lowercased()
        let distances = names.map { (distance: editDistance(wanted, $0.lowercased()), name: $0) }
        let limit = wanted.count <= 3 ? 1 : 2
        if let nearest = distances.min(by: { $0 < $1 }), nearest.distance <= limit { return nearest.name }
        let beginnings = names.filter { wanted.count >= 2 && $0.lowercased().hasPrefix(wanted) }
        return beginnings.count == 1 ? beginnings[0] : nil
    }

    /// How many letters must be put in, taken out or changed to make one text the other. Long texts are cut: they are
    /// nobody's names.
    static func editDistance(_ left: String, _ right: String) -> Int {
        let right = Array(right.prefix(60))
        var row = Array(0...right.count)
        for (index, character) in left.prefix(60).enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let substituted = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
