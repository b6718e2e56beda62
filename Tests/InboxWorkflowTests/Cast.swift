import InboxModel

/// The people, places and things that the tests are about.
enum Cast {
    static let ana = StaffID(high: 0, low: 1)
    static let bo = StaffID(high: 0, low: 2)
    static let dana = StaffID(high: 0, low: 3)
    static let osei = StaffID(high: 0, low: 4)
    static let maria = PatientID(high: 1, low: 1)
    static let towsonDesk = QueueID(high: 2, low: 1)
    static let towsonClinical = QueueID(high: 2, low: 2)
    static let belAirDesk = QueueID(high: 2, low: 3)
    static let postOp = CategoryID(high: 3, low: 1)
    static let towson = OfficeID(high: 4, low: 1)
    static let belAir = OfficeID(high: 4, low: 2)
    static let thread = ThreadID(high: 5, low: 1)
    static let otherThread = ThreadID(high: 5, low: 2)

    static let staff = [ana, bo, dana, osei]

    static let towsonProfile = OfficeProfile(key: "towson", name: "Towson", timeZone: "America/New_York")
    static let belAirProfile = OfficeProfile(key: "belair", name: "Bel Air", timeZone: "America/New_York")

    static let opening = ThreadOpening(
        patient: maria, office: towson, category: postOp, urgency: .urgent, queue: towsonDesk, language: "es")

    static func profile(_ role: Role, offices: [OfficeID], isActive: Bool = true) -> StaffProfile {
        StaffProfile(key: "somebody", name: "Somebody", role: role, offices: offices, isActive: isActive)
    }

    /// Milliseconds since 1970 of a time of day at UTC on a day of 2026.
    static func utc(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int, second: Int = 0) -> Int64 {
        // Days before each month of a year that is no leap year; 2026-01-01 is 20,454 days after 1970-01-01.
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        let days = 20_454 + before[month - 1] + day - 1
        return Int64(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000
    }
}
