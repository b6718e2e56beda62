/// What becomes of one thread: who takes it up where, answers, hands it on, resolves it, and what the patient writes in between.
///
/// It is drawn blind to what nodes will say: people act on what they remember, some of it is refused, and that is as it should be.
struct Conversation {
    /// How far people have come with it, as far as they know.
    private enum State { case queued, owned, offered(String), escalated, answered, resolved, merged }

    private let name: String
    private let office: String
    private let opened: Int64
    private let drawing: WorkloadDrawing
    private let isClinical: Bool
    private var random: DrawnStream
    private var state = State.queued
    /// Whose matter it is, by number.
    private var patient = 0
    /// When the last thing happened.
    private var at: Int64
    /// Who works on it, and where.
    private var handler: (node: String, person: String)
    private var drawnEvents: [ScenarioEvent] = []
    /// Whether somebody from outside was let in.
    private var isShared = false
    /// How many times somebody else was asked to do something.
    private var changes = 0

    init(_ name: String, at office: String, from opened: Int64, of drawing: WorkloadDrawing) {
        self.name = name
        self.office = office
        self.opened = opened
        self.drawing = drawing
        random = DrawnStream(drawing.seed, "conversation \(name)")
        at = opened
        isClinical = random.happens(percent: 25)
        handler = (office, "desk-\(office)")
    }

    /// All of it, not in the order of time.
    mutating func events() -> [ScenarioEvent] {
        var opening = Deed(.open, at: office, thread: name)
        patient = random.number(in: 0...drawing.scenario.patients - 1)
        opening.patient = patient
        if isClinical { opening.value = "medication" }
        drawnEvents.append(ScenarioEvent(at: opened, .deed(opening)))
        let perThread = drawing.workload.messagesPerHour * WorkloadDrawing.newThreads
        let most = perThread == 0 ? 0 : 2 * drawing.workload.deedsPerHour * 100 / perThread
        var deedsLeft = random.number(in: 0...max(0, most))
        while deedsLeft > 0 {
            guard pass() else { break }
            if isPatientsTurn() {
                say(Deed(.patientMessage, at: office, thread: name))
                state = .owned
            } else {
                step()
                deedsLeft -= 1
            }
            if case .merged = state { break }
        }
        return drawnEvents
    }

    // MARK: Time and people

    /// Lets time pass until somebody turns to the thread; false where the story is over by then. Now and then somebody else does.
    private mutating func pass() -> Bool {
        let waited: Int64
        switch state {
        case .queued: waited = random.length(in: 60_000...3_600_000)
        case .answered, .resolved: waited = random.length(in: 300_000...14_400_000)
        default: waited = random.length(in: 30_000...2_400_000)
        }
        let isChange = random.happens(percent: 25)
        let isOnCall = random.happens(percent: isClinical ? 70 : 20)
        let late = random.length(in: 60_000...3_600_000)
        at += waited
        let isOpen = drawing.time.isOpen(at: at)
        if !isOpen && !isOnCall {
            guard let opening = drawing.time.opening(from: at) else { return false }
            at = opening + late
        }
        if isChange || drawnEvents.count == 1 || !isOpen { choosePerson(isOpen: isOpen || !isOnCall) }
        // What was written elsewhere takes a moment to be read here.
        if handler.node != office { at = max(at, opened + 180_000) }
        guard let moved = drawing.time.moved(at), moved < drawing.time.duration - 1_000 else { return false }
        at = moved
        return true
    }

    private var otherOffices: [String] { drawing.offices.filter { $0 != office } }

    private mutating func choosePerson(isOpen: Bool) {
        changes += 1
        let place = random.number(in: 0...99)
        let isDesk = random.happens(percent: isClinical ? 20 : 75)
        let stream = "place \(name) \(changes)"
        if !isOpen || place >= 85, let laptop = DrawnStream.choose(drawing.seed, stream, among: drawing.laptops) {
            handler = (laptop, "oncall")
        } else if !isOpen {
            handler = (office, "oncall")
        } else if place >= 70, let other = DrawnStream.choose(drawing.seed, stream, among: otherOffices) {
            handler = (other, "surgeon-\(other)")
        } else {
            handler = (office, isDesk ? "desk-\(office)" : "surgeon-\(office)")
        }
    }

    /// Somebody whom the thread can be given to.
    private mutating func colleague() -> String {
        let among = drawing.offices.flatMap { ["surgeon-\($0)", "queue-\($0)"] } + ["desk-\(office)", "oncall"]
        changes += 1
        let person = handler.person
        let others = among.filter { $0 != person }
        return DrawnStream.choose(drawing.seed, "colleague \(name) \(changes)", among: others) ?? "oncall"
    }

    private mutating func isPatientsTurn() -> Bool {
        switch state {
        case .answered: random.happens(percent: 30)
        case .resolved: random.happens(percent: 40)
        case .queued: random.happens(percent: 10)
        default: random.happens(percent: 6)
        }
    }

    // MARK: Steps

    private mutating func step() {
        switch state {
        case .queued: stepQueued()
        case .owned: stepOwned()
        case .offered(let person): stepOffered(person)
        case .escalated:
            act(.acknowledge)
            act(.claim)
            state = .owned
        case .answered:
            let verb = random.one(weighted: [(65, Deed.Verb.resolve), (15, .note), (10, .read), (10, .correct)]) ?? .resolve
            act(verb)
            if verb == .resolve { state = .resolved }
        case .resolved:
            act(.reopen)
            state = .owned
        case .merged: break
        }
    }

    private mutating func stepQueued() {
        let verbs: [(weight: Int, value: Deed.Verb)] = [
            (62, .claim), (6, .note), (6, .read), (5, .file), (5, .priority), (6, .tag), (4, .escalate), (6, .assign),
        ]
        let verb = random.one(weighted: verbs) ?? .claim
        switch verb {
        case .assign:
            act(.assign, to: colleague(), by: "admin")
            state = .owned
        case .escalate:
            act(.escalate, value: "\(random.number(in: 1...3))")
            state = .escalated
        default: actOnField(verb)
        }
        if verb == .claim { state = .owned }
    }

    private mutating func stepOwned() {
        let verbs: [(weight: Int, value: Deed.Verb)] = [
            (46, .reply), (9, .draft), (10, .offer), (8, .note), (4, .release), (7, .resolve), (3, .tag), (2, .untag),
            (2, .priority), (2, .review), (2, .due), (2, .snooze), (1, .move), (1, .merge), (1, .file),
        ]
        let verb = random.one(weighted: verbs) ?? .reply
        switch verb {
        case .offer:
            let person = colleague()
            act(.offer, to: person)
            state = .offered(person)
        case .move:
            if let other = DrawnStream.choose(drawing.seed, "move \(name)", among: otherOffices) { act(.move, to: other) }
        case .merge: merge()
        default: actOnField(verb)
        }
        switch verb {
        case .reply:
            share()
            state = .answered
        case .resolve: state = .resolved
        case .release: state = .queued
        default: break
        }
    }

    private mutating func stepOffered(_ person: String) {
        let isAccepted = random.happens(percent: 75)
        if !person.hasPrefix("queue-") {
            let home = drawing.offices.first { person == "desk-\($0)" || person == "surgeon-\($0)" }
            handler = (home ?? drawing.laptops.first ?? office, person)
        }
        act(isAccepted ? .accept : .decline)
        state = isAccepted ? .owned : .queued
    }

    /// Lets the thread, or in one of three what the patient wrote last, go on in another of the same day, which is opened for it at the
    /// same desk.
    private mutating func merge() {
        let other = "\(name)-again"
        let words = ["merge", "merge too", "split"]
        let verb: Deed.Verb = DrawnStream.choose(drawing.seed, "split \(name)", among: words) == "split" ? .split : .merge
        var opening = Deed(.open, at: office, thread: other)
        opening.patient = random.number(in: 0...drawing.scenario.patients - 1)
        if verb == .split { opening.patient = patient }
        say(opening)
        at += 60_000
        guard let moved = drawing.time.moved(at) else { return }
        at = moved
        act(verb, to: other)
        state = .merged
    }

    /// One thread in eight is shared with the outside partner once it is answered. The partner writes a note somewhere; in half of them
    /// somebody takes it back later, at another office where there is one.
    private mutating func share() {
        guard !isShared, DrawnStream.choose(drawing.seed, "share \(name)", among: ["share"] + Array(repeating: "", count: 7)) == "share"
        else { return }
        isShared = true
        let elsewhere = DrawnStream.choose(drawing.seed, "partner \(name)", among: drawing.offices) ?? office
        let isTakenBack = DrawnStream.choose(drawing.seed, "unshare \(name)", among: ["yes", "no"]) == "yes"
        var steps: [(after: Int64, deed: Deed)] = [
            (30_000, Deed(.share, at: handler.node, thread: name, by: handler.person)),
            (600_000, Deed(.note, at: elsewhere, thread: name, by: "partner")),
            (1_800_000, Deed(.note, at: elsewhere, thread: name, by: "partner")),
        ]
        if isTakenBack {
            steps.insert((1_200_000, Deed(.unshare, at: elsewhere, thread: name, by: "surgeon-\(elsewhere)")), at: 2)
        }
        for (after, var deed) in steps {
            if deed.verb != .note { deed.to = "partner" }
            guard let moved = drawing.time.moved(at + after), moved < drawing.time.duration - 1_000 else { return }
            drawnEvents.append(ScenarioEvent(at: moved, .deed(deed)))
        }
    }

    private mutating func actOnField(_ verb: Deed.Verb) {
        let labels = random.one(of: ["call back", "insurance", "photo", "urgent"])
        let category = random.one(of: Scenario.categoryKeys)
        let priority = random.one(of: Scenario.priorities)
        let isOn = random.happens(percent: 50)
        let span = random.length(in: 600_000...28_800_000)
        switch verb {
        case .tag, .untag: act(verb, value: labels)
        case .file: act(verb, value: category)
        case .priority: act(verb, value: priority)
        case .review: act(verb, value: isOn ? "on" : "off")
        case .due, .snooze: act(verb, value: SpanText.text(span / 60_000 * 60_000))
        default: act(verb)
        }
    }

    // MARK: Writing down

    private mutating func act(_ verb: Deed.Verb, to: String? = nil, value: String? = nil, by person: String? = nil) {
        var deed = Deed(verb, at: handler.node, thread: name, by: person ?? handler.person)
        deed.to = to
        deed.value = value
        let isStale = random.happens(percent: drawing.workload.stalePages)
        let isDouble = random.happens(percent: drawing.workload.doubleClicks)
        let looked = max(opened + 1_000, at - random.length(in: 30_000...900_000))
        var shows: Fault?
        if isDouble {
            deed.times = 2
            shows = .doubleClick
        } else if isStale, looked < at, let moved = drawing.time.moved(looked), moved <= at {
            let look = Deed(.look, at: deed.node, thread: name, by: deed.actor)
            drawnEvents.append(ScenarioEvent(at: moved, .deed(look)))
            deed.page = .looked
            shows = .stalePage
        }
        say(deed, shows)
    }

    private mutating func say(_ deed: Deed, _ shows: Fault? = nil) {
        drawnEvents.append(ScenarioEvent(at: at, .deed(deed), shows: shows))
    }
}
