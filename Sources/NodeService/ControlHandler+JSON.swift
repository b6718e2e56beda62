import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

// What answers look like: ids in hexadecimal, codes and names beside them, times in milliseconds since 1970.

extension JSONValue {
    init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    init(_ milliseconds: Int64?) { self = milliseconds.map { .int(Int($0)) } ?? .null }

    /// A count; one beyond what JSON readers can take stands at that limit.
    init(count: UInt64) { self = .int(Int(clamping: count)) }

    init(_ clock: VersionVector?) { self = clock.map { .string($0.controlText) } ?? .null }

    init<Entity>(_ id: EntityID<Entity>?) { self = id.map { .string($0.description) } ?? .null }

    init(texts: [String]) { self = .array(texts.map { .string($0) }) }
}

extension ControlHandler {
    /// What a command did. `changed` is false where nothing had to change.
    func json(_ outcome: CommandOutcome, lookup: NameLookup) throws -> JSONValue {
        var members: [String: JSONValue] = ["changed": .bool(outcome.dot != nil)]
        if let dot = outcome.dot { members["changeSet"] = .string("\(dot)") }
        if let clock = outcome.clock { members["clock"] = JSONValue(clock) }
        if let patient = outcome.patient { members["patient"] = JSONValue(patient) }
        if let into = outcome.into {
            members["into"] = JSONValue(into)
            members["intoCode"] = JSONValue(try lookup.reader.store.state(of: into).map { lookup.code(of: $0) })
        }
        if let invitation = outcome.invitation { members["invitation"] = .string(invitation) }
        if let thread = outcome.thread {
            members["thread"] = JSONValue(thread)
            if let state = try lookup.reader.store.state(of: thread) {
                members["code"] = .string(lookup.code(of: state))
                members["owner"] = .string(lookup.directory.name(of: state.owner))
                members["status"] = .string(state.status.word)
                members["flags"] = JSONValue(texts: state.flags.words)
            }
        }
        return .object(members)
    }

    /// A line of a list.
    func json(_ item: ThreadListItem) -> JSONValue {
        [
            "id": JSONValue(item.id), "code": .string(item.code), "subject": .string(item.subject),
            "patient": .string(item.patient), "office": .string(item.office), "category": .string(item.category),
            "owner": .string(item.owner), "claimants": JSONValue(texts: item.claimants),
            "status": .string(item.status.word), "flags": JSONValue(texts: item.flags.words),
            "priority": .string(item.priority.word), "due": JSONValue(item.due),
            "lastActivity": JSONValue(item.lastActivity), "messages": JSONValue(count: item.messageCount),
        ]
    }

    /// A thread with its history.
    func json(_ page: ThreadPage, lookup: NameLookup) -> JSONValue {
        guard case .object(var members) = json(page.item) else { return .null }
        let state = page.state
        members["clock"] = JSONValue(state.clock)
        members["patientId"] = JSONValue(state.opening?.patient)
        members["language"] = .string(state.language)
        members["openedAt"] = JSONValue(state.openedAt?.milliseconds)
        members["snoozedUntil"] = JSONValue(state.snoozedUntil)
        members["escalation"] = .int(Int(state.escalationLevel))
        members["tags"] = JSONValue(texts: state.tags.map(\.tag))
        members["unanswered"] = JSONValue(texts: state.unanswered.map(\.description))
        members["offeredTo"] = JSONValue(state.offeredTo.map { lookup.directory.name(of: $0) })
        members["mergedInto"] = JSONValue(state.mergedInto)
        members["splits"] = .array(
            (lookup.reader.isForOutside ? [] : state.splits).map { mark in
                [
                    "into": JSONValue(mark.split.into), "messages": JSONValue(texts: mark.split.parts.map { "\($0.message)" }),
                    "at": JSONValue(mark.stamp.timestamp.milliseconds), "changeSet": .string("\(mark.stamp.dot)"),
                ]
            })
        members["sharedWith"] = .array(
            (lookup.reader.isForOutside ? [] : state.sharedAccounts).map { share in
                [
                    "staff": JSONValue(share.staff), "name": .string(lookup.directory.name(of: share.staff)),
                    "until": JSONValue(share.until),
                ]
            })
        members["claims"] = .array(state.owners.entries.map { json($0, page: page, lookup: lookup) })
        members["filedAs"] = JSONValue(texts: state.categories.entries.map { lookup.directory.name(of: $0.value.category) })
        members["history"] = .array(page.entries.map { json($0, lookup: lookup) })
        members["holds"] = .array(page.holds.map { hold($0) })
        members["purges"] = .array(page.purges.map { purge($0) })
        members["missing"] = .int(page.missing)
        members["drafts"] = .array(page.drafts.map { ["staff": .string($0.name), "text": .string($0.text)] })
        return .object(members)
    }

    /// A live claim on a thread, with who made it and where.
    private func json(
        _ claim: LiveValues<OwnershipClaim>.Entry, page: ThreadPage, lookup: NameLookup
    ) -> JSONValue {
        let entry = page.entries.first { entry in
            if case .ownership = entry.kind { entry.stamp.dot == claim.stamp.dot } else { false }
        }
        return [
            "owner": .string(lookup.directory.name(of: claim.value.owner)), "act": .string(claim.value.act.word),
            "by": JSONValue(entry?.actor), "office": JSONValue(entry?.office),
            "at": JSONValue(claim.stamp.timestamp.milliseconds), "changeSet": .string("\(claim.stamp.dot)"),
            "counts": .bool(page.state.effectiveClaim == claim),
        ]
    }

    private func json(_ entry: ThreadPageEntry, lookup: NameLookup) -> JSONValue {
        var members: [String: JSONValue] = [
            "at": JSONValue(entry.stamp.timestamp.milliseconds), "changeSet": .string("\(entry.stamp.dot)"),
            "by": .string(entry.actor), "office": .string(entry.office), "text": .string(entry.text),
            "corrected": .bool(entry.isCorrected), "apart": .bool(entry.wasApart),
        ]
        if let origin = entry.origin {
            members["from"] = ["thread": JSONValue(origin.thread), "at": JSONValue(origin.stamp.timestamp.milliseconds)]
        }
        switch entry.kind {
        case .message(let id, let direction, let channel):
            members["kind"] = "message"
            members["message"] = JSONValue(id)
            members["direction"] = .string(direction.word)
            members["channel"] = .string(channel.word)
        case .note(let id):
            members["kind"] = "note"
            members["message"] = JSONValue(id)
        case .ownership(let act, let from, let to):
            members["kind"] = "ownership"
            members["act"] = .string(act.word)
            members["from"] = JSONValue(from.map { lookup.directory.name(of: $0) })
            members["to"] = .string(lookup.directory.name(of: to))
        case .resolved(let outcome, let told):
            members["kind"] = "resolved"
            members["outcome"] = .string(outcome)
            members["told"] = .string(told.word)
        case .reopened: members["kind"] = "reopened"
        case .changed(let words):
            members["kind"] = "changed"
            members["change"] = .string(words)
        }
        return .object(members)
    }

    /// What happened since a page was shown, with who did it.
    func json(_ collision: Collision, page: ThreadPage?, lookup: NameLookup) -> JSONValue {
        func said(_ dot: Dot) -> [String: JSONValue] {
            var members: [String: JSONValue] = ["changeSet": .string("\(dot)")]
            if let entry = page?.entries.first(where: { $0.stamp.dot == dot }) {
                members["by"] = .string(entry.actor)
                members["at"] = JSONValue(entry.stamp.timestamp.milliseconds)
            }
            return members
        }
        switch collision {
        case .messageArrived(let dots):
            return ["kind": "message-arrived", "changeSets": JSONValue(texts: dots.map(\.description))]
        case .answeredBy(let dot):
            return .object(said(dot).merging(["kind": "answered"]) { $1 })
        case .ownershipMoved(let owner):
            return ["kind": "ownership-moved", "to": .string(lookup.directory.name(of: owner))]
        case .resolved(let dot):
            return .object(said(dot).merging(["kind": "resolved"]) { $1 })
        case .merged(let thread):
            return ["kind": "merged", "thread": JSONValue(thread)]
        case .split(let dot):
            return .object(said(dot).merging(["kind": "split"]) { $1 })
        }
    }
}
