import Causality
import HTTPTypes
import Hummingbird
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// A request by somebody who is signed in, with everything that answering it needs.
struct PageRequest: Sendable {
    let request: Request
    let context: PageContext
    /// The cookie's token.
    let token: String
    let session: Session
    let reader: InboxReader
    let directory: Directory
    let access: StaffAccess
    /// The fields of the form that was sent; empty for a page that is only read.
    let form: FormFields
    /// Milliseconds since 1970.
    let now: Int64

    /// The fields of the address's query.
    let query: FormFields

    /// The token by which a program asks; nil where a browser does.
    let program: TokenEntry?

    /// A request by `access.staff`, to whom `reader` shows no more than they may see.
    init(
        request: Request, context: PageContext, token: String, session: Session, reader: InboxReader, directory: Directory,
        access: StaffAccess, form: FormFields, now: Int64,
        program: TokenEntry? = nil
    ) throws(PageFault) {
        self.request = request
        self.context = context
        self.token = token
        self.session = session
        self.reader = reader.asSeen(by: access)
        self.directory = directory
        self.access = access
        self.form = form
        self.now = now
        self.program = program
        query = try FormFields(request.uri.query ?? "")
    }

    var actor: Actor { .staff(access.staff) }

    /// Whether a script asks for a part of the page.
    var isFragment: Bool { request.headers[.xFragment] != nil }

    /// Whether the page asks by itself, because something changed: nobody looked at anything anew.
    var isBackground: Bool { request.headers[.xBackground] != nil }

    /// Whether they may know how the practice's offices are connected.
    var seesSync: Bool { access.decision(.seeSync, office: access.profile.offices.first).isAllowed }

    /// Throws unless the person may do `action` where no thread is concerned.
    func require(_ action: StaffAction, office: OfficeID? = nil) throws(PageFault) {
        if case .refused(let refusal) = access.decision(action, office: office) { throw .refused(refusal) }
    }

    /// Throws unless the person may do `action` to the thread of `state`.
    func require(_ action: StaffAction, on state: ThreadState) throws(PageFault) {
        if case .refused(let refusal) = access.decision(action, on: state) { throw .refused(refusal) }
    }

    /// What the page showed of something, as its form sent it back; nil where it sent nothing.
    func shown() throws(PageFault) -> VersionVector? {
        guard let text = form["shown"] else { return nil }
        guard let clock = VersionVector(pageText: text) else { throw .malformed("What the page showed cannot be read.") }
        return clock
    }

    /// An audit entry of this person, now.
    func entry(
        _ action: AuditEntry.Action, _ outcome: AuditEntry.Outcome = .done, patient: PatientID? = nil, thread: ThreadID? = nil,
        detail: String = ""
    ) -> AuditEntry {
        AuditEntry(
            at: now, action: action, outcome: outcome, staff: access.staff, role: access.profile.role, patient: patient, thread: thread,
            address: context.address, detail: detail)
    }
}

extension HTTPField.Name {
    /// Which part of a page a script wants.
    static var xFragment: HTTPField.Name { fragmentName }
    /// Whether a page asks by itself.
    static var xBackground: HTTPField.Name { backgroundName }
    /// Where a request comes from, in a browser's own words, which pages cannot alter.
    static var secFetchSite: HTTPField.Name { fetchSiteName }
}

// Literal names; they parse, which every request of a test shows.
private let fragmentName = HTTPField.Name("X-Fragment") ?? .accept
private let backgroundName = HTTPField.Name("X-Background") ?? .accept
private let fetchSiteName = HTTPField.Name("Sec-Fetch-Site") ?? .accept

extension VersionVector {
    /// As a form carries it.
    var pageText: String { Hexadecimal.string(of: canonicalBytes) }

    /// The clock that `pageText` gave; nil where the text is not one.
    init?(pageText: String) {
        guard let bytes = Hexadecimal.bytes(of: pageText) else { return nil }
        do { self = try VersionVector(canonicalBytes: bytes) } catch { return nil }
    }
}
