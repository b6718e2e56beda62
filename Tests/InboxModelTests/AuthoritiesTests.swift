import InboxModel
import Testing

@Suite struct AuthoritiesTests {
    private func entry(_ id: UInt64, generation: UInt32, begins: Int64) -> Authorities.Entry {
        Authorities.Entry(
            AuthorityID(high: 0, low: id), AuthorityProfile(certificate: [UInt8(id)], key: [], generation: generation, begins: begins))
    }

    @Test("Offices that made an authority each while apart agree on one, whatever order they hear in")
    func converge() {
        let made = [entry(7, generation: 1, begins: 100), entry(3, generation: 1, begins: 200), entry(5, generation: 1, begins: 50)]
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let authorities = Authorities(order.map { made[$0] })
            #expect(authorities.inForce(at: 300)?.id == made[1].id)
            // Until they are renewed, certificates of the others are about.
            #expect(authorities.leaving(at: 300, lifetime: 1000).map(\.id) == [made[2].id, made[0].id])
        }
    }

    @Test("A later generation takes over when it begins, and the one before is shown until what it signed has ended")
    func rotate() {
        let authorities = Authorities([entry(1, generation: 1, begins: 0), entry(9, generation: 2, begins: 500)])
        #expect(authorities.nextGeneration == 3)
        #expect(authorities.inForce(at: 499)?.id.low == 1 && authorities.coming(at: 499)?.id.low == 9)
        #expect(authorities.leaving(at: 499, lifetime: 1000).isEmpty)
        #expect(authorities.inForce(at: 500)?.id.low == 9 && authorities.coming(at: 500) == nil)
        #expect(authorities.leaving(at: 1499, lifetime: 1000).map(\.id.low) == [1])
        #expect(authorities.leaving(at: 1500, lifetime: 1000).isEmpty)
    }

    @Test("Without any there is nothing in force, and the first is of the first generation")
    func none() {
        let authorities = Authorities([])
        #expect(authorities.inForce(at: .max) == nil && authorities.coming(at: 0) == nil && authorities.nextGeneration == 1)
    }
}
