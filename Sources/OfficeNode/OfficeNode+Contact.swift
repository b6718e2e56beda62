import Causality
import ChangeLog
import InboxModel
import ReplicaStore
import SyncEngine

// A laptop that is away from its group for longer than it may be closes. What it must not show any more is withheld by the shell, which
// asks `contact(now:)`; commands are refused here.

extension OfficeNode {
    /// How long this laptop has been away at wall time `now` (milliseconds since 1970), and whether it is closed for it. Nil for a node
    /// that is no laptop.
    public func contact(now: Int64) -> ContactStatus? {
        var contact = state.contact
        contact.advance(to: now)
        return status(of: contact)
    }

    /// The same as of the last event.
    var contact: ContactStatus? { status(of: state.contact) }

    /// Writes down how long the laptop has been away. Ordering duty: when the node ends, after the last event; what it writes by itself
    /// may be an hour old.
    public func rememberContact(now: Int64) throws {
        guard isLaptop else { return }
        state.contact.advance(to: now)
        let contact = state.contact
        try store.write(.full) { try $0.set(contact.canonicalBytes, for: NodeSettings.contactKey) }
        state.contactKept = contact
    }

    /// What its group has not told the node yet, its configuration tells: that it is held to something.
    var isLaptop: Bool {
        guard let own = state.roster.members[member] ?? state.roster.formerMember(member)?.member else { return contactLimit != nil }
        return own.kind == .laptop
    }

    /// Whether there is something to write down or to tell.
    var mustLookAfterContact: Bool {
        guard let status = contact else { return false }
        return state.contact.isNews(after: state.contactKept) || state.contactTold.isNews(status, at: state.contact.current)
    }

    private func status(of contact: GroupContact) -> ContactStatus? {
        guard isLaptop else { return nil }
        let limit = [contactLimit, state.roster.policy.contactLimit].compactMap(\.self).min()
        return ContactStatus(
            lastMet: contact.met, away: contact.away, limit: limit, closure: limit.flatMap { closure(of: contact, limit: $0) })
    }

    private func closure(of contact: GroupContact, limit: Int64) -> ContactStatus.Closure? {
        if contact.isDisowned || state.roster.formerMember(member) != nil { return .removed }
        if contact.clockLag > 0 { return .clockBehind(contact.clockLag) }
        return contact.away >= limit ? .away : nil
    }

    /// A frame of `peer` was handled. An office with which nothing is lacking here any more was met.
    ///
    /// Only offices count: two laptops out of one car must not keep each other open, and a relay may be kept back to an earlier state. What
    /// comes through them counts by the time at which an office wrote it.
    func noteContact(with peer: Member) {
        guard peer.kind == .office, isLaptop else { return }
        if state.engine.isDisowned(by: peer.id) {
            state.contact.disown()
        } else if state.contact.isWorthMeeting, state.engine.isLevel(with: peer.id) {
            state.contact.meet()
        }
    }
}

extension GroupContact {
    /// Whether meeting an office now would say more than is known: frames are many.
    fileprivate var isWorthMeeting: Bool { away >= 1000 || isDisowned || clockLag > 0 }
}

extension BrainState {
    /// A change set of `log` was merged that its author wrote at `time`.
    mutating func hear(of log: ReplicaID, at time: Int64) {
        // To the minute: change sets are many.
        guard time - 60_000 > contact.met, let author = roster.authors[log], roster.members[author]?.kind == .office else { return }
        contact.hear(of: time)
    }
}

extension Turn {
    /// Refuses what people ask of a laptop that is closed. The node itself may tell where it is.
    func requireContact(for command: Command) throws {
        if case .setEndpoint = command { return }
        guard let status = node.contact, status.closure != nil else { return }
        throw CommandRefusal(.outOfContact, status.message ?? "this laptop is closed")
    }

    /// Writes down how long the laptop has been away: with what it authors, so that a clock that is set back afterwards is behind; else
    /// once an hour. Tells operators when it is about to close, closes or opens.
    mutating func lookAfterContact(isAuthored: Bool) throws {
        guard let status = node.contact else { return }
        let contact = node.state.contact
        if contact.isNews(after: node.state.contactKept) || isAuthored && status.limit != nil {
            try transaction.set(contact.canonicalBytes, for: NodeSettings.contactKey)
            node.state.contactKept = contact
        }
        guard node.state.contactTold.isNews(status, at: contact.current) else { return }
        let wasClosed = node.state.contactTold.stage >= .closed
        node.state.contactTold = ContactTold(status, at: contact.current)
        if let message = status.message {
            directives.append(.warning(NodeWarning("contact", message)))
        } else if wasClosed {
            directives.append(.warning(NodeWarning("contact", "this laptop has met an office of its group, and is open again")))
        }
    }
}
