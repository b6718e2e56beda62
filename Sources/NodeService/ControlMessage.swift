/// What a command asks of the running node: one line of JSON, `{"verb":"status","arguments":{...}}`.
public struct ControlRequest: Codable, Hashable, Sendable {
    /// What to do.
    public var verb: String
    /// With what; may be left out of the JSON.
    public var arguments: [String: JSONValue]

    /// A request.
    public init(verb: String, arguments: [String: JSONValue] = [:]) {
        self.verb = verb
        self.arguments = arguments
    }

    private enum CodingKeys: String, CodingKey {
        case verb, arguments
    }

    /// Throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        verb = try container.decode(String.self, forKey: .verb)
        arguments = try container.decodeIfPresent([String: JSONValue].self, forKey: .arguments) ?? [:]
    }

    /// The request as a line for the socket, with its line end.
    var line: [UInt8] {
        JSONValue.object(["verb": .string(verb), "arguments": .object(arguments)]).line
    }

    /// The request that a line holds. Throws ``NodeServiceError`` with ``NodeServiceError/Code/controlProtocol``.
    init(line: some Sequence<UInt8>) throws(NodeServiceError) {
        let value = try JSONValue(text: line)
        verb = try value.member("verb") { $0.string }
        arguments = value["arguments"] == nil ? [:] : try value.member("arguments") { $0.object }
    }
}

/// Why a request was not done.
public struct ControlFailure: Error, Codable, Hashable, Sendable {
    /// For programs: a short word that stays the same, such as `unknown-verb`.
    public var code: String
    /// For people: what was wrong and what to do.
    public var message: String
    /// What happened since the page that was acted on was shown, where a reply was held for that. Left out of the JSON if empty.
    public var collisions: [JSONValue]

    /// A failure.
    public init(code: String, message: String, collisions: [JSONValue] = []) {
        self.code = code
        self.message = message
        self.collisions = collisions
    }

    private enum CodingKeys: String, CodingKey {
        case code, message, collisions
    }

    /// Throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = try container.decode(String.self, forKey: .code)
        message = try container.decode(String.self, forKey: .message)
        collisions = try container.decodeIfPresent([JSONValue].self, forKey: .collisions) ?? []
    }

    /// Throws `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(message, forKey: .message)
        if !collisions.isEmpty { try container.encode(collisions, forKey: .collisions) }
    }

    /// The failure as JSON.
    public var json: JSONValue {
        var members: [String: JSONValue] = ["code": .string(code), "message": .string(message)]
        if !collisions.isEmpty { members["collisions"] = .array(collisions) }
        return .object(members)
    }
}

extension ControlFailure: CustomStringConvertible {
    /// The message alone.
    public var description: String { message }
}

/// What the node answers: one line of JSON, `{"ok":...}` or `{"error":{"code":"...","message":"..."}}`.
public enum ControlResponse: Codable, Hashable, Sendable {
    case ok(JSONValue)
    case error(ControlFailure)

    /// A failure of these words.
    public static func error(code: String, message: String) -> ControlResponse {
        .error(ControlFailure(code: code, message: message))
    }

    /// The value of a request that was done.
    /// - Throws: ``ControlFailure`` if it was not.
    public func get() throws(ControlFailure) -> JSONValue {
        switch self {
        case .ok(let value): return value
        case .error(let failure): throw failure
        }
    }

    private enum CodingKeys: String, CodingKey {
        case ok, error
    }

    /// Throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.error) {
            self = .error(try container.decode(ControlFailure.self, forKey: .error))
        } else {
            // `{"ok":null}` is an answer too, which a decoder of optional values would take for none.
            self = .ok(try container.decode(JSONValue.self, forKey: .ok))
        }
    }

    /// Throws `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .ok(let value): try container.encode(value, forKey: .ok)
        case .error(let failure): try container.encode(failure, forKey: .error)
        }
    }

    /// The response as a line for the socket, with its line end.
    var line: [UInt8] {
        let value: JSONValue =
            switch self {
            case .ok(let value): ["ok": value]
            case .error(let failure): ["error": failure.json]
            }
        return value.line
    }

    /// The response that a line holds. Throws ``NodeServiceError`` with ``NodeServiceError/Code/controlProtocol``.
    init(line: some Sequence<UInt8>) throws(NodeServiceError) {
        let value = try JSONValue(text: line)
        if let failure = value["error"] {
            self = .error(
                ControlFailure(
                    code: try failure.member("code") { $0.string }, message: try failure.member("message") { $0.string },
                    collisions: failure["collisions"]?.array ?? []))
        } else {
            self = .ok(try value.member("ok") { $0 })
        }
    }
}

extension JSONValue {
    /// A member of an object as `type` reads it.
    fileprivate func member<Value>(
        _ name: String, _ type: (JSONValue) -> Value?
    ) throws(NodeServiceError) -> Value {
        guard let object else { throw NodeServiceError(.controlProtocol, "it has the wrong type") }
        guard let member = object[name] else { throw NodeServiceError(.controlProtocol, "\"\(name)\" is missing") }
        guard let value = type(member) else {
            throw NodeServiceError(.controlProtocol, "\"\(name)\" has the wrong type")
        }
        return value
    }
}
