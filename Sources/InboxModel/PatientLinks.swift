/// Which patient records are one person: the union of all links, led by the smallest id. Undone by unlinking.
public struct PatientLinks: Sendable {
    private var leaders: [PatientID: PatientID] = [:]

    /// The groups that the links of `states` make.
    public init(_ states: some Sequence<PatientState>) {
        for state in states {
            for link in state.links { unite(state.id, link.patient) }
        }
    }

    /// The record that leads the group of `patient`: itself where it is linked to none.
    public func leader(of patient: PatientID) -> PatientID {
        var current = patient
        while let next = leaders[current] { current = next }
        return current
    }

    private mutating func unite(_ left: PatientID, _ right: PatientID) {
        let first = leader(of: left)
        let second = leader(of: right)
        if first != second { leaders[max(first, second)] = min(first, second) }
    }
}
