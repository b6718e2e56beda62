import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// The inbox as the person named with `as` may see it: the same threads, texts and refusals as on their pages, and as much in the audit.
/// Where nobody is named, threads are shown without what was said in them.
///
/// Whoever may open the socket may read the database too. This is so that the tool holds to the table that people agreed on.
struct ControlReading {
    let lookup: NameLookup
    /// Who reads, and what they may; nil where nobody is named.
    let access: StaffAccess?
    /// When, in milliseconds since 1970.
    let now: Int64

    var reader: InboxReader { lookup.reader }

    /// Why the person may not do `action`; nil where they may, or where nobody is named.
    func refusal(_ action: StaffAction, on state: ThreadState) -> AccessRefusal? {
        guard case .refused(let refusal)? = access?.decision(action, on: state) else { return nil }
        return refusal
    }
}

extension ControlHandler {
    /// Reads as the person named with `as`. Throws where nobody has that name.
    func reading(_ arguments: ControlArguments) async throws -> ControlReading {
        let whole = try await lookup()
        let now = WallClock.now()
        guard let staff = try staff(arguments, whole) else {
            return ControlReading(lookup: try NameLookup(whole.reader.asSeenByNobody()), access: nil, now: now)
        }
        let device: AccessDevice = await service.status().member?.kind == .laptop ? .laptop : .office
        guard let access = StaffAccess(of: staff, in: whole.directory, at: device, now: now) else {
            throw ControlFailure.notFound("nobody of that id works for the group")
        }
        return ControlReading(lookup: try NameLookup(whole.reader.asSeen(by: access)), access: access, now: now)
    }

    /// Writes down that somebody read, as pages do. Throws where it cannot be recorded: then nothing is shown.
    func record(
        _ action: AuditEntry.Action, _ outcome: AuditEntry.Outcome = .done, by reading: ControlReading, thread: ThreadState? = nil,
        detail: String = ""
    ) async throws {
        guard let access = reading.access else { return }
        let entry = AuditEntry(
            at: reading.now, action: action, outcome: outcome, staff: access.staff, role: access.profile.role,
            patient: thread?.opening?.patient, thread: thread?.id, address: "command line", detail: detail)
        if case .failure(let refusal) = await service.perform(.recordAudit([entry]), as: .system) { throw refusal }
    }

    /// Throws what the policy says against `action`, after it was written down.
    func allow(_ action: StaffAction, on state: ThreadState, by reading: ControlReading) async throws {
        guard let refusal = reading.refusal(action, on: state) else { return }
        try await record(.readThread, .refused, by: reading, thread: state)
        throw ControlFailure(CommandRefusal(.notAllowed, refusal.message))
    }

    /// Throws unless the person sees threads at all, after that was written down.
    func allowList(_ action: AuditEntry.Action, by reading: ControlReading) async throws {
        guard let access = reading.access, !access.mayList else { return }
        try await record(action, .refused, by: reading)
        throw ControlFailure(CommandRefusal(.notAllowed, "this account's role sees no threads"))
    }
}
