import Dispatch
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import Vault

extension StaffServer {
    /// The name of the session's cookie: browsers take a cookie of this name from this host only, over TLS only, for all of its paths.
    static let cookieName = "__Host-suture"
    /// The largest form. Texts have a limit of their own below it.
    private static let formBytesMax = 400 * 1024

    typealias PageBody = @Sendable (PageRequest) async throws -> Response

    /// A page that somebody who is signed in reads.
    func get(_ path: String, in router: Router<PageContext>, _ body: @escaping PageBody) {
        router.get(RouterPath(path)) { request, context in
            try await body(await self.pageRequest(request, context, form: FormFields()))
        }
    }

    /// Something that somebody who is signed in does with a form.
    func post(_ path: String, in router: Router<PageContext>, _ body: @escaping PageBody) {
        router.post(RouterPath(path)) { request, context in
            let form = try await Self.form(of: request)
            try Self.requireSameOrigin(request)
            let page = try await self.pageRequest(request, context, form: form)
            guard let csrf = form.exact("csrf"), constantTimeEqual(Array(csrf.utf8), Array(page.session.csrf.utf8)) else {
                throw PageFault.forged
            }
            return try await body(page)
        }
    }

    /// The fields of a request's form. Throws where it is too large or no form.
    static func form(of request: Request) async throws -> FormFields {
        let type = request.headers[.contentType]?.split(separator: ";").first.map { $0.lowercased() }
        guard type == nil || type == "application/x-www-form-urlencoded" else {
            throw PageFault(
                status: .unsupportedMediaType, code: "malformed", what: "Forms are taken as browsers send them, and nothing else.",
                todo: "Programs use the API.")
        }
        let bytes = try await request.body.collect(upTo: formBytesMax)
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            throw PageFault.malformed("The form is not text.")
        }
        return try FormFields(text)
    }

    /// Throws where a browser says that another site sent the request.
    static func requireSameOrigin(_ request: Request) throws(PageFault) {
        if let site = request.headers[.secFetchSite], site != "same-origin" && site != "none" { throw .forged }
        // Browsers send the origin with every form; programs that do not have no cookie to be misused either.
        guard let origin = request.headers[.origin] else { return }
        guard let host = request.head.authority, origin == "https://\(host)" || origin == "http://\(host)" else { throw .forged }
    }

    /// Whoever is signed in with the request's cookie, with what the node holds now. Throws where nobody is.
    func pageRequest(_ request: Request, _ context: PageContext, form: FormFields) async throws -> PageRequest {
        guard let token = request.cookies[Self.cookieName]?.value else { throw PageFault.signedOut }
        let now = now()
        // What a page fetches by itself does not keep a session alive.
        let isUse = request.headers[.xBackground] == nil && request.uri.path != "/events"
        guard let session = sessions.session(token, now: now, isUse: isUse) else { throw PageFault.signedOut }
        let reader = isUse ? try await gateway.reader() : try await gateway.quietReader()
        let directory = try reader.directory()
        let account = try reader.store.account(AccountID(of: session.staff))?.current
        let opened = Set(session.openedRecords.filter { $0.value > now }.keys)
        guard let access = StaffAccess(of: session.staff, in: directory, at: settings.device, now: now, opened: opened),
            access.profile.isActive, account?.endedBefore ?? 0 <= session.began
        else {
            sessions.end(token)
            throw PageFault.signedOut
        }
        let page = try PageRequest(
            request: request, context: context, token: token, session: session, reader: reader, directory: directory, access: access,
            form: form, now: now)
        if account?.mustChange == true, !request.uri.path.hasPrefix("/account"), request.uri.path != "/sign-out" {
            throw PageFault(
                status: .forbidden, code: "password", what: "Choose a password of your own first.",
                todo: "Somebody else chose the present one. Open “Your account” (/account) and change it.")
        }
        return page
    }

    /// Answers with a page of `template`; what every page shows is added to `model`.
    func page(_ template: String, _ request: PageRequest, nav: String = "", _ model: [String: Any]) throws -> Response {
        Self.html(try renderer.html(template, frame(request, nav: nav).merging(model) { _, new in new }))
    }

    /// What every page shows.
    private func frame(_ page: PageRequest, nav current: String) -> [String: Any] {
        let profile = page.access.profile
        let offices = profile.offices.isEmpty ? "every office" : profile.offices.map { page.directory.name(of: $0) }.joined(separator: ", ")
        var model: [String: Any] = [
            "assets": renderer.assetsPath, "group": live.status?.groupName ?? "", "csrf": page.session.csrf,
            "me": ["name": profile.name, "role": RoleWords.name(of: profile.role), "office": offices],
            "idleMinutes": Int(SessionStore.idleMax / 60_000), "nav": navigation(page, current),
        ]
        if page.seesSync { model["sync"] = syncWords(page.now) }
        if !page.isFragment, let notice = sessions.takeNotice(page.token) {
            model["notice"] = ["words": notice.words, "isRefusal": notice.isRefusal] as [String: Any]
        }
        return model
    }

    private func navigation(_ page: PageRequest, _ current: String) -> [[String: Any]] {
        let all: [(name: String, url: String, key: String, action: StaffAction)] = [
            ("Inbox", "/inbox", "i", .read), ("Patients", "/patients", "p", .readPatient), ("Offices", "/offices", "o", .seeSync),
            ("People", "/people", "e", .seePeople), ("Audit", "/audit", "a", .readAudit),
        ]
        return all.filter { item in
            item.action == .read
                ? page.access.mayList : page.access.decision(item.action, office: page.access.profile.offices.first).isAllowed
        }.map { ["name": $0.name, "url": $0.url, "key": $0.key, "isCurrent": $0.url == current] }
    }

    /// What the next page says about what was just done.
    func note(_ words: String, isRefusal: Bool = false, for page: PageRequest) {
        sessions.update(page.token) { $0.notice = Session.Notice(words: words, isRefusal: isRefusal) }
    }

    /// Carries out a command for the person; records it where it was refused for want of a right. Throws `PageFault`.
    @discardableResult
    func perform(
        _ command: Command, for page: PageRequest, thread: ThreadID? = nil, patient: PatientID? = nil
    ) async throws -> CommandOutcome {
        switch await gateway.perform(command, as: page.actor) {
        case .success(let outcome): return outcome
        case .failure(let refusal):
            if refusal.code == .notAllowed {
                try audit.record(page.entry(.change, .refused, patient: patient, thread: thread))
            }
            throw PageFault(refusal)
        }
    }
}

/// Words for roles, as people say them.
enum RoleWords {
    static func name(of role: Role) -> String {
        switch role {
        case .frontDesk: "front desk"
        case .billing: "billing"
        case .assistant: "assistant"
        case .surgeon: "surgeon"
        case .onCall: "on-call clinician"
        case .administrator: "administrator"
        case .complianceOfficer: "compliance officer"
        case .partner: "outside partner"
        case .operator: "operator"
        }
    }
}

/// What `make` makes, in a function of its own. Swift 6.3.1 crashes ("While splitting coroutine") when it optimises an asynchronous
/// function that takes a command apart into its smallest parts and keeps those while it waits: whoever waits for a command makes it through
/// this.
@inline(never)
func made<Value>(_ make: () throws -> Value) rethrows -> Value { try make() }

extension StaffServer {
    /// Runs work that takes long on a thread of its own, so that pages go on.
    func offMain<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
        }
    }
}
