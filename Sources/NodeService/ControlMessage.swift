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
        let value = JSONValue.object(["verb": .string(verb), "arguments": .object(arguments)])
        return Array(value.oneLine.utf8) + [UInt8(ascii: "\n")]
    }
}

/// Why a request was not done.
public struct ControlFailure: Error, Codable, Hashable, Sendable {
    /// For programs: a short word that stays the same, such as `unknown-verb`.
    public var code: String
    /// For people: what was wrong and what to do.
    public var message: String

    /// A failure.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
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
            case .error(let failure): ["error": ["code": .string(failure.code), "message": .string(failure.message)]]
            }
        return Array(value.oneLine.utf8) + [UInt8(ascii: "\n")]
    }
}
