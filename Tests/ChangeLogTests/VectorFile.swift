import Causality
import Foundation

/// The test vectors of `Protocol/vectors`: written where `SUTURE_WRITE_VECTORS` is set to 1, else only read.
enum VectorFile: String, CaseIterable {
    case keys, clocks, changes, chain, runs, refusals, membership, forks

    static let isWriting = ProcessInfo.processInfo.environment["SUTURE_WRITE_VECTORS"] == "1"

    /// `Protocol/vectors`.
    static let folder: URL = {
        // A build from another folder may reach the tests through a link.
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("Protocol/vectors")
    }()

    var url: URL { Self.folder.appendingPathComponent("\(rawValue).json") }

    /// What the committed file says; where vectors are being written, first writes what `make` gives.
    func load<Value: Codable>(_ make: () throws -> Value) throws -> Value {
        if Self.isWriting {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try (encoder.encode(make()) + Data("\n".utf8)).write(to: url)
        }
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
    }
}

/// Bytes as lower-case hexadecimal digits.
struct Hex: Codable, Hashable, CustomStringConvertible {
    let bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let bytes = Hexadecimal.bytes(of: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not hexadecimal"))
        }
        self.bytes = bytes
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    var description: String { Hexadecimal.string(of: bytes) }
}

/// A 64-bit number as decimal text: JSON's own numbers hold 53 bits.
struct Wide: Codable, Hashable {
    let value: UInt64

    init(_ value: UInt64) { self.value = value }

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = UInt64(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a number"))
        }
        self.value = value
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(value))
    }
}

/// Any JSON, to hold protobuf's JSON form of a message.
enum JSONTree: Codable, Equatable {
    case object([String: JSONTree])
    case list([JSONTree])
    case text(String)
    case number(Double)
    case truth(Bool)

    /// The tree of this JSON text.
    init(_ text: String) throws { self = try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8)) }

    /// JSON text.
    func text() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode([String: JSONTree].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONTree].self) {
            self = .list(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .truth(value)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .object(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .truth(let value): try container.encode(value)
        }
    }
}
