import Causality
import InboxModel
import Testing

@Suite("Patient records")
struct PatientTests {
    private static let texts = ConsentScope(.sms, .care)
    private static let mail = ConsentScope(.email, .care)

    private static func consent(_ isGranted: Bool, _ scope: ConsentScope = texts) -> Step {
        .patient(Cast.maria, .consent(Consent(scope, isGranted: isGranted)))
    }

    private static func details(phone: String) -> Step {
        .patient(Cast.maria, .details(PatientDetails(name: "Maria", phone: phone)))
    }

    @Test("A consent that nobody asked for is neither yes nor no")
    func neverAsked() {
        #expect(Offices().patient().consent(in: Self.texts) == nil)
    }

    @Test("A withdrawal wins over a grant made while apart, whichever came later", arguments: [true, false])
    func withdrawalWins(isWithdrawnFirst: Bool) {
        var offices = Offices()
        offices.act(at: 0, by: .patient(Cast.maria), Self.consent(!isWithdrawnFirst))
        offices.act(at: 1, by: .staff(Cast.bo), Self.consent(isWithdrawnFirst))
        offices.heal()
        #expect(offices.patient().consent(in: Self.texts) == false)
    }

    @Test("A new grant holds when it saw the withdrawal")
    func grantAfterWithdrawal() {
        var offices = Offices()
        offices.act(at: 0, by: .patient(Cast.maria), Self.consent(false))
        offices.heal()
        offices.act(at: 1, by: .patient(Cast.maria), Self.consent(true))
        offices.heal()
        #expect(offices.patient().consent(in: Self.texts) == true)
    }

    @Test("A withdrawal for one channel leaves the others as they are")
    func scopes() {
        var offices = Offices()
        offices.act(at: 0, by: .patient(Cast.maria), Self.consent(true), Self.consent(true, Self.mail))
        offices.heal()
        offices.act(at: 1, by: .patient(Cast.maria), Self.consent(false, Self.mail))
        offices.heal()
        #expect(offices.patient().consent(in: Self.texts) == true)
        #expect(offices.patient().consent(in: Self.mail) == false)
    }

    @Test("Details written while apart are both kept and conflict until somebody who saw both writes")
    func details() {
        var offices = Offices()
        offices.act(at: 0, by: .staff(Cast.dana), Self.details(phone: "1"))
        offices.act(at: 1, by: .staff(Cast.bo), Self.details(phone: "2"))
        offices.heal()
        #expect(offices.patient().shown?.phone == "2")
        #expect(offices.patient().isConflicted)
        #expect(Set(offices.patient().details.entries.map(\.value.phone)) == ["1", "2"])
        offices.act(at: 0, by: .staff(Cast.dana), Self.details(phone: "1"))
        offices.heal()
        #expect(offices.patient().shown?.phone == "1")
        #expect(!offices.patient().isConflicted)
    }

    @Test("The same details written at two offices are no conflict")
    func sameDetails() {
        var offices = Offices()
        offices.act(at: 0, by: .staff(Cast.dana), Self.details(phone: "1"))
        offices.act(at: 1, by: .staff(Cast.bo), Self.details(phone: "1"))
        offices.heal()
        #expect(!offices.patient().isConflicted)
    }

    @Test("Linking wins over unlinking while apart, and unlinking undoes what it saw")
    func links() {
        var offices = Offices()
        let link = Step.patient(Cast.maria, .linked(Cast.mariaTwin))
        let unlink = Step.patient(Cast.maria, .unlinked(Cast.mariaTwin))
        offices.act(at: 0, by: .staff(Cast.dana), link)
        offices.heal()
        offices.act(at: 0, by: .staff(Cast.dana), unlink)
        offices.act(at: 1, by: .staff(Cast.bo), link)
        offices.heal()
        #expect(offices.patient().links.map(\.patient) == [Cast.mariaTwin])
        offices.act(at: 0, by: .staff(Cast.dana), unlink)
        offices.heal()
        #expect(offices.patient().links.isEmpty)
    }

    @Test("Linked records are led by the smallest id, through any chain and in any order, until they are unlinked")
    func leader() {
        var offices = Offices()
        offices.act(at: 0, by: .staff(Cast.dana), .patient(Cast.mariaThird, .linked(Cast.mariaTwin)))
        offices.act(at: 1, by: .staff(Cast.bo), .patient(Cast.mariaTwin, .linked(Cast.maria)))
        offices.heal()
        let states = Cast.patients.map { offices.patient($0) }
        for order in [states, states.reversed()] {
            let links = PatientLinks(order)
            #expect(Cast.patients.map(links.leader) == [Cast.maria, Cast.maria, Cast.maria])
        }
        offices.act(at: 0, by: .staff(Cast.dana), .patient(Cast.mariaTwin, .unlinked(Cast.maria)))
        offices.heal()
        let links = PatientLinks(Cast.patients.map { offices.patient($0) })
        #expect(Cast.patients.map(links.leader) == [Cast.maria, Cast.mariaTwin, Cast.mariaTwin])
    }

    @Test("Groups of links do not depend on the order of the records", arguments: UInt64(0)..<50)
    func linkOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let ids = (0..<8).map { PatientID(high: 7, low: $0) }
        var edges: [(PatientID, PatientID)] = []
        for _ in 0..<Int.random(in: 0...8, using: &random) { edges.append((random.pick(ids), random.pick(ids))) }
        var states = ids.map { id in
            var state = PatientState(id: id)
            for (number, edge) in edges.enumerated() where edge.0 == id {
                let set = ChangeSet(
                    stamp: Stamp(Dot(ReplicaID(1), UInt64(number + 1)), .zero), actor: .system, office: nil, changes: [])
                state.apply(.linked(edge.1), context: VersionVector(), of: set)
            }
            return state
        }
        let links = PatientLinks(states)
        states.shuffle(using: &random)
        let shuffled = PatientLinks(states)
        for id in ids {
            var group: Set<PatientID> = [id]
            for _ in ids {
                for edge in edges where group.contains(edge.0) || group.contains(edge.1) {
                    group.formUnion([edge.0, edge.1])
                }
            }
            #expect(links.leader(of: id) == group.min(), "seed \(seed)")
            #expect(shuffled.leader(of: id) == group.min(), "seed \(seed)")
        }
    }
}
