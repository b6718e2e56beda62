import InboxModel
import InboxWorkflow
import Testing

@Suite struct CoverChainTests {
    private static func away(_ staff: StaffID, _ backup: StaffID?, until: Int64 = 200) -> Absence {
        Absence(staff: staff, backup: backup, until: until)
    }

    private static func cover(_ person: StaffID, _ absences: [Absence]) -> StaffID? {
        CoverChain.covering(person, absences: absences, at: 100)
    }

    @Test("Who is there covers for themselves")
    func present() {
        #expect(Self.cover(Cast.ana, []) == Cast.ana)
        #expect(Self.cover(Cast.ana, [Self.away(Cast.bo, Cast.dana)]) == Cast.ana)
    }

    @Test("Cover is followed from backup to backup")
    func chain() {
        let absences = [Self.away(Cast.bo, Cast.dana), Self.away(Cast.ana, Cast.bo)]
        #expect(Self.cover(Cast.ana, absences) == Cast.dana)
    }

    @Test("An absence counts until the moment of being back", arguments: [(101, Cast.bo), (100, Cast.ana)] as [(Int64, StaffID)])
    func dated(until: Int64, expected: StaffID) {
        #expect(Self.cover(Cast.ana, [Self.away(Cast.ana, Cast.bo, until: until)]) == expected)
    }

    @Test("A chain that bites its tail, or ends without a name, is no cover", arguments: [
        [away(Cast.ana, Cast.ana)],
        [away(Cast.ana, Cast.bo), away(Cast.bo, Cast.ana)],
        [away(Cast.ana, Cast.bo), away(Cast.bo, Cast.dana), away(Cast.dana, Cast.bo)],
        [away(Cast.ana, nil)],
        [away(Cast.ana, Cast.bo), away(Cast.bo, nil)],
    ])
    func missing(absences: [Absence]) {
        #expect(Self.cover(Cast.ana, absences) == nil)
    }

    @Test("Of two absences the one that ends first is followed, and the other where it leads to nobody")
    func several() {
        let absences = [Self.away(Cast.ana, Cast.dana, until: 300), Self.away(Cast.ana, Cast.bo, until: 200)]
        #expect(Self.cover(Cast.ana, absences) == Cast.bo)
        #expect(Self.cover(Cast.ana, absences.reversed()) == Cast.bo)
        #expect(Self.cover(Cast.ana, absences + [Self.away(Cast.bo, Cast.ana)]) == Cast.dana)
        #expect(Self.cover(Cast.ana, absences + [Self.away(Cast.bo, Cast.osei)]) == Cast.osei)
    }

    @Test("Whoever can be reached is found, in whatever order absences are listed", arguments: 0..<300)
    func law(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let people = (1...8).map { StaffID(high: 0, low: $0) }
        let absences = (0..<Int.random(in: 0...14, using: &random)).map { _ in
            Absence(
                staff: random.pick(people), backup: random.once(in: 5) ? nil : random.pick(people),
                until: Int64.random(in: 90...110, using: &random))
        }
        let current = absences.filter { $0.until > 100 }
        for person in people {
            // Everybody a chain from `person` can come to: widened until nothing is added.
            var reached: Set = [person]
            while true {
                let next = current.filter { reached.contains($0.staff) }.compactMap(\.backup)
                if reached.isSuperset(of: next) { break }
                reached.formUnion(next)
            }
            let there = reached.filter { candidate in !current.contains { $0.staff == candidate } }
            let found = Self.cover(person, absences)
            #expect(found.map(there.contains) ?? there.isEmpty, "seed \(seed): \(person) \(absences)")
            #expect(found == Self.cover(person, absences.shuffled(using: &random)), "seed \(seed): \(person) \(absences)")
        }
    }
}
