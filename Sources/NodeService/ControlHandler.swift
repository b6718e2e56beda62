import InboxModel
import OfficeNode
import ReplicaStore

/// Carries out what commands of this machine ask through the control socket.
///
/// Whoever may open the socket may do everything a node can do, so the only person-bound check is the access policy, for the
/// person named with `as`. Reads run beside the node on connections of their own; only commands and the rebuild wait for it.
struct ControlHandler: Sendable {
    let service: NodeService

    /// Does one request. Never throws: what went wrong is the answer.
    func respond(to request: ControlRequest) async -> ControlResponse {
        do {
            guard let verb = ControlVerb.all[request.verb] else { throw Self.unknown(request.verb) }
            if let closure = service.closure, !Self.openWhileClosed.contains(request.verb) {
                throw ControlFailure(code: CommandRefusal.Code.outOfContact.word, message: closure)
            }
            if !Self.watching.contains(request.verb) { service.personActed() }
            let arguments = ControlArguments(request.arguments)
            try arguments.require(onlyOf: verb.arguments, verb: request.verb)
            return .ok(try await verb.body(self, arguments))
        } catch {
            return .error(ControlFailure(error))
        }
    }

    /// What programs ask again and again: no sign of a person.
    private static let watching: Set<String> = ["status", "counters", "digest"]

    /// What a laptop still does that is closed because it was away for too long: nothing that shows what the inbox holds.
    private static let openWhileClosed: Set<String> = ["status", "counters", "lock", "unlock", "stop"]

    private static func unknown(_ verb: String) -> ControlFailure {
        let near = SpellingSuggestion.nearest(to: verb, among: Array(ControlVerb.all.keys))
        let advice = near.map { "did you mean '\($0)'?" } ?? "there are \(ControlVerb.all.keys.sorted().joined(separator: ", "))"
        return ControlFailure(code: "unknown-verb", message: "there is no verb '\(verb)': \(advice)")
    }

    /// Names and reads as of now.
    func lookup() async throws -> NameLookup { try NameLookup(await service.makeReader()) }

    /// Who acts: the person named with `as`, else nil.
    func staff(_ arguments: ControlArguments, _ lookup: NameLookup) throws -> StaffID? {
        try arguments.text("as").map { name throws in try lookup.staff(name) }
    }

    /// Who acts, where it must be a person.
    func requiredStaff(_ arguments: ControlArguments, _ lookup: NameLookup) throws -> StaffID {
        guard let staff = try staff(arguments, lookup) else {
            throw ControlFailure.invalid("say which member of staff acts: 'as' is missing (--as in commands)")
        }
        return staff
    }

    /// Who acts on the group's records: the person named with `as`, else whoever runs the node.
    func actor(_ arguments: ControlArguments, _ lookup: NameLookup) throws -> Actor {
        try staff(arguments, lookup).map { .staff($0) } ?? .system
    }

    /// Carries out a command and shows what it did.
    func perform(_ command: Command, as actor: Actor, lookup: NameLookup) async throws -> JSONValue {
        try json(await carryOut(command, as: actor, lookup: lookup), lookup: lookup)
    }

    /// Carries out a command. A refusal is thrown with what happened since the page was shown.
    func carryOut(_ command: Command, as actor: Actor, lookup: NameLookup) async throws -> CommandOutcome {
        switch await service.perform(command, as: actor) {
        case .success(let outcome): return outcome
        case .failure(let refusal):
            var failure = ControlFailure(refusal)
            if case .thread(let id, _, _) = command, !refusal.collisions.isEmpty {
                let page = try lookup.reader.page(of: id)
                failure.collisions = refusal.collisions.map { json($0, page: page, lookup: lookup) }
            }
            throw failure
        }
    }

    /// Carries out what the person named with `as` does to the thread named with `thread`. Without `shown` the person counts
    /// as having seen what the node shows now.
    func perform(
        on arguments: ControlArguments, _ command: (NameLookup) throws -> ThreadCommand
    ) async throws -> JSONValue {
        let lookup = try await lookup()
        let thread = try lookup.thread(arguments.requiredText("thread"))
        let staff = try requiredStaff(arguments, lookup)
        return try await perform(
            .thread(thread, shown: try arguments.shown(), try command(lookup)), as: .staff(staff), lookup: lookup)
    }

    /// Runs work that takes long on a thread of its own, so that the threads of `async` code stay free.
    func offload<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do throws(NodeServiceError) {
                try ServiceThread.start { continuation.resume(with: Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

/// One thing that can be asked of a node: which arguments it takes and what it does.
struct ControlVerb: Sendable {
    typealias Body = @Sendable (ControlHandler, ControlArguments) async throws -> JSONValue

    let arguments: Set<String>
    let body: Body

    init(_ arguments: Set<String> = [], _ body: @escaping Body) {
        self.arguments = arguments
        self.body = body
    }

    /// Every verb by name.
    static let all: [String: ControlVerb] =
        [
            nodeVerbs, joiningVerbs, memberVerbs, backupVerbs, logVerbs, auditVerbs, readingVerbs, conversationVerbs, ownershipVerbs,
            fieldVerbs, keepingVerbs, directoryVerbs, patientVerbs, authorityVerbs,
        ]
        .reduce(into: [:]) { all, verbs in all.merge(verbs) { first, _ in first } }
}

extension ControlFailure {
    /// The failure as the asking side sees it. What is not foreseen keeps its own words, which never hold what was said.
    init(_ error: any Error) {
        switch error {
        case let failure as ControlFailure: self = failure
        case let refusal as CommandRefusal: self.init(code: refusal.code.word, message: refusal.message)
        case let error as ReplicaStoreError: self.init(code: "storage", message: error.message)
        case let error as NodeServiceError where error.code == .wrongPassphrase:
            self.init(code: "wrong-passphrase", message: error.message)
        case let error as NodeServiceError where error.code == .locked: self.init(code: "locked", message: error.message)
        case let error as NodeServiceError: self.init(code: "storage", message: error.message)
        case let error as NodeError: self.init(code: "storage", message: error.message)
        default: self.init(code: "internal", message: "\(error)")
        }
    }
}

extension CommandRefusal.Code {
    /// The code as it travels: words with hyphens, like all others.
    var word: String {
        switch self {
        case .notFound: "not-found"
        case .notAllowed: "not-allowed"
        case .conflict: "conflict"
        case .held: "held"
        case .invalid: "invalid"
        case .ahead: "ahead"
        case .storage: "storage"
        case .waitingForKey: "waiting-for-key"
        case .outOfContact: "out-of-contact"
        }
    }
}
