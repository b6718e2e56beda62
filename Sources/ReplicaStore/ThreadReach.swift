public import InboxModel

/// Which threads a list may show to somebody whose account is one of some offices, or whose role works in some categories: the threads of
/// both, and what they or their queues are accountable for elsewhere. Or, for somebody from outside the practice, the threads that are
/// shared with them and no others. Made by the access policy's caller, never here.
public struct ThreadReach: Hashable, Sendable {
    /// The offices; nil for every one.
    public let offices: [OfficeID]?
    /// The categories; nil for every one.
    public let categories: [CategoryID]?
    /// Whose own threads count wherever they are.
    public let staff: StaffID
    /// Whose threads count wherever they are, too.
    public let queues: [QueueID]

    /// Where only threads count that are shared with `staff`: at which moment, in milliseconds since 1970.
    public let sharedAt: Int64?

    /// A reach from its parts.
    public init(offices: [OfficeID]?, categories: [CategoryID]? = nil, staff: StaffID, queues: [QueueID]) {
        self.offices = offices
        self.categories = categories
        self.staff = staff
        self.queues = queues
        sharedAt = nil
    }

    /// The threads that are shared with `staff` at `now`, in milliseconds since 1970.
    public init(sharedWith staff: StaffID, at now: Int64) {
        offices = []
        categories = nil
        self.staff = staff
        queues = []
        sharedAt = now
    }
}

/// A reach as the numbers of this database. They are few: looking through an array takes less than hashing.
struct ReachNumbers {
    let offices: [Int64]?
    let categories: [Int64]?
    let staff: Int64?
    let queues: [Int64]
    let sharedAt: Int64?

    init(_ reach: ThreadReach, in source: some StatementSource) throws {
        offices = try reach.offices.map { try $0.compactMap { try ThreadQuery.number(of: $0, in: source) } }
        categories = try reach.categories.map { try $0.compactMap { try ThreadQuery.number(of: $0, in: source) } }
        staff = try ThreadQuery.number(of: reach.staff, in: source)
        sharedAt = reach.sharedAt
        queues = try reach.queues.compactMap { try ThreadQuery.number(of: $0, in: source) }
    }

    /// As a condition. Numbers of our own making: nothing in it came from a person.
    var condition: String {
        // Nobody has the number 0: a person with whom nothing was ever shared sees nothing.
        if let sharedAt { return "no IN (SELECT thread FROM thread_share WHERE staff = \(staff ?? 0) AND until > \(sharedAt))" }
        func list(_ numbers: [Int64]) -> String { numbers.sorted().map(String.init).joined(separator: ", ") }
        // Never an empty list: SQLite would take the condition for false and find no use for the index.
        func within(_ column: String, _ numbers: [Int64]) -> String { "\(column) IN (\(list(numbers.isEmpty ? [-1] : numbers)))" }
        let places = [offices.map { within("office", $0) }, categories.map { within("category", $0) }].compactMap { $0 }
        var parts = [places.isEmpty ? "1" : places.joined(separator: " AND ")]
        if let staff { parts.append("owner_kind = \(OwnerKind.staff.rawValue) AND owner = \(staff)") }
        if !queues.isEmpty { parts.append("owner_kind = \(OwnerKind.queue.rawValue) AND owner IN (\(list(queues)))") }
        return "(" + parts.map { "(\($0))" }.joined(separator: " OR ") + ")"
    }

    /// Whether `thread` is within it.
    func covers(_ thread: ListedThread) -> Bool {
        func isWithin(_ number: Int64?, _ numbers: [Int64]?) -> Bool {
            guard let numbers else { return true }
            return number.map(numbers.contains) ?? false
        }
        if isWithin(thread.office, offices) && isWithin(thread.category, categories) { return true }
        switch thread.ownerKind {
        case .staff: return thread.owner == staff
        case .queue: return queues.contains(thread.owner)
        case .nobody: return false
        }
    }
}
