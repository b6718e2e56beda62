import InboxModel

/// A set of roles, small enough to test in one instruction: access is checked again for every change from a peer.
struct RoleSet: OptionSet, Sendable {
    let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ role: Role) { self.init(rawValue: 1 << UInt16(role.rawValue)) }

    static let frontDesk = RoleSet(.frontDesk)
    static let billing = RoleSet(.billing)
    static let assistant = RoleSet(.assistant)
    static let surgeon = RoleSet(.surgeon)
    static let onCall = RoleSet(.onCall)
    static let administrator = RoleSet(.administrator)
    static let complianceOfficer = RoleSet(.complianceOfficer)
    static let partner = RoleSet(.partner)
    static let `operator` = RoleSet(.operator)

    /// Everybody who works on threads.
    static let inbox: RoleSet = [.frontDesk, .billing, .assistant, .surgeon, .onCall, .administrator]

    /// Those who read what patients and colleagues wrote: whoever works on threads or reviews them, administrators left out.
    static let texts: RoleSet = answering.union(.complianceOfficer)

    /// Those who answer patients and read what was said.
    static let answering: RoleSet = inbox.subtracting(.administrator)

    /// Those from outside the practice: of threads they get at what is shared with them, and at nothing else.
    static let outside: RoleSet = .partner

    /// Every role there is.
    static let everybody = RoleSet(rawValue: Role.allCases.reduce(0) { $0 | RoleSet($1).rawValue })

    /// Those who look after the records.
    static let records: RoleSet = [.administrator, .complianceOfficer]

    /// The roles' names, for a refusal.
    var wording: String {
        Role.allCases.filter { contains(RoleSet($0)) }.map(\.wording).joined(separator: ", ")
    }
}
