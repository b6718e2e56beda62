import Hummingbird
import Mustache
import Vault

/// The templates and assets of the pages, which are part of the program.
struct PageRenderer: Sendable {
    private let library: MustacheLibrary
    /// Where the style sheet and scripts are: the name changes with their content, so that browsers may keep them for ever.
    let assetsPath: String

    /// Throws where a template does not parse, which a test would have shown.
    init() throws {
        HTMLScalars.register
        var library = MustacheLibrary()
        for (name, bytes) in EmbeddedPages.templates { try library.register(String(decoding: bytes, as: UTF8.self), named: name) }
        self.library = library
        var all: [UInt8] = []
        for asset in EmbeddedPages.assets { all += asset.bytes }
        assetsPath = "/assets/" + Digest.hash(Domain("suture/assets"), all).description.prefix(12)
    }

    /// A page of `template` with what it shows.
    func html(_ template: String, _ model: [String: Any]) throws -> String {
        guard let text = library.render(model, withTemplate: template) else {
            throw PageFault(
                status: .internalServerError, code: "internal", what: "The page “\(template)” is not part of this program.",
                todo: "Tell an administrator.")
        }
        return text
    }
}

/// Escapes text for HTML scalar by scalar. Mustache's own way looks at whole characters, and misses a quotation mark that a combining mark
/// follows.
struct HTMLScalars: MustacheContentType {
    func escapeText(_ text: String) -> String {
        guard text.utf8.contains(where: { Self.isSpecial($0) }) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 32)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped += "&amp;".utf8
            case UInt8(ascii: "<"): escaped += "&lt;".utf8
            case UInt8(ascii: ">"): escaped += "&gt;".utf8
            case UInt8(ascii: "\""): escaped += "&quot;".utf8
            case UInt8(ascii: "'"): escaped += "&#39;".utf8
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
        default: false
        }
    }

    /// Makes it known to the library under the name that templates begin with, once.
    static let register: Void = MustacheContentTypes.register(HTMLScalars(), named: "HTML_SCALARS")
}
