import Causality
import FoundationEssentials
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// One thread as its page shows it to one person: head, what must be told or settled, conversation, actions, history.
struct ThreadView {
    let thread: ThreadPage
    let page: PageRequest
    let time: PageTime
    /// A reply of this person that can still be taken back.
    var pending: ReplyOutbox.Pending?
    /// What changed before this person's reply was held.
    var held: [String]?
    /// How long a reply can be taken back, in milliseconds.
    var undoTime: Int64 = 10_000

    var state: ThreadState { thread.state }
    var item: ThreadListItem { thread.item }
    var me: StaffID { page.access.staff }
    var url: String { "/threads/\(thread.item.id)" }
    /// When the person last looked, as a clock.
    var seen: VersionVector { state.readMarks.first { $0.staff == me }?.seen ?? VersionVector() }

    /// Whether something is shown that the person has not read yet.
    var hasNews: Bool {
        let seen = seen
        return thread.entries.contains { !seen.covers($0.stamp.dot) }
    }

    /// Whether the page shows what was said.
    var showsTexts: Bool { page.access.mayReadTexts(of: state) }

    func may(_ action: StaffAction) -> Bool { page.access.decision(action, on: state).isAllowed }
    func name(_ owner: Owner?) -> String { page.directory.name(of: owner) }

    /// All that the templates of a thread's page want.
    func model(asOf: [[String: Any]]) -> [String: Any] {
        var model = head()
        model.merge(panels(asOf: asOf)) { _, new in new }
        model["items"] = ThreadStory(view: self).items
        model.merge(compose()) { _, new in new }
        model.merge(side()) { _, new in new }
        // How the practice works on it is not for somebody from outside.
        model["isWithin"] = !page.access.isFromOutside
        model["history"] = (page.access.isFromOutside ? nil : OwnershipStrip(view: self).model) ?? false
        return model
    }

    // MARK: Head

    private func head() -> [String: Any] {
        var thread: [String: Any] = [
            "id": "\(item.id)", "url": url, "code": item.code, "subject": item.subject, "category": item.category, "office": item.office,
            "status": ThreadMarks.words(item.status, flags: item.flags), "needsReply": item.flags.contains(.needsReply),
        ]
        if let opened = state.openedAt?.milliseconds { thread["opened"] = ["words": time.long(opened), "iso": time.iso(opened)] }
        var model: [String: Any] = [
            "thread": thread, "shown": state.clock.pageText, "back": ["url": "/inbox", "name": "Inbox"], "patient": patient(),
            "flags": ThreadMarks(item).flags, "tags": state.tags.map(\.tag),
        ]
        if let owner = state.owner { model["owner"] = ["name": name(owner), "isQueue": owner.queue != nil, "isMine": owner == .staff(me)] }
        if let due = item.due, item.status.isOpen, item.status != .waitingOnPatient { model["due"] = time.model(time.due(due)) }
        if let until = state.snoozedUntil, until > page.now { model["snoozed"] = "until \(time.short(until))" }
        return model
    }

    private func patient() -> [String: Any] {
        var patient: [String: Any] = ["name": item.patient]
        guard let id = state.opening?.patient else { return patient }
        if page.access.decision(.readPatient, office: state.office).isAllowed { patient["url"] = "/patients/\(id)" }
        if page.access.isFromOutside { return patient }
        // What the record holds beside the name is shown where it has arrived; where it has not, the page does without.
        if let details = try? page.reader.store.patient(id)?.shown {
            if !details.born.isEmpty { patient["born"] = details.born }
            if !details.language.isEmpty { patient["language"] = LanguageWords.name(of: details.language) }
        }
        return patient
    }

    // MARK: Writing

    private func compose() -> [String: Any] {
        let decision = page.access.decision(.reply, on: state)
        // Nobody answers what they cannot read.
        var can: [String: Any] = [
            "reply": decision.isAllowed && pending == nil && showsTexts, "note": may(.note), "enter": may(.enterPatientMessage),
        ]
        if item.status == .merged { can = ["reply": false, "note": may(.note), "enter": false] }
        // A draft that was let go is none to write on.
        let drafts = showsTexts ? thread.drafts.filter { $0.text != InboxReader.notHeld } : []
        let mine = drafts.filter { $0.staff == me }.sorted { $0.stamp > $1.stamp }
        var draft: [String: Any] = ["text": pending == nil ? mine.first?.text ?? "" : ""]
        if let first = mine.first { draft["saved"] = time.short(first.stamp.timestamp.milliseconds) }
        let others = drafts.filter { $0.staff != me } + mine.dropFirst()
        var model: [String: Any] = [
            "draft": draft,
            "otherDrafts": others.map { draft in
                [
                    "words": draft.staff == me
                        ? "You have another draft here, \(time.short(draft.stamp.timestamp.milliseconds))"
                        : "\(draft.name) has a draft here, \(time.short(draft.stamp.timestamp.milliseconds))",
                    "text": draft.text,
                ]
            },
            "replyLanguage": state.language, "replyVia": ChannelWords.way(replyChannel),
            "channels": [Channel.phone, .desk, .email, .sms].map { ["value": ChannelWords.value(of: $0), "name": ChannelWords.way($0)] },
        ]
        if state.language != "en" { model["languageName"] = LanguageWords.name(of: state.language) }
        if !showsTexts {
            model["refusal"] = "You cannot answer what is not shown to you. Write a note, or hand it to somebody who may read it."
        }
        if case .refused(let refusal) = decision { model["refusal"] = refusal.message }
        if page.access.isFromOutside { model["refusal"] = "Only the practice writes to the patient. Write to the practice by a note." }
        if item.status == .merged { model["refusal"] = "This thread goes on in another one: write there." }
        model["can"] = can.merging(actions()) { first, _ in first }
        return model
    }

    /// The way a reply travels: the patient's, where the record says one.
    var replyChannel: Channel {
        guard let id = state.opening?.patient, let details = try? page.reader.store.patient(id)?.shown else { return .portal }
        return details.channel
    }

    // MARK: Actions

    private func actions() -> [String: Any] {
        let isOpen = item.status.isOpen
        let isMerged = item.status == .merged
        return [
            "claim": !isMerged && may(.claim) && (state.owner != .staff(me) || item.flags.contains(.contested)),
            "release": isOpen && may(.release) && state.owner?.staff != nil, "offer": isOpen && may(.offer),
            "assign": isOpen && may(.assign), "escalate": isOpen && may(.escalate), "category": !isMerged && may(.setCategory),
            "priority": isOpen && may(.setPriority), "review": isOpen && may(.setReview), "tag": may(.tag),
            "snooze": isOpen && may(.snooze),
            "due": isOpen && may(.setDue), "move": isOpen && may(.move), "merge": isOpen && may(.merge),
            "split": isOpen && may(.merge) && state.lastInbound != nil,
            "share": !SharingView(state: state, page: page).partners.isEmpty,
            "resolve": isOpen && may(.resolve), "reopen": item.status == .resolved && may(.reopen),
        ]
    }

    private func side() -> [String: Any] {
        func option(_ value: String, _ name: String, _ isSelected: Bool) -> [String: Any] {
            ["value": value, "name": name, "isSelected": isSelected]
        }
        let directory = page.directory
        let people = directory.staff.filter { $0.profile?.isActive == true && $0.id != me && $0.profile?.role.worksThreads == true }
        var model: [String: Any] = [
            "why": ThreadReasons(view: self).sentences,
            "partners": SharingView(state: state, page: page).partners,
            "shareDays": ["usual": ThreadShare.lifetimeUsual / 86_400_000, "most": ThreadShare.lifetimeMax / 86_400_000],
            "people": people.map { person -> [String: Any] in
                let offices = person.profile?.offices.map { directory.name(of: $0) }.joined(separator: ", ") ?? ""
                return ["value": "staff:\(person.id)", "name": (person.profile?.name ?? "") + (offices.isEmpty ? "" : ", \(offices)")]
            }.sorted { ($0["name"] as? String ?? "") < ($1["name"] as? String ?? "") },
            "queues": directory.queues.map { ["value": "queue:\($0.id)", "name": $0.profile?.name ?? ""] },
            "categories": directory.categories.map { option("\($0.id)", $0.profile?.name ?? "", $0.id == state.category?.category) },
            "priorities": Priority.allCases.map { option("\($0)", "\($0)".capitalized, $0 == state.priority) },
            "offices": directory.offices.map { option("\($0.id)", $0.profile?.name ?? "", $0.id == state.office) },
            "needsReview": state.needsReview, "knownTags": [String](), "outcomes": OutcomeWords.all, "snooze": snooze(),
        ]
        if let due = state.due { model["dueNow"] = time.field(due) }
        return model
    }

    private func snooze() -> [String: Any] {
        let today = time.parts(page.now)
        var choices: [[String: Any]] = [("In an hour", Int64(3_600_000)), ("In three hours", 10_800_000)].map {
            ["value": time.field(page.now + $0.1), "name": $0.0]
        }
        // Tomorrow and the next Monday, at eight by the office's clock.
        let monday = 7 - (today.dayNumber + 3) % 7
        for (days, name) in [(1, "Tomorrow 08:00"), (monday, "Monday 08:00")] where name != "Monday 08:00" || monday > 1 {
            choices.append(["value": time.field(page.now + Int64(days) * 86_400_000).prefix(11) + "08:00", "name": name])
        }
        return [
            "isSnoozed": (state.snoozedUntil ?? 0) > page.now, "choices": choices, "earliest": time.field(page.now + 60_000),
        ]
    }
}

extension Role {
    /// Whether threads can be handed to somebody of the role.
    var worksThreads: Bool {
        switch self {
        case .frontDesk, .billing, .assistant, .surgeon, .onCall, .administrator: true
        case .complianceOfficer, .partner, .operator: false
        }
    }
}

/// Channels in words.
enum ChannelWords {
    static func way(_ channel: Channel) -> String {
        switch channel {
        case .portal: "on the patient's page"
        case .sms: "by text message"
        case .email: "by e-mail"
        case .phone: "by phone"
        case .desk: "at the desk"
        }
    }

    static func value(of channel: Channel) -> String { "\(channel)" }

    static func channel(_ value: String) -> Channel? { Channel.allCases.first { self.value(of: $0) == value } }
}

/// Languages in words, for those that practices meet most; others by their tag.
enum LanguageWords {
    private static let names = [
        "en": "English", "es": "Spanish", "fr": "French", "de": "German", "zh": "Chinese", "ar": "Arabic", "ru": "Russian",
        "pt": "Portuguese",
        "vi": "Vietnamese", "ko": "Korean", "tl": "Tagalog", "he": "Hebrew", "am": "Amharic", "ur": "Urdu", "hi": "Hindi",
    ]

    static func name(of tag: String) -> String { names[String(tag.lowercased().prefix { $0 != "-" })] ?? tag }
}

/// How matters end, as resolve's form offers it.
enum OutcomeWords {
    private static let outcomes = [
        ("answered", "Answered"), ("appointment-booked", "Appointment booked"), ("seen", "Seen in the office"),
        ("referred", "Referred elsewhere"), ("no-action", "Nothing to do"), ("duplicate", "Asked elsewhere already"),
        ("not-reached", "Patient could not be reached"),
    ]

    static var all: [[String: Any]] { outcomes.map { ["value": $0.0, "name": $0.1] } }

    static func name(of code: String) -> String { outcomes.first { $0.0 == code }?.1.lowercased() ?? code }
}
