import Causality
import HTTPTypes
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

extension APIOperation {
    private static let thread = inPath("thread", "The thread, by id or by a code such as TOW-4F7K.")
    private static let shown = inBody(
        "shown", "What the writer had seen: “shown” as the thread's answer gave it. Without it, what the node shows now counts.",
        isRequired: false)

    static let threads: [APIOperation] = [
        APIOperation(
            id: "listThreads", method: .get, path: "/threads", group: "Threads", summary: "The threads of a list.", scope: .read,
            fields: [
                query("list", "Which list.", choices: ListName.allCases.map(\.rawValue)), query("office", "Only of this office, by key."),
                query("category", "Only of this category, by key."), query("q", "Names and words to look for, instead of a list."),
                query("after", "Where to go on: “next” of the answer before."),
            ], example: .object([("threads", .list([ThreadJSON.example])), ("next", .null)])
        ) { server, page in
            guard page.access.mayList else { throw PageFault.refused(.listRefusal) }
            let listing = try InboxListing(page.query, page.directory, for: page.access)
            let (items, next) = try listing.threads(page)
            try server.audit.record(page.entry(listing.text.isEmpty ? .list : .search, detail: "API, \(items.count) threads"))
            return .object([
                ("threads", .list(items.map { ThreadJSON.line($0, page) })), ("next", .optional(next?.text)), ("asOf", asOf(server, page)),
            ])
        },
        APIOperation(
            id: "getThread", method: .get, path: "/threads/{thread}", group: "Threads", summary: "A thread with its history.", scope: .read,
            fields: [thread], example: ThreadJSON.example
        ) { server, page in
            let (id, _) = try server.thread(of: page)
            guard let thread = try page.reader.page(of: id) else { throw PageFault.noThread }
            try server.audit.record(page.entry(.readThread, patient: thread.state.opening?.patient, thread: id, detail: "API"))
            return ThreadJSON.page(thread, page)
        },
        APIOperation(
            id: "openThread", method: .post, path: "/threads", group: "Threads", summary: "Opens a thread for a patient.", scope: .write,
            fields: [
                inBody("patient", "The patient's id."), inBody("office", "The office's key."), inBody("category", "The category's key."),
                inBody("subject", "What it is about."), inBody("text", "The first message."),
                inBody("channel", "How it travelled.", isRequired: false, choices: Channel.allCases.map { ChannelWords.value(of: $0) }),
                inBody("direction", "Whether the patient wrote it or is written to.", isRequired: false, choices: ["inbound", "outbound"]),
            ], example: .object([("thread", .text("01jd…")), ("shown", .text("…"))])
        ) { server, page in
            try await act(server, page, made { try openingOrder(page) })
        },
    ]

    /// The thread that a request opens, and for whom.
    private static func openingOrder(_ page: PageRequest) throws -> Order {
        guard let patient = PatientID(hexadecimal: try page.form.required("patient")) else { throw PageFault.noPatient }
        let officeKey = try page.form.required("office")
        let categoryKey = try page.form.required("category")
        guard let office = page.directory.offices.first(where: { $0.profile?.key == officeKey })?.id else {
            throw PageFault.malformed("There is no office “\(officeKey)”.")
        }
        guard let category = page.directory.categories.first(where: { $0.profile?.key == categoryKey })?.id else {
            throw PageFault.malformed("There is no category “\(categoryKey)”.")
        }
        let draft = ThreadDraft(
            patient: patient, office: office, category: category, subject: try page.form.required("subject"),
            channel: page.form["channel"].flatMap(ChannelWords.channel) ?? .portal,
            direction: page.form["direction"] == "outbound" ? .outbound : .inbound, text: try ThreadAction.text(page))
        return Order(command: .openThread(draft), thread: nil, patient: patient)
    }

    /// One operation for each action of the thread's page.
    static let threadActions: [APIOperation] = ThreadAction.allCases.filter { $0 != .undo }.map { action in
        APIOperation(
            id: action.operationID, method: .post, path: "/threads/{thread}/\(action.rawValue)", group: "Working a thread",
            summary: action.summary, scope: .write, fields: [thread] + action.fields + [shown],
            example: .object([("thread", .text("01jd…")), ("shown", .text("…"))])
        ) { server, page in
            try await act(server, page, made { try order(action, server, page) })
        }
    }

    /// What is to be done to a thread, and for the audit what it concerns.
    private struct Order {
        let command: Command
        let thread: ThreadID?
        let patient: PatientID?
    }

    private static func act(_ server: StaffServer, _ page: PageRequest, _ order: Order) async throws -> JSONText {
        outcome(try await server.perform(order.command, for: page, thread: order.thread, patient: order.patient))
    }

    private static func order(_ action: ThreadAction, _ server: StaffServer, _ page: PageRequest) throws -> Order {
        let (id, state) = try server.thread(of: page)
        return Order(command: try command(action, page, state), thread: id, patient: state.opening?.patient)
    }

    /// What an action's request asks for.
    private static func command(_ action: ThreadAction, _ page: PageRequest, _ state: ThreadState) throws -> Command {
        let command: ThreadCommand
        switch action {
        case .reply:
            let patient = try state.opening.flatMap { try page.reader.store.patient($0.patient)?.shown }
            command = .reply(patient?.channel ?? .portal, text: try ThreadAction.text(page), override: page.form.isOn("override"))
        case .fetch: return try action.order(page, state)
        case .draft: command = .saveDraft(text: page.form.exact("text").flatMap { $0.trimmed.isEmpty ? nil : $0 })
        default: command = try action.command(page, state)
        }
        return .thread(state.id, shown: try page.shown(), command)
    }

    static func outcome(_ outcome: CommandOutcome) -> JSONText {
        .object([
            ("changeSet", .optional(outcome.dot.map { "\($0)" })), ("thread", .optional(outcome.thread.map { "\($0)" })),
            ("into", .optional(outcome.into.map { "\($0)" })), ("patient", .optional(outcome.patient.map { "\($0)" })),
            ("shown", .optional(outcome.clock?.pageText)),
        ])
    }

    static func asOf(_ server: StaffServer, _ page: PageRequest) -> JSONText {
        guard page.seesSync, let status = server.live.status else { return .list([]) }
        let time = PageTime(for: page)
        return .list(
            SyncWords(status, now: page.now).absent.map {
                .object([("member", .text($0.name)), ("lastHeard", .optional($0.lastHeard.map { time.iso($0) }))])
            })
    }
}

extension AccessRefusal {
    static let listRefusal = AccessRefusal(code: .role, message: "This account's role sees no threads.")
    static let searchRefusal = AccessRefusal(
        code: .role, message: "What is shared with an outside partner is one list, without filters and search.")
}

extension ThreadAction {
    fileprivate var operationID: String { rawValue == "acknowledge-twice" ? "acknowledgeTwice" : "\(rawValue)Thread" }

    fileprivate var summary: String {
        switch self {
        case .reply: "Answers the patient. Held (409, code “held”) where something happened that “shown” does not cover."
        case .note: "Writes an internal note."
        case .message: "Enters what the patient said by phone or at the desk."
        case .claim: "Takes the thread."
        case .release: "Gives the thread back to its queue."
        case .offer: "Asks somebody to take the thread."
        case .accept: "Takes what was offered."
        case .decline: "Does not take what was offered."
        case .assign: "Gives the thread to somebody, as a supervisor."
        case .escalate: "Moves the thread up the ladder."
        case .acknowledge: "Says that one looks after the escalation."
        case .category: "Files the thread."
        case .priority: "Sets the priority."
        case .review: "Sets or clears clinical review."
        case .tag: "Adds a tag."
        case .untag: "Takes a tag off."
        case .snooze: "Hides the thread until later; without “until” wakes it."
        case .due: "Sets when a reply is due; without “due” never."
        case .move: "Moves the thread to another office."
        case .merge: "Lets the thread go on in another; without “into” takes that back."
        case .split: "Lets messages that are about another matter go on in another thread of the patient, or in a new one."
        case .share: "Opens the thread to an outside partner until a time, in fourteen days where none is said."
        case .unshare: "Closes the thread to an outside partner again."
        case .resolve: "Ends the matter."
        case .reopen: "Opens it again."
        case .draft: "Keeps an unfinished reply; without “text” discards it."
        case .correct: "Corrects or redacts a message or note."
        case .acknowledgeTwice: "Settles that the patient was answered twice."
        case .fetch: "Asks an office for what was said and is not held on this laptop; it comes after the answer."
        case .undo: ""
        }
    }

    fileprivate var fields: [APIOperation.Field] {
        let note = APIOperation.inBody("note", "Why, or what the next owner should know.", isRequired: false)
        let to = APIOperation.inBody("to", "“staff:” or “queue:” and an id.")
        switch self {
        case .reply:
            return [
                APIOperation.inBody("text", "The reply."),
                APIOperation.inBody("override", "Send although something happened.", isRequired: false, type: "boolean"),
            ]
        case .note: return [APIOperation.inBody("text", "The note.")]
        case .message:
            return [
                APIOperation.inBody("text", "What the patient said."),
                APIOperation.inBody("channel", "How.", isRequired: false, choices: Channel.allCases.map { ChannelWords.value(of: $0) }),
            ]
        case .claim, .accept, .acknowledge, .acknowledgeTwice, .undo, .fetch: return []
        case .release, .decline, .escalate, .reopen: return [note]
        case .offer, .assign: return [to, note]
        case .category: return [APIOperation.inBody("category", "The category's id.")]
        case .priority: return [APIOperation.inBody("priority", "How pressing.", choices: Priority.allCases.map { "\($0)" })]
        case .review: return [APIOperation.inBody("review", "Whether only clinical staff may answer.", type: "boolean")]
        case .tag, .untag: return [APIOperation.inBody("tag", "The tag.")]
        case .snooze: return [APIOperation.inBody("until", "YYYY-MM-DDThh:mm by the office's clock.", isRequired: false)]
        case .due: return [APIOperation.inBody("due", "YYYY-MM-DDThh:mm by the office's clock.", isRequired: false)]
        case .move: return [APIOperation.inBody("office", "The office's id.")]
        case .merge: return [APIOperation.inBody("into", "The other thread's code.", isRequired: false)]
        case .split:
            return [
                APIOperation.inBody("message", "The messages' ids.", type: "array"),
                APIOperation.inBody("into", "The other thread's code; without it a new one is opened.", isRequired: false),
                APIOperation.inBody("category", "A new thread's category, by id.", isRequired: false),
                APIOperation.inBody("office", "A new thread's office, by id; without it this one's.", isRequired: false),
                APIOperation.inBody("subject", "What a new thread is about.", isRequired: false),
            ]
        case .resolve:
            return [
                APIOperation.inBody("outcome", "A short word."),
                APIOperation.inBody(
                    "told", "Whether the patient was told.", choices: ["told", "told-otherwise", "not-needed", "not-reached"]), note,
            ]
        case .share:
            return [
                APIOperation.inBody("with", "The partner's id."),
                APIOperation.inBody("days", "For how many days, 1 to 90.", isRequired: false, type: "integer"),
            ]
        case .unshare: return [APIOperation.inBody("with", "The partner's id.")]
        case .draft: return [APIOperation.inBody("text", "The draft.", isRequired: false)]
        case .correct:
            return [
                APIOperation.inBody("message", "The message's id."), APIOperation.inBody("text", "The new text.", isRequired: false),
                APIOperation.inBody("redact", "Take the text away for everybody.", isRequired: false, type: "boolean"),
            ]
        }
    }
}
