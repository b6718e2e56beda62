public import InboxModel

/// Where a patient's message goes and by when it wants an answer.
///
/// This slice follows the category alone. Rules that look at words, photos, hours and days since surgery come on top of it
/// and can only raise what it decides.
public enum InboundRouting {
    /// The changes that open a thread for a matter: the opening with the queue that is accountable from the first moment,
    /// a priority where the category's urgency asks for one, the review flag, and when a reply is due.
    ///
    /// The priority is high for the urgency class `urgent` and urgent for `emergency`; `routine` and `soon` stay normal,
    /// which a thread is without a change.
    ///
    /// - Parameters:
    ///   - patient: Whose matter it is.
    ///   - office: The office it concerns.
    ///   - category: What kind of matter.
    ///   - language: The language to answer in, as a BCP 47 tag.
    ///   - receivedAt: When the message came, in milliseconds since 1970.
    ///   - calendar: The office's opening hours; nil counts the response window around the clock.
    /// - Throws: `RoutingError.Code.noDestination` when the category has no queue for the office.
    public static func opening(
        patient: PatientID, office: (id: OfficeID, profile: OfficeProfile),
        category: (id: CategoryID, profile: CategoryProfile), language: String, receivedAt: Int64,
        calendar: BusinessCalendar?
    ) throws(RoutingError) -> [ThreadChange] {
        let profile = category.profile
        guard let destination = profile.destinations.first(where: { $0.office == office.id }) else {
            throw RoutingError(
                code: .noDestination,
                message: """
                    Category "\(profile.key)" has no queue for office "\(office.profile.key)". \
                    Give the category a destination for that office, or file the matter under another category.
                    """)
        }
        let opening = ThreadOpening(
            patient: patient, office: office.id, category: category.id, urgency: profile.urgency,
            queue: destination.queue, language: language)
        var changes: [ThreadChange] = [.opened(opening)]
        let priority = priority(of: profile.urgency)
        if priority != .normal { changes.append(.priority(priority)) }
        if profile.needsReview { changes.append(.review(true)) }
        changes.append(.due(due(profile, receivedAt, calendar)))
        return changes
    }

    /// What a further message from the patient adds to its thread.
    ///
    /// A thread that was waiting for nothing gets a new due time. Where a reply is owed already the response clock goes on
    /// as it was: writing again makes nobody wait longer, and a person's `never` stands. Only a thread that never had a
    /// due time gets its first.
    ///
    /// - Parameters:
    ///   - state: The thread before the message.
    ///   - category: Its category's profile.
    ///   - receivedAt: When the message came, in milliseconds since 1970.
    ///   - calendar: The office's opening hours; nil counts the response window around the clock.
    public static func inbound(
        state: ThreadState, category: CategoryProfile, receivedAt: Int64, calendar: BusinessCalendar?
    ) -> [ThreadChange] {
        guard state.unanswered.isEmpty || state.dues.isEmpty else { return [] }
        return [.due(due(category, receivedAt, calendar))]
    }

    /// The priority a thread starts with.
    static func priority(of urgency: UrgencyClass) -> Priority {
        switch urgency {
        case .routine, .soon: .normal
        case .urgent: .high
        case .emergency: .urgent
        }
    }

    private static func due(_ category: CategoryProfile, _ receivedAt: Int64, _ calendar: BusinessCalendar?) -> Int64 {
        if let calendar { return calendar.due(after: receivedAt, minutes: category.responseMinutes) }
        let (due, overflow) = receivedAt.addingReportingOverflow(Int64(category.responseMinutes) * 60_000)
        return overflow ? .max : due
    }
}
