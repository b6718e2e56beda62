import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

extension ControlVerb {
    /// What only reads the inbox.
    static let readingVerbs: [String: ControlVerb] = [
        "inbox": ControlVerb(["list", "office", "category", "patient", "as", "limit", "cursor"]) { handler, arguments in
            try await handler.inbox(arguments)
        },
        "thread-show": ControlVerb(["thread", "as"]) { handler, arguments in
            let reading = try await handler.reading(arguments)
            let id = try reading.lookup.thread(arguments.requiredText("thread"))
            guard let page = try reading.reader.page(of: id) else {
                throw ControlFailure.notFound("there is no thread \(id) here")
            }
            try await handler.allow(.read, on: page.state, by: reading)
            try await handler.record(.readThread, by: reading, thread: page.state)
            return handler.json(page, lookup: reading.lookup)
        },
        "search": ControlVerb(["text", "limit", "as"]) { handler, arguments in try await handler.search(arguments) },
    ]
}

/// The lists that `inbox` knows, by the words that people type.
enum InboxList: String, ControlWord {
    case needsReply = "needs-reply"
    case mine
    case queues
    case unassigned
    case contested
    case review
    case overdue
    case waiting
    case snoozed
    case resolved
    case open
    case conflicts
    case all
    case held
    case purged
    case shared

    var word: String { rawValue }

    /// Whether the list depends on who asks.
    var isPersonal: Bool { self == .mine || self == .queues }
}

extension ControlHandler {
    fileprivate func inbox(_ arguments: ControlArguments) async throws -> JSONValue {
        let reading = try await reading(arguments)
        let lookup = reading.lookup
        let staff = reading.access?.staff
        let list = try arguments.word("list", as: InboxList.self) ?? .open
        if list.isPersonal && staff == nil {
            throw ControlFailure.invalid("the list '\(list.word)' is one person's: say whose with 'as'")
        }
        try await allowList(.list, by: reading)
        let now = reading.now
        let queues = reading.access?.queues ?? []
        let office = try arguments.text("office").map { name throws in try lookup.office(name) }
        let filter = ThreadFilter(
            list.threadList(staff: staff, queues: queues, now: now), office: office,
            category: try arguments.text("category").map { name throws in try lookup.category(name) },
            patient: try arguments.text("patient").map { name throws in try lookup.patient(name) }, awakeAt: now,
            reach: reading.access?.reach)
        let limit = try arguments.number("limit", in: 1...1000) ?? 50
        let cursor = try arguments.text("cursor").map { text throws in
            guard let cursor = ThreadCursor(text: text) else {
                throw ControlFailure.invalid("'cursor' is none: give back the 'cursor' of the list before")
            }
            return cursor
        }
        let items = try lookup.reader.list(filter, limit: limit, after: cursor)
        let counts = try lookup.reader.store.counts(
            now: now, staff: staff, queues: queues, office: office, reach: reading.access?.reach)
        try await record(.list, by: reading, detail: list.word)
        return [
            "list": .string(list.word), "now": JSONValue(now), "threads": .array(items.map { json($0) }),
            "cursor": JSONValue(items.count < limit ? nil : items.last?.cursor?.text), "counts": json(counts),
        ]
    }

    /// How many threads each list has, under the words of `InboxList`.
    func json(_ counts: ThreadCounts) -> JSONValue {
        [
            "needs-reply": .int(counts.needsReply), "mine": .int(counts.mine), "queues": .int(counts.queues),
            "unassigned": .int(counts.unassigned), "contested": .int(counts.contested),
            "review": .int(counts.clinicalReview), "overdue": .int(counts.overdue),
            "waiting": .int(counts.waitingOnPatient), "snoozed": .int(counts.snoozed), "open": .int(counts.open),
            "conflicts": .int(counts.conflicts),
        ]
    }

    fileprivate func search(_ arguments: ControlArguments) async throws -> JSONValue {
        let reading = try await reading(arguments)
        guard let access = reading.access else {
            throw ControlFailure.invalid("a match tells what was said: say who searches with 'as' (--as in commands)")
        }
        try await allowList(.search, by: reading)
        let lookup = reading.lookup
        let text = try arguments.requiredText("text")
        guard text.contains(where: { !$0.isWhitespace }) else { throw ControlFailure.invalid("'text' is empty") }
        let limit = try arguments.number("limit", in: 1...1000) ?? 50
        let results = try lookup.reader.search(text, limit: limit) { access.decision(.read, on: $0).isAllowed }
        try await record(.search, by: reading, detail: "\(results.count) found")
        return [
            "hits": .array(
                try results.map { hit in
                    let state = try lookup.reader.store.state(of: hit.thread)
                    return [
                        "thread": JSONValue(hit.thread), "code": JSONValue(state.map { lookup.code(of: $0) }),
                        "at": JSONValue(hit.stamp.timestamp.milliseconds), "subject": .string(hit.subject),
                        "patient": .string(hit.patient), "text": .string(hit.text),
                    ]
                })
        ]
    }
}

extension InboxList {
    func threadList(staff: StaffID?, queues: [QueueID], now: Int64) -> ThreadList {
        switch self {
        case .needsReply: .needsReply
        case .mine: staff.map { .mine($0) } ?? .open
        case .queues: .queues(queues)
        case .unassigned: .unassigned
        case .contested: .contested
        case .review: .clinicalReview
        case .overdue: .overdue(now: now)
        case .waiting: .waitingOnPatient
        case .snoozed: .snoozed(now: now)
        case .resolved: .resolved
        case .open: .open
        case .conflicts: .conflicts
        case .all: .all
        case .held: .held
        case .purged: .purged
        case .shared: .shared(now: now)
        }
    }
}
