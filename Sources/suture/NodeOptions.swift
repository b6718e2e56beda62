import ArgumentParser
import Glibc
import NodeService

/// Which node, and how the answer is printed. Every command has these.
struct NodeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The node's folder. Default: $SUTURE_DATA, else ./suture-data.", valueName: "folder"))
    var data: String?

    @Option(help: ArgumentHelp("The node's configuration file, which names its folder.", valueName: "file"))
    var config: String?

    @Flag(help: "Print the answer as JSON.")
    var json = false

    @Flag(name: .customLong("no-color"), help: "No colours, even in a terminal.")
    var noColor = false

    func validate() throws {
        if data != nil && config != nil {
            throw ValidationError("--data and --config both name the node: give one of them")
        }
    }

    /// The node's folder.
    func dataDirectory() throws -> String {
        if let config { return try NodeConfiguration.load(from: config).dataDirectory }
        return data ?? Self.environment("SUTURE_DATA") ?? "./suture-data"
    }

    /// The node's folder with its key; whoever has the passphrase is asked for it, where there is one.
    func unlock(_ passphrase: PassphraseOptions) throws -> DataFolder {
        let settings = try config.map { file throws in try NodeConfiguration.load(from: file) }?.atRest
        return try DataFolder.unlock(dataDirectory(), settings: settings, passphrase: passphrase.source(choosing: false))
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }

    /// Asks the running node. What it refuses is thrown.
    func ask(
        _ verb: String, _ arguments: [String: JSONValue] = [:], timeout: Duration = .seconds(30)
    ) async throws -> JSONValue {
        let client = ControlClient(dataDirectory: try dataDirectory())
        let response = try await client.send(ControlRequest(verb: verb, arguments: arguments), timeout: timeout)
        do throws(ControlFailure) {
            return try response.get()
        } catch {
            throw CommandFailure(error, isJSON: json)
        }
    }

    /// What standard output can show.
    var terminal: Terminal { .output(noColor: noColor) }

    /// Prints an answer: as JSON, or as `text` lays it out for the terminal.
    func show(_ answer: JSONValue, _ text: (Terminal) -> String) {
        print(json ? answer.pretty + "\n" : text(terminal), terminator: "")
    }
}

/// Who acts.
struct ActorOption: ParsableArguments {
    @Option(name: .customLong("as"), help: ArgumentHelp("Who acts: the key of a member of staff.", valueName: "staff"))
    var staff: String?
}

/// Words of a message: the argument itself, or standard input where it is `-`.
enum MessageText {
    static func read(_ argument: String) throws -> String {
        if argument != "-" { return argument }
        var lines: [String] = []
        while let line = readLine(strippingNewline: true) { lines.append(line) }
        return lines.joined(separator: "\n")
    }
}

extension JSONValue {
    /// The text, or null.
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// The list of texts, or null where it is empty: then what stands there stays.
    static func optional(_ texts: [String]) -> JSONValue {
        texts.isEmpty ? .null : .array(texts.map { .string($0) })
    }

    /// A member's text, or nothing.
    func text(_ key: String) -> String { self[key]?.string ?? "" }

    /// A member's number, or 0.
    func number(_ key: String) -> Int { self[key]?.int ?? 0 }

    /// A member's truth value, or false.
    func flag(_ key: String) -> Bool { self[key]?.bool ?? false }

    /// A member's elements, or none.
    func list(_ key: String) -> [JSONValue] { self[key]?.array ?? [] }

    /// A member's texts, or none.
    func texts(_ key: String) -> [String] { list(key).compactMap(\.string) }

    /// A member's moment in milliseconds since 1970, if it has one.
    func moment(_ key: String) -> Int64? { self[key]?.int.map(Int64.init) }
}
