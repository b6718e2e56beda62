import Foundation
import HTTPTypes
import Hummingbird
import InboxModel
import OfficeNode
import ReplicaStore
import Vault

extension StaffServer {
    /// The largest body of a request.
    private static let bodyBytesMax = 400 * 1024

    func addAPI(to router: Router<PageContext>) {
        for operation in APIOperation.all {
            router.on(RouterPath(operation.route), method: operation.method) { request, context in
                let page = try await self.apiRequest(request, context, operation)
                if let file = operation.file { return try await file(self, page) }
                return Self.json(try await operation.body(self, page), status: operation.status)
            }
        }
        router.get("/api/v1/openapi.json") { _, _ in Self.json(OpenAPI.document) }
        get("/api", in: router) { page in try self.page("api", page, OpenAPI.model) }
    }

    /// Whoever a token acts for, with the fields of the request's body. Throws where the token does not do.
    private func apiRequest(_ request: Request, _ context: PageContext, _ operation: APIOperation) async throws -> PageRequest {
        guard let header = request.headers[.authorization], header.hasPrefix("Bearer \(Self.tokenPrefix)") else { throw PageFault.noToken }
        let now = now()
        let hash = Self.hash(ofToken: String(header.dropFirst("Bearer ".count))).bytes
        let reader = try await gateway.reader()
        // Found by its hash: nothing about the token's text can be learned by how long that takes.
        let entry = try reader.store.tokens().first { $0.profile?.hash == hash }
        guard let entry, let token = entry.profile, !token.isRevoked, token.expires > now else { throw PageFault.noToken }
        guard token.scopes.contains(operation.scope) else {
            throw PageFault(
                status: .forbidden, code: "scope", what: "The token may not be used for that.",
                todo: "It takes the scope “\(TokenScopeWords.words(operation.scope))”. Nothing was changed.")
        }
        let directory = try reader.directory()
        let opened = openedRecords.records(of: entry.id, now: now)
        guard let access = StaffAccess(of: token.staff, in: directory, at: settings.device, now: now, opened: Set(opened.keys)),
            access.profile.isActive
        else { throw PageFault.noToken }
        var form = FormFields()
        if operation.isWriting {
            let bytes = try await request.body.collect(upTo: Self.bodyBytesMax)
            form = try FormFields(json: Data(bytes.readableBytesView))
            let names = Set(operation.fields.filter { $0.place == .body }.map(\.name))
            if let stray = form.names.first(where: { !names.contains($0) }) {
                throw PageFault.malformed("The field “\(stray)” is not known here: \(names.sorted().joined(separator: ", ")).")
            }
        }
        var session = Session(
            name: "api", staff: token.staff, began: now, used: now, csrf: "", address: context.address, browser: "token \(token.name)")
        session.openedRecords = opened
        return try PageRequest(
            request: request, context: context, token: "", session: session, reader: reader, directory: directory, access: access,
            form: form, now: now, program: entry)
    }
}

extension PageFault {
    static let noToken = PageFault(
        status: .unauthorized, code: "token", what: "A token is needed, and this is none that holds.",
        todo: "Send it as “Authorization: Bearer sut_…”. Tokens are made on the page “Tokens” (/tokens).")
}

extension FormFields {
    /// The members of a JSON object as fields: texts, numbers, flags, lists of texts. Throws where it is something else.
    init(json data: Data) throws {
        self.init()
        if data.isEmpty { return }
        let object: Any
        do { object = try JSONSerialization.jsonObject(with: data) } catch {
            throw PageFault.malformed("The body is no JSON.")
        }
        guard let members = object as? [String: Any] else { throw PageFault.malformed("The body is no JSON object.") }
        for (name, value) in members {
            switch value {
            case is NSNull: break
            case let text as String: add(name, text)
            case let list as [String]: for text in list { add(name, text) }
            case let number as NSNumber:
                add(name, CFBooleanWords.text(of: number))
            default: throw PageFault.malformed("The field “\(name)” is neither text, number, flag nor a list of texts.")
            }
        }
    }
}

/// Flags and numbers of JSON, which Foundation gives as one type.
private enum CFBooleanWords {
    static func text(of number: NSNumber) -> String {
        String(cString: number.objCType) == "c" ? (number.boolValue ? "1" : "0") : "\(number)"
    }
}
