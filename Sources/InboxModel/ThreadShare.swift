public import Causality

/// What one write says of sharing a thread with one account from outside the practice.
public struct ThreadShare: Hashable, Sendable {
    /// The account.
    public let staff: StaffID
    /// Until when it is shared, in milliseconds since 1970; nil where that was taken back.
    public let until: Int64?

    /// The longest that one share lasts from when it was written, whatever it says: ninety days, in milliseconds.
    public static let lifetimeMax: Int64 = 90 * 86_400_000
    /// How long a share lasts where nobody says otherwise: fourteen days, in milliseconds.
    public static let lifetimeUsual: Int64 = 14 * 86_400_000

    /// A share from its parts.
    public init(staff: StaffID, until: Int64?) {
        self.staff = staff
        self.until = until
    }
}

/// An account with which a thread is shared, and until when.
public struct SharedAccount: Hashable, Sendable {
    /// The account.
    public let staff: StaffID
    /// The first moment at which it is shared no more, in milliseconds since 1970.
    public let until: Int64

    /// `staff`, until `until`.
    public init(staff: StaffID, until: Int64) {
        self.staff = staff
        self.until = until
    }
}

// Sharing: one field for each account. Of writes made apart the one that shows less counts: a withdrawal, else the earliest end.
extension ThreadState {
    /// Merges what is said about sharing.
    mutating func share(_ change: ThreadChange, seen: SeenContext, at stamp: Stamp) {
        let share: ThreadShare
        switch change {
        case .shared(let staff, let until): share = ThreadShare(staff: staff, until: until)
        case .unshared(let staff): share = ThreadShare(staff: staff, until: nil)
        default: return
        }
        shares.remove(seen: seen) { $0.staff == share.staff }
        shares.insert(share, at: stamp)
    }

    /// Until when the thread is shared with `staff`, in milliseconds since 1970; nil where it is not, or was taken back. Whether that is
    /// over says the time.
    public func sharedUntil(with staff: StaffID) -> Int64? {
        var end: Int64?
        for entry in shares.entries where entry.value.staff == staff {
            guard let until = entry.value.until else { return nil }
            let last = min(until, entry.stamp.timestamp.milliseconds + ThreadShare.lifetimeMax)
            end = end.map { min($0, last) } ?? last
        }
        return end
    }

    /// Whether the thread is shared with `staff` at `now`, in milliseconds since 1970.
    public func isShared(with staff: StaffID, at now: Int64) -> Bool {
        if shares.isEmpty { return false }
        return sharedUntil(with: staff).map { now < $0 } ?? false
    }

    /// The accounts with which the thread is shared, also those for which that is over, ascending by account.
    public var sharedAccounts: [SharedAccount] {
        if shares.isEmpty { return [] }
        return Set(shares.entries.map(\.value.staff)).sorted().compactMap { staff in
            sharedUntil(with: staff).map { SharedAccount(staff: staff, until: $0) }
        }
    }
}

extension ThreadShare: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        staff.encode(into: &writer)
        writer.optional(until)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let staff = try StaffID(from: &reader)
        self.init(staff: staff, until: try reader.optional(Int64.self))
    }
}
