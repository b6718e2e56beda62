/// Something that happened to a patient's record.
public enum PatientChange: Hashable, Sendable {
    /// The details were written, whole.
    case details(PatientDetails)
    /// Contact was agreed to or refused.
    case consent(Consent)
    /// This record and another are one person.
    case linked(PatientID)
    /// They are not, after all.
    case unlinked(PatientID)
}

/// Who a patient is and how to reach them.
public struct PatientDetails: Hashable, Sendable {
    /// Full name.
    public let name: String
    /// Birth date as `YYYY-MM-DD`.
    public let born: String
    /// Telephone number.
    public let phone: String
    /// E-mail address.
    public let email: String
    /// Language as a BCP 47 tag.
    public let language: String
    /// How they want to be reached.
    public let channel: Channel
    /// Their usual office.
    public let office: OfficeID?

    /// Details from their parts.
    public init(
        name: String, born: String = "", phone: String = "", email: String = "", language: String = "en",
        channel: Channel = .portal, office: OfficeID? = nil
    ) {
        self.name = name
        self.born = born
        self.phone = phone
        self.email = email
        self.language = language
        self.channel = channel
        self.office = office
    }
}

/// What one consent is about: a channel and a purpose.
public struct ConsentScope: Hashable, Comparable, Sendable {
    /// By which channel.
    public let channel: Channel
    /// For what.
    public let purpose: ConsentPurpose

    /// Contact by `channel` for `purpose`.
    public init(_ channel: Channel, _ purpose: ConsentPurpose) {
        self.channel = channel
        self.purpose = purpose
    }

    /// By channel, then purpose.
    public static func < (left: ConsentScope, right: ConsentScope) -> Bool {
        (left.channel.rawValue, left.purpose.rawValue) < (right.channel.rawValue, right.purpose.rawValue)
    }
}

/// A patient's yes or no to being contacted.
public struct Consent: Hashable, Sendable {
    /// What it is about.
    public let scope: ConsentScope
    /// Granted, or withdrawn.
    public let isGranted: Bool

    /// A yes or no to contact in `scope`.
    public init(_ scope: ConsentScope, isGranted: Bool) {
        self.scope = scope
        self.isGranted = isGranted
    }
}
