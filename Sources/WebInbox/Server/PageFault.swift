import Hummingbird
import InboxWorkflow
import NIOCore
import OfficeNode
import ReplicaStore

/// Why a request is not answered with what was asked for: a status, what was wrong, and what to do. Never with what a patient said.
struct PageFault: Error {
    let status: HTTPResponse.Status
    /// A short word for programs.
    let code: String
    let what: String
    let todo: String
    /// What happened since the page was shown, where a reply was held.
    var collisions: [Collision] = []

    static let notFound = PageFault(
        status: .notFound, code: "not-found", what: "There is no such page.", todo: "Check the address, or begin at the inbox.")
    static let noThread = PageFault(
        status: .notFound, code: "not-found", what: "There is no such thread here.",
        todo: "Check the code. A thread of another office arrives when that office is in reach again.")
    static let noPatient = PageFault(
        status: .notFound, code: "not-found", what: "There is no such patient here.", todo: "Look for the patient by name.")
    static let signedOut = PageFault(
        status: .unauthorized, code: "signed-out", what: "You are not signed in.", todo: "Sign in and try again; nothing was changed.")
    static let forged = PageFault(
        status: .forbidden, code: "forged", what: "This form does not belong to your session.",
        todo: "Nothing was changed. Open the page again and repeat what you did.")
    static let tooLarge = PageFault(
        status: .contentTooLarge, code: "too-large", what: "That is more than can be taken at once.",
        todo: "Nothing was changed. Shorten the text or send it in parts.")

    static func malformed(_ what: String) -> PageFault {
        PageFault(
            status: .badRequest, code: "malformed", what: what, todo: "Nothing was changed. Open the page again and repeat what you did.")
    }

    static func refused(_ refusal: AccessRefusal) -> PageFault {
        PageFault(
            status: .forbidden, code: "not-allowed", what: refusal.message, todo: "Nothing was changed, and the attempt was recorded.")
    }

    init(
        status: HTTPResponse.Status, code: String, what: String, todo: String, collisions: [Collision] = []
    ) {
        self.status = status
        self.code = code
        self.what = what
        self.todo = todo
        self.collisions = collisions
    }

    /// The fault that `error` is to whoever looks at a page.
    init(_ error: any Error) {
        switch error {
        case let fault as PageFault: self = fault
        case let refusal as CommandRefusal: self.init(refusal)
        case let fault as GatewayFault:
            self.init(
                status: .serviceUnavailable, code: "unavailable", what: fault.message, todo: "Nothing was changed. Try again afterwards.")
        case let error as ReplicaStoreError:
            self.init(
                status: .internalServerError, code: "storage", what: "The replica of this node could not be read.",
                todo: "\(error.message). Nothing was changed; tell an administrator.")
        case is NIOTooManyBytesError: self = .tooLarge
        case let error as HTTPError where error.status == .contentTooLarge: self = .tooLarge
        case let error as HTTPError where error.status == .notFound: self = .notFound
        case let error as HTTPError:
            self.init(status: error.status, code: "refused", what: "That request cannot be answered.", todo: "Nothing was changed.")
        default:
            self.init(
                status: .internalServerError, code: "internal", what: "Something went wrong here.",
                todo: "Nothing was changed. Try again; if it happens again, tell an administrator when it happened.")
        }
    }

    private init(_ refusal: CommandRefusal) {
        let status: HTTPResponse.Status =
            switch refusal.code {
            case .notFound: .notFound
            case .notAllowed: .forbidden
            case .conflict, .held, .ahead: .conflict
            case .invalid: .badRequest
            case .storage, .waitingForKey, .outOfContact: .serviceUnavailable
            }
        var words = refusal.message
        if let first = words.first { words = first.uppercased() + words.dropFirst() }
        if !words.hasSuffix(".") { words += "." }
        self.init(
            status: status, code: Self.word(for: refusal.code), what: words,
            todo: refusal.code == .held ? "Your text was kept as a draft." : "Nothing was changed.", collisions: refusal.collisions)
    }

    /// The code as programs get it: the same whether the page or the node refused.
    private static func word(for code: CommandRefusal.Code) -> String {
        switch code {
        case .notFound: noThread.code
        case .notAllowed: "not-allowed"
        default: code.rawValue
        }
    }
}
