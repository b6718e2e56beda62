import Causality
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

extension StaffServer {
    func addThreads(to router: Router<PageContext>) {
        get("/threads/new", in: router) { page in try self.newThread(page) }
        get("/threads/:thread", in: router) { page in try await self.showThread(page) }
        post("/threads", in: router) { page in try await self.openThread(page) }
        for action in ThreadAction.allCases {
            post("/threads/:thread/\(action.rawValue)", in: router) { page in try await self.act(action, page) }
        }
    }

    /// The thread that an address names, by id or short code, if the person may read it: whoever may not learns no more than that there
    /// is none.
    func thread(of page: PageRequest) throws -> (id: ThreadID, state: ThreadState) {
        let name = page.context.parameters.get("thread") ?? ""
        var state: ThreadState?
        if let id = ThreadID(hexadecimal: name) {
            state = try page.reader.store.state(of: id)
        } else {
            let rows = try page.reader.store.threads(matching: name)
            if rows.count == 1 { state = rows.first?.state }
        }
        guard let state, state.opening != nil else { throw PageFault.noThread }
        guard page.access.decision(.read, on: state).isAllowed else {
            try audit.record(page.entry(.readThread, .refused, patient: state.opening?.patient, thread: state.id))
            throw PageFault.noThread
        }
        return (state.id, state)
    }

    private func showThread(_ page: PageRequest) async throws -> Response {
        let (id, _) = try thread(of: page)
        guard let thread = try page.reader.page(of: id) else { throw PageFault.noThread }
        if !page.isBackground {
            try audit.record(page.entry(.readThread, patient: thread.state.opening?.patient, thread: id))
        }
        var view = ThreadView(thread: thread, page: page, time: PageTime(for: page))
        let key = ReplyOutbox.Key(thread: id, staff: page.access.staff)
        view.pending = await replies.reply(key)
        view.undoTime = settings.undoTime.components.seconds * 1000
        if let fault = await replies.takeFault(key) { remember(fault, id, page, thread) }
        view.held = sessions.session(page.token, now: page.now, isUse: false)?.held[id]
        let model = view.model(asOf: absences(page))
        // Seen is what was shown: the mark is written with this page's clock, after it was made. Only where something is news to them: it
        // is a change of the log, and looking again is none.
        if !page.isBackground, view.may(.read), view.hasNews, thread.state.lastInbound != nil {
            _ = await gateway.perform(.thread(id, shown: thread.state.clock, .markRead), as: page.actor)
        }
        return try self.page(page.isFragment ? "fragment-thread" : "thread", page, nav: "/inbox", model)
    }

    /// Keeps what changed before a reply was held, until the person sends or discards it.
    private func remember(_ fault: PageFault, _ id: ThreadID, _ page: PageRequest, _ thread: ThreadPage) {
        let words = fault.collisions.isEmpty ? [fault.what] : CollisionWords(thread: thread, page: page).sentences(fault.collisions)
        sessions.update(page.token) { $0.held[id] = words }
    }

    // MARK: Acting

    private func act(_ action: ThreadAction, _ page: PageRequest) async throws -> Response {
        let (id, state) = try thread(of: page)
        let key = ReplyOutbox.Key(thread: id, staff: page.access.staff)
        let isScript = page.request.headers[.accept] == "application/json"
        do {
            switch action {
            case .reply: try await reply(page, id, state, key)
            case .undo: try await undo(page, id, key)
            case .draft:
                try await saveDraft(page, id)
                if isScript { return Self.json(.object([("saved", .text(PageTime(for: page).clock(page.now)))])) }
            default:
                let words = page.form["settle"] != nil ? "The thread is settled." : action.done
                let command = try made { try action.order(page, state) }
                try await perform(command, for: page, thread: id, patient: state.opening?.patient)
                note(words, for: page)
            }
        } catch {
            let fault = PageFault(error)
            // A form's mistakes are told on the page it came from; what is not allowed, gone or broken is a page of its own.
            guard !isScript, fault.status == .conflict || fault.status == .badRequest else { throw fault }
            if fault.code == CommandRefusal.Code.held.rawValue, let thread = try page.reader.page(of: id) {
                remember(fault, id, page, thread)
            } else {
                note("\(fault.what) \(fault.todo)", isRefusal: true, for: page)
            }
        }
        return Self.go(to: try await address(of: id, for: page))
    }

    /// Where a browser goes on after something was done to a thread: to the thread, or to the inbox where the person may not see it any
    /// more, as after filing it under a category that is not theirs.
    private func address(of id: ThreadID, for page: PageRequest) async throws -> String {
        guard let state = try await gateway.reader().store.state(of: id), page.access.decision(.read, on: state).isAllowed else {
            return "/inbox"
        }
        return "/threads/\(id)"
    }

    /// Takes a reply: holds it where something happened that its page did not show, else keeps it back for a moment and sends it.
    private func reply(_ page: PageRequest, _ id: ThreadID, _ state: ThreadState, _ key: ReplyOutbox.Key) async throws {
        let text = try ThreadAction.text(page)
        try page.require(.reply, on: state)
        let shown = try page.shown()
        let isOverride = page.form.isOn("override")
        // Kept first: whatever happens now, the text is not lost.
        try await perform(.thread(id, shown: shown, .saveDraft(text: text)), for: page, thread: id)
        if let shown, !isOverride {
            let collisions = ReplyGuard.collisions(shown: shown, now: state, replying: page.access.staff)
            if !collisions.isEmpty {
                throw PageFault(
                    status: .conflict, code: CommandRefusal.Code.held.rawValue, what: "Your reply was held.", todo: "",
                    collisions: collisions)
            }
        }
        sessions.update(page.token) { $0.held[id] = nil }
        let patient = try state.opening.flatMap { try page.reader.store.patient($0.patient)?.shown }
        let milliseconds = settings.undoTime.components.seconds * 1000
        // Overriding counts for what the page showed when it was sent again.
        let pending = ReplyOutbox.Pending(
            text: text, channel: patient?.channel ?? .portal, shown: shown, isOverride: isOverride, due: page.now + milliseconds)
        try await replies.add(pending, key, for: settings.undoTime, through: self)
    }

    private func undo(_ page: PageRequest, _ id: ThreadID, _ key: ReplyOutbox.Key) async throws {
        guard await replies.undo(key) != nil else {
            throw PageFault(
                status: .conflict, code: "sent", what: "It is too late: the reply went out.",
                todo: "Write to the patient again, or correct the message.")
        }
        note("The reply was taken back. It is your draft.", for: page)
    }

    private func saveDraft(_ page: PageRequest, _ id: ThreadID) async throws {
        let text = page.form.exact("text") ?? ""
        let isBlank = text.trimmed.isEmpty
        try await perform(.thread(id, shown: nil, .saveDraft(text: isBlank ? nil : text)), for: page, thread: id)
        if page.form.isOn("discard") {
            sessions.update(page.token) { $0.held[id] = nil }
            note("The reply was discarded.", for: page)
        }
    }

    // MARK: Opening

    private func newThread(_ page: PageRequest) throws -> Response {
        guard let id = page.query["patient"].flatMap(PatientID.init(hexadecimal:)), let patient = try page.reader.store.patient(id)?.shown
        else {
            throw PageFault.noPatient
        }
        try page.require(.openThread, office: page.access.profile.offices.first)
        let own = page.access.profile.offices.first ?? patient.office
        let open = try page.reader.list(ThreadFilter(.open, patient: id, reach: page.access.reach), limit: 20)
        return try self.page(
            "thread-new", page, nav: "/patients",
            [
                "patient": ["id": "\(id)", "name": patient.name, "url": "/patients/\(id)"],
                "offices": page.directory.offices.map {
                    ["value": "\($0.id)", "name": $0.profile?.name ?? "", "isSelected": $0.id == own]
                },
                "categories": page.directory.categories.map { ["value": "\($0.id)", "name": $0.profile?.name ?? "", "isSelected": false] },
                "channels": Channel.allCases.map {
                    ["value": ChannelWords.value(of: $0), "name": ChannelWords.way($0), "isSelected": $0 == .phone]
                },
                "canReply": true, "replyVia": ChannelWords.way(patient.channel), "hasOpen": !open.isEmpty, "subject": "", "text": "",
                "open": open.map {
                    [
                        "code": $0.code, "url": "/threads/\($0.id)", "subject": $0.subject,
                        "status": ThreadMarks.words($0.status, flags: $0.flags),
                    ]
                },
            ])
    }

    private func openThread(_ page: PageRequest) async throws -> Response {
        let command = try made { try Self.openingCommand(page) }
        let outcome = try await perform(command.opening, for: page, patient: command.patient)
        note("The thread is open.", for: page)
        guard let thread = outcome.thread else { return Self.go(to: "/inbox") }
        return Self.go(to: try await address(of: thread, for: page))
    }

    /// The thread that a form opens, and for whom.
    private static func openingCommand(_ page: PageRequest) throws -> (opening: Command, patient: PatientID) {
        guard let patient = PatientID(hexadecimal: try page.form.required("patient")), try page.reader.store.patient(patient) != nil else {
            throw PageFault.noPatient
        }
        guard let office = OfficeID(hexadecimal: try page.form.required("office")),
            let category = CategoryID(hexadecimal: try page.form.required("category"))
        else { throw PageFault.malformed("Choose an office and a category.") }
        let isOutbound = page.form["from"] == "staff"
        let way = try page.reader.store.patient(patient)?.shown?.channel ?? .portal
        let draft = ThreadDraft(
            patient: patient, office: office, category: category, subject: try page.form.required("subject"),
            channel: isOutbound ? way : page.form["channel"].flatMap(ChannelWords.channel) ?? .phone,
            direction: isOutbound ? .outbound : .inbound,
            text: try ThreadAction.text(page))
        return (.openThread(draft), patient)
    }

    static func json(_ value: JSONText, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(string: value.text)))
    }
}
