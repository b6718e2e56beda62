public import InboxModel
import OfficeNode
import ReplicaStore

/// A small practice for simulations: for each office a queue, somebody at the front desk and a surgeon; an administrator for
/// all of them, an outside partner; a category that anybody answers and one that is clinical; and patients.
public struct SamplePractice: Sendable {
    /// One office and who works there.
    public struct Office: Sendable {
        /// The office.
        public let id: OfficeID
        /// Its key.
        public let key: String
        /// Receives what comes in there.
        public let queue: QueueID
        /// Works at the front desk of this office only. Key: `desk-` and the office's.
        public let frontDesk: StaffID
        /// A surgeon of every office, so that somebody may always answer. Key: `surgeon-` and the office's.
        public let surgeon: StaffID
    }

    /// The offices, in the order given.
    public let offices: [Office]
    /// Key: `admin`.
    public let administrator: StaffID
    /// On-call clinician. Key: `oncall`.
    public let onCall: StaffID
    /// A dentist from outside the practice, who sees what is shared with them. Key: `partner`.
    public let partner: StaffID
    /// Routine, due within a day. Key: `scheduling`.
    public let scheduling: CategoryID
    /// Urgent and under clinical review, due within an hour. Key: `medication`.
    public let medication: CategoryID
    /// The patients, named `Patient 0` and so on.
    public let patients: [PatientID]

    /// Everybody who works at the offices, front desk and surgeon of each office in turn.
    public var people: [StaffID] { offices.flatMap { [$0.frontDesk, $0.surgeon] } }

    /// Writes the practice into a group's inbox, through commands at `node`. Offices whose key is there already keep their id.
    ///
    /// Throws `SimulationError.Code.refused` where the node refuses.
    ///
    /// - Parameter mark: Stands in every patient's name, if it is not empty.
    public init(
        in group: SimulatedGroup, at node: SimulatedNode, offices names: [(key: String, name: String)],
        patients patientCount: Int, mark: String = ""
    ) throws {
        var ids = PracticeIDs(seed: group.seed, milliseconds: group.now)
        func put(_ document: DirectoryDocument) throws { try group.perform(.putDocument(document), at: node) }
        offices = try names.map { key, name in
            let known = try node.reader.store.office(key: key)?.id
            let office = Office(id: known ?? ids.next(), key: key, queue: ids.next(), frontDesk: ids.next(), surgeon: ids.next())
            if known == nil { try put(.office(office.id, OfficeProfile(key: key, name: name, timeZone: "America/New_York"))) }
            try put(
                .staff(
                    office.frontDesk,
                    StaffProfile(key: "desk-\(key)", name: "Front desk \(name)", role: .frontDesk, offices: [office.id])))
            try put(
                .staff(office.surgeon, StaffProfile(key: "surgeon-\(key)", name: "Surgeon \(name)", role: .surgeon, offices: [])))
            try put(
                .queue(
                    office.queue,
                    QueueProfile(
                        key: "queue-\(key)", name: "Queue \(name)", office: office.id,
                        members: [office.frontDesk, office.surgeon], primary: office.frontDesk, backup: office.surgeon)))
            return office
        }
        administrator = ids.next()
        onCall = ids.next()
        try put(.staff(administrator, StaffProfile(key: "admin", name: "Administrator", role: .administrator, offices: [])))
        try put(.staff(onCall, StaffProfile(key: "oncall", name: "On-call clinician", role: .onCall, offices: [])))
        let destinations = offices.map { CategoryProfile.Destination(office: $0.id, queue: $0.queue) }
        scheduling = ids.next()
        medication = ids.next()
        try put(
            .category(
                scheduling,
                CategoryProfile(
                    key: "scheduling", name: "Scheduling", urgency: .routine, needsReview: false, responseMinutes: 1440,
                    destinations: destinations)))
        try put(
            .category(
                medication,
                CategoryProfile(
                    key: "medication", name: "Medication", urgency: .urgent, needsReview: true, responseMinutes: 60,
                    destinations: destinations)))
        let home = offices.first?.id
        patients = try (0..<patientCount).map { number in
            let details = PatientDetails(name: "Patient \(number)" + (mark.isEmpty ? "" : " " + mark), born: "1980-01-01", office: home)
            return try group.perform(.putPatient(nil, details, shown: nil), at: node).patient ?? ids.next()
        }
        partner = ids.next()
        try put(.staff(partner, StaffProfile(key: "partner", name: "Referring dentist", role: .partner, offices: [])))
    }
}

/// Ids of a practice, drawn from a stream of their own.
private struct PracticeIDs {
    private var random: SplitMix64
    private let milliseconds: Int64

    init(seed: UInt64, milliseconds: Int64) {
        random = SplitMix64(seed: seed, stream: "practice")
        self.milliseconds = milliseconds
    }

    mutating func next<Entity>() -> EntityID<Entity> {
        EntityID(milliseconds: milliseconds, entropy: (random.next(), random.next()))
    }
}
