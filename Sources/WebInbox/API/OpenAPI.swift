import HTTPTypes
import InboxModel

/// The description of the JSON API, made from its operations: as OpenAPI 3.1 and as a page.
enum OpenAPI {
    private static let about = """
        Everything the staff's pages do, for programs. A token acts for the person who made it, within its scopes; every request \
        is decided by \
        the same access policy as the pages, and recorded in the same audit.
        """

    /// The description as OpenAPI 3.1.
    static var document: JSONText {
        var paths: [(String, JSONText)] = []
        let names = APIOperation.all.map(\.path).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        for path in names {
            let operations = APIOperation.all.filter { $0.path == path }
            paths.append((path, .object(operations.map { ($0.method.rawValue.lowercased(), operation($0)) })))
        }
        return .object([
            ("openapi", .text("3.1.0")),
            ("info", .object([("title", .text("Suture")), ("version", .text("1")), ("description", .text(about))])),
            ("servers", .list([.object([("url", .text("/api/v1"))])])),
            ("security", .list([.object([("token", .list([]))])])),
            ("paths", .object(paths)),
            (
                "components",
                .object([
                    ("securitySchemes", .object([("token", .object([("type", .text("http")), ("scheme", .text("bearer"))]))])),
                    (
                        "schemas",
                        .object([
                            (
                                "Problem",
                                .object([
                                    ("type", .text("object")),
                                    (
                                        "properties",
                                        .object([
                                            ("title", type("string")), ("status", type("integer")), ("code", type("string")),
                                            ("detail", type("string")),
                                        ])
                                    ),
                                ])
                            )
                        ])
                    ),
                ])
            ),
        ])
    }

    private static func type(_ name: String) -> JSONText { .object([("type", .text(name))]) }

    private static func schema(_ field: APIOperation.Field) -> JSONText {
        var members: [(String, JSONText)] = [("type", .text(field.type))]
        if field.type == "array" { members.append(("items", type("string"))) }
        if !field.choices.isEmpty { members.append(("enum", .list(field.choices.map { .text($0) }))) }
        if field.place == .body { members.append(("description", .text(field.about))) }
        return .object(members)
    }

    private static func operation(_ operation: APIOperation) -> JSONText {
        var members: [(String, JSONText)] = [
            ("operationId", .text(operation.id)), ("tags", .list([.text(operation.group)])), ("summary", .text(operation.summary)),
            ("description", .text("Scope: \(TokenScopeWords.words(operation.scope)).")),
        ]
        let parameters = operation.fields.filter { $0.place != .body }
        if !parameters.isEmpty {
            members.append(
                (
                    "parameters",
                    .list(
                        parameters.map { field in
                            .object([
                                ("name", .text(field.name)), ("in", .text(field.place.rawValue)), ("required", .flag(field.isRequired)),
                                ("description", .text(field.about)), ("schema", schema(field)),
                            ])
                        })
                ))
        }
        let body = operation.fields.filter { $0.place == .body }
        if operation.isWriting {
            members.append(
                (
                    "requestBody",
                    .object([
                        ("required", .flag(body.contains { $0.isRequired })),
                        (
                            "content",
                            content(
                                "application/json",
                                .object([
                                    ("type", .text("object")), ("properties", .object(body.map { ($0.name, schema($0)) })),
                                    ("required", .list(body.filter(\.isRequired).map { .text($0.name) })),
                                    ("additionalProperties", .flag(false)),
                                ]), example: nil)
                        ),
                    ])
                ))
        }
        let answer =
            operation.fileTypes.isEmpty
            ? content("application/json", type("object"), example: operation.example)
            : .object(operation.fileTypes.map { ($0, .object([("schema", type("string"))])) })
        let problem: JSONText = .object([
            ("description", .text("What was wrong and what to do.")),
            ("content", content("application/problem+json", .object([("$ref", .text("#/components/schemas/Problem"))]), example: nil)),
        ])
        members.append(
            (
                "responses",
                .object([
                    (
                        "\(operation.status.code)",
                        .object([("description", .text("As asked.")), ("content", answer)])
                    ),
                    ("default", problem),
                ])
            ))
        return .object(members)
    }

    private static func content(_ type: String, _ schema: JSONText, example: JSONText?) -> JSONText {
        var members: [(String, JSONText)] = [("schema", schema)]
        if let example { members.append(("example", example)) }
        return .object([(type, .object(members))])
    }

    /// What the page of the description shows.
    static var model: [String: Any] {
        let names = APIOperation.all.map(\.group).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return [
            "version": "1", "about": about, "download": "/api/v1/openapi.json",
            "groups": names.map { name -> [String: Any] in
                [
                    "name": name, "id": name.lowercased().replacing(" ", with: "-"),
                    "operations": APIOperation.all.filter { $0.group == name }.map(row),
                ]
            },
        ]
    }

    private static func row(_ operation: APIOperation) -> [String: Any] {
        let body = operation.fields.filter { $0.place == .body }
        return [
            "id": operation.id, "method": operation.method.rawValue, "path": "/api/v1\(operation.path)", "summary": operation.summary,
            "scope": TokenScopeWords.words(operation.scope), "isWriting": operation.isWriting, "about": false,
            "hasParameters": !operation.fields.isEmpty,
            "parameters": operation.fields.map { field -> [String: Any] in
                [
                    "name": field.name, "place": field.place.rawValue, "type": field.type, "isRequired": field.isRequired,
                    "about": field.about + (field.choices.isEmpty ? "" : " One of \(field.choices.joined(separator: ", "))."),
                ]
            },
            "body": body.isEmpty ? false : JSONText.object(body.map { ($0.name, .text("…")) }).text as Any,
            "answers": [
                [
                    "code": operation.status.code, "about": "As asked.",
                    "body": operation.fileTypes.isEmpty ? operation.example.text : "A file: \(operation.fileTypes.joined(separator: ", "))",
                ] as [String: Any]
            ],
        ]
    }
}
