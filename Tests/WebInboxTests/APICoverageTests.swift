import Foundation
import HTTPTypes
import Hummingbird
import InboxModel
import Testing

@testable import WebInbox

@Suite("The JSON API beside the pages")
struct APICoverageTests {
    /// Which operations do what a page's address does, by method and address. Actions of a thread are added below.
    private static let operations: [String: [String]] = [
        "GET /inbox": ["listThreads", "countThreads"],
        "GET /threads/{thread}": ["getThread"],
        "POST /threads": ["openThread"],
        "GET /patients": ["findPatients"],
        "GET /patients/{patient}": ["getPatient", "listPatientThreads"],
        "POST /patients": ["addPatient"],
        "POST /patients/{patient}/details": ["putPatient"],
        "POST /patients/{patient}/consent": ["recordConsent"],
        "POST /patients/{patient}/link": ["linkPatients"],
        "POST /patients/{patient}/unlink": ["unlinkPatients"],
        "POST /patients/{patient}/break-glass": ["breakGlass"],
        "GET /offices": ["getSync", "getDirectory", "listQueues", "listQuarantine", "getQuarantined"],
        "POST /offices/quarantine/adopt": ["adoptQuarantined"],
        "GET /people": ["listPeople"],
        "GET /people/{person}": ["getPerson", "listSessions"],
        "POST /people": ["addPerson"],
        "POST /people/{person}/profile": ["putPerson"],
        "POST /people/{person}/disable": ["disablePerson"],
        "POST /people/{person}/enable": ["enablePerson"],
        "POST /people/{person}/password": ["setPassword"],
        "POST /people/{person}/totp-off": ["dropSecondFactor"],
        "POST /people/{person}/end-sessions": ["endSessions"],
        "GET /audit": ["readAudit", "listHeads"],
        "GET /audit.csv": ["exportAudit"],
        "GET /audit.ndjson": ["exportAudit"],
        "GET /audit.fhir.json": ["exportAudit"],
        "POST /audit/verify": ["verifyAudit"],
        "GET /account": ["getMe", "listSessions"],
        "POST /account/sessions/end": ["endSessions"],
        "GET /tokens": ["listTokens"],
        "POST /tokens": ["makeToken"],
        "POST /tokens/{token}/revoke": ["revokeToken"],
    ]

    /// What programs cannot do, and why.
    private static let reasons: [String: String] = [
        "GET /": "sends a browser to the inbox",
        "GET /sign-in": "programs have tokens",
        "POST /sign-in": "programs have tokens",
        "POST /sign-out": "a token is revoked instead",
        "GET /events": "a stream for pages that are open; programs compare “shown”",
        "POST /threads/{thread}/writing": "says that somebody types at a page",
        "POST /threads/{thread}/looking": "says that somebody has a page before them",
        "POST /threads/{thread}/undo": "what a program sends goes out at once: nothing waits to be taken back",
        "POST /account/password": "one's own password is changed by whoever knows the present one, at a page",
        "POST /account/totp": "enrolling needs the telephone of the person who is enrolled",
        "POST /account/totp/off": "one's own second factor is taken off by whoever knows the password, at a page",
        "GET /threads/new": "an empty form; getDirectory has what it offers",
        "GET /patients/new": "an empty form",
        "GET /people/new": "an empty form",
        "GET /help": "words for people",
        "GET /trust": "for whoever sets up a browser",
        "GET /trust/{authority}": "a file for whoever sets up a browser",
        "GET /api": "the description as a page",
        "GET /favicon.ico": "a picture for browsers",
    ]

    /// Operations beyond what a page does.
    private static let beyond: [String: String] = [
        "listHolds": "holds have commands and no page", "placeHold": "holds have commands and no page",
        "releaseHold": "holds have commands and no page", "listPurges": "purges have commands and no page",
        "purgeThread": "purges have commands and no page", "listEmergencies": "the audit's page filters for them",
        "reviewEmergency": "has no page",
    ]

    private static func name(of action: ThreadAction) -> String {
        action == .acknowledgeTwice ? "acknowledgeTwice" : "\(action.rawValue)Thread"
    }

    /// All operations by address of a page.
    private static var all: [String: [String]] {
        var all = operations
        for action in ThreadAction.allCases where action != .undo {
            all["POST /threads/{thread}/\(action.rawValue)"] = [name(of: action)]
        }
        return all
    }

    @Test("everything that a page shows or does has an operation, or a reason why programs cannot")
    func addresses() async throws {
        let inbox = try await TestInbox()
        let routes = inbox.server.router().routes.map { "\($0.method.rawValue) \($0.path)" }
        let pages = Set(routes.filter { !$0.contains(" /api/v1") && !$0.contains(" /assets/") })
        let all = Self.all
        for page in pages.sorted() where all[page] == nil {
            #expect(Self.reasons[page] != nil, "\(page) has neither an operation nor a reason")
        }
        // The lists name nothing that is gone.
        for page in Array(all.keys) + Self.reasons.keys { #expect(pages.contains(page), "there is no page \(page)") }
        #expect(Set(all.keys).isDisjoint(with: Self.reasons.keys))
    }

    @Test("every operation does what some page does, or says why it is there")
    func operations() {
        let covered = Self.all.values.reduce(into: Set<String>()) { $0.formUnion($1) }
        let names = Set(APIOperation.all.map(\.id))
        for name in names.sorted() { #expect(covered.contains(name) || Self.beyond[name] != nil, "\(name) stands in no list") }
        for name in covered.union(Self.beyond.keys) { #expect(names.contains(name), "there is no operation \(name)") }
        #expect(covered.isDisjoint(with: Self.beyond.keys))
    }

    @Test("every form of the pages goes to an address that is compared")
    func forms() {
        let all = Set(Self.all.keys).union(Self.reasons.keys)
        let bases = [
            "{{thread.url}}": "/threads/{thread}", "{{patient.url}}": "/patients/{patient}", "{{person.url}}": "/people/{person}",
            "{{url}}/revoke": "/tokens/{token}/revoke",
        ]
        var count = 0
        for template in EmbeddedPages.templates {
            let text = String(decoding: template.bytes, as: UTF8.self)
            for form in text.split(separator: "<form").dropFirst() {
                guard let start = form.range(of: "action=\"") else { continue }
                var address = String(form[start.upperBound...].prefix { $0 != "\"" })
                // Where the address as a whole comes from the page's values, the routes' test has it.
                if address == "{{url}}" || address == "{{.}}" { continue }
                for (mark, base) in bases { address = address.replacing(mark, with: base) }
                let method = form.prefix { $0 != ">" }.contains("method=\"post\"") ? "POST" : "GET"
                #expect(all.contains("\(method) \(address)"), "\(template.name): \(method) \(address)")
                count += 1
            }
        }
        #expect(count > 40)
    }

    @Test("the description says what a field may be, what answers look like, and has no operation without an example")
    func description() throws {
        let document = try #require(try JSONSerialization.jsonObject(with: Data(OpenAPI.document.text.utf8)) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        for (path, operations) in paths {
            for (method, operation) in operations {
                let responses = try #require(operation["responses"] as? [String: [String: Any]])
                let answer = try #require(responses["200"] ?? responses["201"], "\(method) \(path)")
                let content = try #require(answer["content"] as? [String: [String: Any]])
                #expect(!content.isEmpty && content.values.allSatisfy { $0["schema"] != nil })
                if let json = content["application/json"] { #expect((json["example"] as? [String: Any])?.isEmpty == false, "\(path)") }
                let inPath = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
                let parameters = (operation["parameters"] as? [[String: Any]] ?? []).filter { $0["in"] as? String == "path" }
                #expect(parameters.compactMap { $0["name"] as? String } == inPath, "\(path)")
            }
        }
        for field in APIOperation.all.flatMap(\.fields) {
            #expect(["string", "boolean", "integer", "array"].contains(field.type) && !field.about.isEmpty)
        }
    }
}
