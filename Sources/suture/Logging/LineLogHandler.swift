import FoundationEssentials
import Logging
import NodeService

/// Writes one line an event to standard error: for people, or as a JSON object for a log collector.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: NodeConfiguration.Log.Format
    /// Whether the line must first wipe away a progress bar that may stand there.
    private let overwrites: Bool

    init(_ settings: NodeConfiguration.Log, terminal: Terminal) {
        format = settings.format
        overwrites = terminal.rewritesLines && settings.format == .text
        logLevel =
            switch settings.level {
            case .error: .error
            case .warning: .warning
            case .info: .info
            case .debug: .debug
            }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        let now = Date.now
        let line =
            switch format {
            case .text: Self.text(event, all, at: now)
            case .json: Self.json(event, all, at: now)
            }
        StandardError.write((overwrites ? "\r\u{1B}[K" : "") + line + "\n")
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func text(_ event: LogEvent, _ metadata: Logger.Metadata, at now: Date) -> String {
        var line = "\(time.format(now)) \(event.level) \(event.message)"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        return PrintableText.oneLine(line)
    }

    private static func json(_ event: LogEvent, _ metadata: Logger.Metadata, at now: Date) -> String {
        var members: [String: JSONValue] = [
            "time": .string(time.format(now)), "level": .string("\(event.level)"), "message": .string("\(event.message)"),
        ]
        if !metadata.isEmpty { members["metadata"] = .object(metadata.mapValues { .string("\($0)") }) }
        return JSONValue.object(members).oneLine
    }
}
