import Causality
import InboxModel
import Testing

@testable import ReplicaStore

@Suite("Directory and patients")
struct DirectoryTests {
    private let replica = ReplicaID(1)

    private func set(_ sequence: UInt64, _ changes: [Change], replica: UInt64 = 1) -> ChangeSet {
        let stamp = Stamp(Dot(ReplicaID(replica), sequence), HybridTimestamp(milliseconds: Int64(sequence)))
        return ChangeSet(stamp: stamp, actor: .system, office: nil, changes: changes)
    }

    private func office(_ id: UInt64, _ key: String, context: VersionVector = VersionVector()) -> Change {
        let profile = OfficeProfile(key: key, name: key, timeZone: "America/New_York")
        return .directory(.office(OfficeID(high: id, low: 0), profile), context: context)
    }

    @Test("Documents of each kind are found by id, by key whatever its case, and all together by id")
    func lookups() throws {
        let store = try ReplicaStore(.memory)
        let staff = StaffID(high: 1, low: 0)
        let queue = QueueID(high: 1, low: 0)
        let category = CategoryID(high: 1, low: 0)
        let changes: [Change] = [
            office(2, "belair"), office(1, "Towson"),
            .directory(.staff(staff, StaffProfile(key: "ana", name: "Ana", role: .frontDesk, offices: [])), context: VersionVector()),
            .directory(.queue(queue, QueueProfile(key: "desk", name: "Desk", office: nil, members: [staff])), context: VersionVector()),
            .directory(
                .category(
                    category,
                    CategoryProfile(
                        key: "billing", name: "Billing", urgency: .routine, needsReview: false, responseMinutes: 60, destinations: [])),
                context: VersionVector()),
        ]
        let touched = try store.write(.normal) { transaction in
            try transaction.receive(set(1, changes))
            #expect(try transaction.office(key: "TOWSON")?.id == OfficeID(high: 1, low: 0))
            #expect(try transaction.staff(key: "Ana")?.id == staff)
            #expect(try transaction.queue(key: "desk")?.profile?.members == [staff])
            #expect(try transaction.category(key: "billing")?.profile?.name == "Billing")
            #expect(try transaction.office(key: "nowhere") == nil)
            #expect(try transaction.staff(staff)?.current?.name == "Ana")
            return transaction.touchedDocuments
        }
        #expect(
            touched == [
                .office(OfficeID(high: 2, low: 0)), .office(OfficeID(high: 1, low: 0)), .staff(staff), .queue(queue), .category(category),
            ])
        let reader = store.reader
        #expect(try reader.offices().map(\.profile?.key) == ["Towson", "belair"])
        #expect(try reader.office(key: "towson")?.id == OfficeID(high: 1, low: 0))
        #expect(try reader.staff(key: "ANA")?.profile?.name == "Ana")
        #expect(try reader.queue(key: "Desk")?.id == queue)
        #expect(try reader.category(key: "Billing")?.id == category)
        #expect(try reader.staff().count == 1 && reader.queues().count == 1 && reader.categories().count == 1)
        #expect(try reader.staff(staff)?.current?.role == .frontDesk)
        #expect(try reader.office(OfficeID(high: 9, low: 9)) == nil)
        #expect(try reader.queue(queue) != nil && reader.category(category) != nil)
        #expect(try store.write(.normal) { try $0.offices() } == reader.offices())
    }

    @Test("Versions written while apart are both kept, and a rollback forgets what it merged")
    func versions() throws {
        let store = try ReplicaStore(.memory)
        try store.receive([set(1, [office(1, "towson")])])
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try store.write(.normal) {
                try $0.receive(set(2, [office(1, "other"), office(3, "third")]))
                throw Stop()
            }
        }
        #expect(try store.write(.normal) { try $0.offices() }.map(\.profile?.key) == ["towson"])
        try store.receive([set(1, [office(1, "timonium")], replica: 2)])
        #expect(try store.reader.office(OfficeID(high: 1, low: 0))?.isConflicted == true)
        #expect(try store.write(.normal) { try $0.office(OfficeID(high: 1, low: 0)) }?.versions.entries.count == 2)
    }

    private func patients(_ names: [String]) throws -> ReplicaStore {
        let store = try ReplicaStore(.memory)
        let changes = names.enumerated().map { index, name in
            Change.patient(
                PatientID(high: UInt64(index), low: 1), context: VersionVector(), .details(PatientDetails(name: name, born: "1990-01-02")))
        }
        try store.receive([set(1, changes)])
        return store
    }

    @Test(
        "Patients are found by any part of their name without case and accents, beginnings first",
        arguments: [
            ("nun", ["Ana Núñez"]), ("ANA", ["Ana Núñez", "Diana Prince", "Iana O'Neil"]), ("ñe", ["Ana Núñez", "Iana O'Neil"]),
            ("o'n", ["Iana O'Neil"]), ("%", ["100% Real_Name"]), ("_", ["100% Real_Name"]), ("'", ["Iana O'Neil"]), ("zzz", []),
            ("  diana   prince ", ["Diana Prince"]), ("", ["100% Real_Name", "Ana Núñez", "Diana Prince", "Iana O'Neil"]),
        ] as [(String, [String])])
    func patientsByName(text: String, expected: [String]) throws {
        let store = try patients(["Iana O'Neil", "Diana Prince", "Ana Núñez", "100% Real_Name"])
        #expect(try store.reader.patients(matching: text).compactMap(\.shown?.name) == expected)
        #expect(try store.reader.patients(matching: text, limit: 1).compactMap(\.shown?.name) == Array(expected.prefix(1)))
    }

    @Test("A patient is found by every version of a name that people disagree on")
    func conflictingNames() throws {
        let store = try patients(["Ana Núñez"])
        let id = PatientID(high: 0, low: 1)
        let change = Change.patient(id, context: VersionVector(), .details(PatientDetails(name: "Anna Nunes")))
        let touched = try store.write(.normal) { transaction in
            try transaction.receive(set(1, [change], replica: 2))
            #expect(try transaction.patientState(id)?.isConflicted == true)
            return transaction.touchedPatients
        }
        #expect(touched == [id])
        for name in ["nunez", "nunes"] { #expect(try store.reader.patients(matching: name).map(\.id) == [id]) }
        #expect(try store.reader.patient(id)?.details.entries.count == 2)
        #expect(try store.reader.patient(PatientID(high: 5, low: 5)) == nil)
        #expect(try store.reader.statistics().patients == 1)
    }
}
