public import InboxModel
public import ReplicaStore

/// Names and keys of offices, people, queues and categories, for showing and for finding what a person typed.
public struct Directory: Sendable {
    /// The offices, ascending by id.
    public let offices: [OfficeEntry]
    /// The people, ascending by id.
    public let staff: [StaffEntry]
    /// The queues, ascending by id.
    public let queues: [QueueEntry]
    /// The categories, ascending by id.
    public let categories: [CategoryEntry]

    /// The name of an office.
    public func name(of office: OfficeID?) -> String {
        guard let office else { return "every office" }
        return offices.first { $0.id == office }?.profile?.name ?? "unknown office"
    }

    /// The key of an office, the start of its threads' short codes.
    public func key(of office: OfficeID?) -> String {
        offices.first { $0.id == office }?.profile?.key ?? "thr"
    }

    /// The name of a person.
    public func name(of staff: StaffID) -> String {
        self.staff.first { $0.id == staff }?.profile?.name ?? "unknown person"
    }

    /// The name of a category.
    public func name(of category: CategoryID?) -> String {
        categories.first { $0.id == category }?.profile?.name ?? "unknown category"
    }

    /// The name of a queue.
    public func name(of queue: QueueID) -> String {
        queues.first { $0.id == queue }?.profile?.name ?? "unknown queue"
    }

    /// The name of an owner.
    public func name(of owner: Owner?) -> String {
        switch owner {
        case .staff(let id): name(of: id)
        case .queue(let id): name(of: id)
        case nil: "nobody"
        }
    }

    /// The name of whoever acted.
    public func name(of actor: Actor, patient: String) -> String {
        switch actor {
        case .staff(let id): name(of: id)
        case .patient: patient
        case .automation(let rule): "rule \(rule)"
        case .system: "the node"
        }
    }
}
