import Causality
import InboxModel

/// The people, places and things that the tests are about.
enum Cast {
    static let dana = StaffID(high: 0, low: 0xD1)
    static let bo = StaffID(high: 0, low: 0xB0)
    static let supervisor = StaffID(high: 0, low: 0x5E)
    static let maria = PatientID(high: 1, low: 1)
    static let mariaTwin = PatientID(high: 1, low: 2)
    static let mariaThird = PatientID(high: 1, low: 3)
    static let frontDesk = QueueID(high: 2, low: 1)
    static let clinical = QueueID(high: 2, low: 2)
    static let scheduling = CategoryID(high: 3, low: 1)
    static let billing = CategoryID(high: 3, low: 2)
    static let postOp = CategoryID(high: 3, low: 3)
    static let towson = OfficeID(high: 4, low: 1)
    static let belAir = OfficeID(high: 4, low: 2)
    static let threads = (1...4).map { ThreadID(high: 5, low: $0) }

    static let staff = [dana, bo, supervisor]
    static let patients = [maria, mariaTwin, mariaThird]
    static let queues = [frontDesk, clinical]
    static let categories = [scheduling, billing, postOp]
    static let offices = [towson, belAir]

    static let opening = ThreadOpening(
        patient: maria, office: towson, category: scheduling, urgency: .routine, queue: frontDesk, language: "es")

    /// What failures call each id.
    static let names: [(id: String, name: String)] =
        [(dana.description, "Dana"), (bo.description, "Bo"), (supervisor.description, "Supervisor")]
        + [(maria.description, "Maria"), (mariaTwin.description, "MariaTwin"), (mariaThird.description, "MariaThird")]
        + [(frontDesk.description, "frontDesk"), (clinical.description, "clinical")]
        + [(scheduling.description, "scheduling"), (billing.description, "billing"), (postOp.description, "postOp")]
        + [(towson.description, "Towson"), (belAir.description, "BelAir")]
        + threads.enumerated().map { ($1.description, "thread\($0)") }

    /// `text` with names for ids and without the modules' names.
    static func readable(_ text: String) -> String {
        var result = text.replacing("InboxModel.", with: "").replacing("Causality.", with: "")
        for kind in ["Staff", "Patient", "Queue", "Category", "Office", "Thread"] {
            result = result.replacing("EntityID<\(kind)Entity>", with: "\(kind)ID")
        }
        for (id, name) in names { result = result.replacing(id, with: name) }
        return result
    }
}
