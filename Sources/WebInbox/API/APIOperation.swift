import HTTPTypes
import Hummingbird
import InboxModel

/// One thing that programs can ask for: the route and its description come from here, so that the description stays true.
struct APIOperation: Sendable {
    /// A field of the address, its query or the body.
    struct Field: Sendable {
        enum Place: String, Sendable { case path, query, body }

        let name: String
        let place: Place
        let about: String
        var isRequired = false
        var type = "string"
        /// The words it may be; empty for any.
        var choices: [String] = []
    }

    let id: String
    let method: HTTPRequest.Method
    /// With `{name}` for fields of the path, after `/api/v1`.
    let path: String
    let group: String
    let summary: String
    let scope: TokenProfile.Scopes
    let fields: [Field]
    /// An answer as an example.
    let example: JSONText
    let body: @Sendable (StaffServer, PageRequest) async throws -> JSONText
    /// The kinds of file that it answers with instead of JSON; empty for JSON.
    var fileTypes: [String] = []
    /// Makes the file; nil for JSON.
    var file: (@Sendable (StaffServer, PageRequest) async throws -> Response)?

    var isWriting: Bool { method != .get }

    /// Whether it makes something that has an id of its own.
    var isMaking: Bool { Self.making.contains(id) }

    /// The status of an answer.
    var status: HTTPResponse.Status { isMaking ? .created : .ok }

    private static let making: Set<String> = ["openThread", "addPatient", "addPerson", "makeToken"]

    /// The path as the router takes it.
    var route: String { "/api/v1" + path.replacing("{", with: ":").replacing("}", with: "") }
}

extension APIOperation {
    /// All operations, in the order of their description.
    static let all: [APIOperation] =
        threads + threadActions + lists + keeping + patients + patientLinks + people + tokens + group + quarantine + auditing

    static func query(_ name: String, _ about: String, type: String = "string", choices: [String] = []) -> Field {
        Field(name: name, place: .query, about: about, type: type, choices: choices)
    }

    /// An operation that answers with a file.
    init(
        id: String, path: String, group: String, summary: String, scope: TokenProfile.Scopes, fields: [Field], fileTypes: [String],
        file: @escaping @Sendable (StaffServer, PageRequest) async throws -> Response
    ) {
        self.init(
            id: id, method: .get, path: path, group: group, summary: summary, scope: scope, fields: fields, example: .null,
            body: { _, _ in .null }, fileTypes: fileTypes, file: file)
    }

    static func inPath(_ name: String, _ about: String) -> Field { Field(name: name, place: .path, about: about, isRequired: true) }

    static func inBody(_ name: String, _ about: String, isRequired: Bool = true, type: String = "string", choices: [String] = []) -> Field {
        Field(name: name, place: .body, about: about, isRequired: isRequired, type: type, choices: choices)
    }
}
