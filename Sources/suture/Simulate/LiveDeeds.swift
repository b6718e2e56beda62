import InboxModel
import NodeService
import PartitionSimulator

/// What people of a scenario do, as requests to running nodes, and what was acknowledged: the ledger outside the nodes.
struct LiveDeeds {
    /// Why a deed was not tried.
    struct Skipped: Error {
        let reason: String
    }

    /// The threads' ids, by the scenario's names for them.
    private(set) var threads: [String: String] = [:]
    /// Every change set that a node said is kept.
    private(set) var acknowledged: [LiveAudit.Acknowledged] = []
    /// The patients' ids.
    private let patients: [String]
    /// The offices of the practice.
    private let offices: [String]
    /// What people saw when they last looked: by who, where and at what.
    private var pages: [String: String] = [:]

    init(patients: [String], offices: [String]) {
        self.patients = patients
        self.offices = offices
    }

    /// The threads' ids as the replicas have them.
    var threadIDs: [String: ThreadID] { threads.compactMapValues { ThreadID(hexadecimal: $0) } }

    /// Does the deed once at a node. Returns the change set, if one was made; throws `Skipped`, `ControlFailure` where
    /// the node refuses, and `NodeServiceError` where it does not answer.
    mutating func perform(_ deed: Deed, at node: NodeProcess) async throws -> String? {
        let page = "\(deed.actor ?? "patient") \(deed.node) \(deed.thread)"
        if deed.verb == .look {
            let shown = try await node.ask("thread-show", ["thread": thread(of: deed)], timeout: Self.patience)
            pages[page] = shown["clock"]?.string
            return nil
        }
        var (verb, arguments) = try await request(for: deed, at: node)
        if let actor = deed.actor, !Self.isByPatient(deed.verb) { arguments["as"] = .string(actor) }
        if deed.page == .looked, let clock = pages[page] { arguments["shown"] = .string(clock) }
        let answer = try await node.ask(verb, arguments, timeout: Self.patience)
        if deed.verb == .open, threads[deed.thread] == nil { threads[deed.thread] = answer["thread"]?.string }
        guard let changeSet = answer["changeSet"]?.string else { return nil }
        let entry = LiveAudit.Acknowledged(
            changeSet: changeSet, node: deed.node, thread: deed.thread, isMessage: Self.messages.contains(deed.verb))
        guard let entry else {
            throw NodeServiceError(.controlProtocol, "\(deed.node) answered with '\(changeSet)' for a change set")
        }
        acknowledged.append(entry)
        return changeSet
    }

    /// How long a person waits for an answer of the node beside them.
    static let patience: Duration = .seconds(15)

    private static let messages: Set<Deed.Verb> = [.open, .patientMessage, .reply, .replyAnyway]

    private static func isByPatient(_ verb: Deed.Verb) -> Bool { verb == .open || verb == .patientMessage }

    // MARK: Requests

    private func request(for deed: Deed, at node: NodeProcess) async throws -> (String, [String: JSONValue]) {
        switch deed.verb {
        case .open: return ("thread-open", opening(deed))
        case .editPatient:
            let phone = JSONValue.string("410-555-01\(deed.value ?? "00")")
            return ("patient-put", ["patient": .string(patient(deed.patient)), "phone": phone])
        case .consent:
            return (
                "consent",
                [
                    "patient": .string(patient(deed.patient)), "channel": "sms", "purpose": "reminders",
                    "granted": .bool(deed.value == "on"),
                ]
            )
        case .leave: return ("staff-put", ["key": .string(deed.to ?? ""), "active": false])
        default:
            var (verb, arguments) = try await threadRequest(for: deed, at: node)
            arguments["thread"] = try thread(of: deed)
            return (verb, arguments)
        }
    }

    private func opening(_ deed: Deed) -> [String: JSONValue] {
        [
            "patient": .string(patient(deed.patient)),
            "office": .string(deed.to ?? (offices.contains(deed.node) ? deed.node : offices.first ?? "")),
            "category": .string(deed.value ?? "scheduling"), "subject": .string("\(deed.thread) \(Canary.text)"),
            "text": .string("A question about \(deed.thread). \(Canary.text)"),
        ]
    }

    private func threadRequest(for deed: Deed, at node: NodeProcess) async throws -> (String, [String: JSONValue]) {
        let to = JSONValue.string(deed.to ?? "")
        switch deed.verb {
        case .patientMessage: return ("thread-message", Self.text("More about \(deed.thread)."))
        case .reply: return ("reply", Self.text("An answer about \(deed.thread)."))
        case .replyAnyway:
            return ("reply", Self.text("An answer about \(deed.thread).").merging(["override": true]) { first, _ in first })
        case .note: return ("note", Self.text("A note about \(deed.thread)."))
        case .draft: return ("draft", Self.text("An unfinished answer."))
        case .read: return ("read", [:])
        case .correct:
            let message = try await firstMessage(of: deed, at: node)
            return ("correct", Self.text("Put right.").merging(["message": message]) { first, _ in first })
        case .claim: return ("claim", [:])
        case .release: return ("release", deed.to == nil ? [:] : ["to": to])
        case .offer: return ("handoff", ["to": to, "note": .string("Please take it. \(Canary.text)")])
        case .accept: return ("accept", [:])
        case .decline: return ("decline", [:])
        case .assign: return ("assign", ["to": to])
        case .escalate: return ("escalate", ["level": .int(deed.value.flatMap { Int($0) } ?? 1)])
        case .acknowledge: return ("acknowledge", [:])
        case .resolve: return ("resolve", ["outcome": "answered", "told": "told"])
        case .reopen: return ("reopen", [:])
        case .acknowledgeTwice: return ("settle", [:])
        case .hold: return ("hold-place", ["token": .string(deed.value ?? Deed.holdToken), "reason": "a lawyer's letter"])
        case .releaseHold: return ("hold-release", ["token": .string(deed.value ?? Deed.holdToken)])
        case .purge: return ("purge", ["reason": "retention ended", "class": "adult-7y"])
        case .share:
            // A day is the shortest that people type.
            let days = deed.value.flatMap { SpanText.milliseconds($0) }.map { max(1, Int($0 / 86_400_000)) }
            return ("share", ["with": to, "days": days.map { .int($0) } ?? .null])
        case .unshare: return ("unshare", ["with": to])
        case .split:
            guard let target = deed.to.flatMap({ threads[$0] }) else { throw Skipped(reason: "the other thread was not opened") }
            return ("split", ["messages": .array([try await lastOfPatient(of: deed, at: node)]), "into": .string(target)])
        default: return try fieldRequest(for: deed)
        }
    }

    private func fieldRequest(for deed: Deed) throws -> (String, [String: JSONValue]) {
        let value = JSONValue.string(deed.value ?? "")
        switch deed.verb {
        case .tag: return ("tag", ["tag": value])
        case .untag: return ("untag", ["tag": value])
        case .file: return ("category", ["category": value])
        case .priority: return ("priority", ["priority": .string(deed.value ?? "high")])
        case .review: return ("review", ["review": .bool(deed.value != "off")])
        case .due: return ("due", ["due": Self.moment(deed.value)])
        case .snooze: return ("snooze", ["until": Self.moment(deed.value)])
        case .move: return ("move", ["office": .string(deed.to ?? "")])
        default:
            guard let target = deed.to.flatMap({ threads[$0] }) else { throw Skipped(reason: "the other thread was not opened") }
            return ("merge", ["into": .string(target)])
        }
    }

    private static func text(_ words: String) -> [String: JSONValue] { ["text": .string("\(words) \(Canary.text)")] }

    /// So long from now, by the clock of this machine: what people type is not told faster.
    private static func moment(_ length: String?) -> JSONValue {
        length.flatMap { SpanText.milliseconds($0) }.map { .int(Int(WallClock.now() + $0)) } ?? .null
    }

    private func thread(of deed: Deed) throws -> JSONValue {
        guard let id = threads[deed.thread] else { throw Skipped(reason: "thread \(deed.thread) was not opened") }
        return .string(id)
    }

    /// The patient of a number; the first one where none is named.
    private func patient(_ number: Int?) -> String { patients.isEmpty ? "" : patients[(number ?? 0) % patients.count] }

    private func lastOfPatient(of deed: Deed, at node: NodeProcess) async throws -> JSONValue {
        let shown = try await node.ask("thread-show", ["thread": thread(of: deed)], timeout: Self.patience)
        let message = shown.list("history").last { $0.text("kind") == "message" && $0.text("direction") == "inbound" }?["message"]
        guard let message else { throw Skipped(reason: "the thread has no message of the patient there") }
        return message
    }

    private func firstMessage(of deed: Deed, at node: NodeProcess) async throws -> JSONValue {
        let shown = try await node.ask("thread-show", ["thread": thread(of: deed)], timeout: Self.patience)
        guard let message = shown.list("history").first(where: { $0.text("kind") == "message" })?["message"] else {
            throw Skipped(reason: "the thread has no message there")
        }
        return message
    }
}
