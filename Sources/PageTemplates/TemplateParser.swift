/// Reads a template: the Mustache language (mustache.github.io, `mustache(5)` and its inheritance) but for what pages do without, which
/// are lambdas, other delimiters, names that are not known before, and partials that are indented.
///
/// Lines on which nothing but one tag stands leave nothing behind.
struct TemplateParser {
    private let name: String
    private let bytes: [UInt8]
    private var place = 0

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// The template's pieces. Throws where it is not one.
    mutating func nodes() throws(TemplateFault) -> [TemplateNode] {
        try nodes(until: nil, isAtLineStart: true)
    }

    /// Pieces one after another; neighbouring texts become one.
    private struct Pieces {
        var nodes: [TemplateNode] = []

        mutating func add(text: some Sequence<UInt8>) {
            var bytes = Array(text)
            if bytes.isEmpty { return }
            if case .text(let before)? = nodes.last {
                bytes = before + bytes
                nodes.removeLast()
            }
            nodes.append(.text(bytes))
        }
    }

    /// The pieces until the closing tag of `section`, or the template's end for nil.
    private mutating func nodes(until section: String?, isAtLineStart: Bool) throws(TemplateFault) -> [TemplateNode] {
        var isAtLineStart = isAtLineStart
        let start = place
        var pieces = Pieces()
        // Blank places before the first tag of a line: they stay unless the tag stands alone.
        var indent: ArraySlice<UInt8> = []
        while place < bytes.count {
            if isAtLineStart { indent = takeBlanks() }
            let text = takeText()
            if place < bytes.count, bytes[place] == UInt8(ascii: "\n") {
                pieces.add(text: indent + text + [UInt8(ascii: "\n")])
                place += 1
                isAtLineStart = true
                continue
            }
            if !text.isEmpty {
                pieces.add(text: indent + text)
                indent = []
                isAtLineStart = false
            }
            if place == bytes.count { break }
            let tagPlace = place
            place += 2
            let tag = try takeTag()
            let standsAlone = isAtLineStart && tag.mayStandAlone && takeLineEnd()
            if !standsAlone {
                pieces.add(text: indent)
            } else if tag.wouldIndent, !indent.isEmpty {
                throw fault("“\(tag.name)” would be indented: it begins at the start of its line, or within it.", at: tagPlace)
            }
            indent = []
            switch tag.kind {
            case .close:
                guard tag.name == section else {
                    throw fault("“\(tag.name)” ends here, but \(section.map { "“\($0)”" } ?? "nothing") is open.", at: tagPlace)
                }
                return pieces.nodes
            case .comment: break
            case .value(let isEscaped): pieces.nodes.append(.value(TemplatePath(tag.name), isEscaped: isEscaped))
            case .section(let isInverted):
                let inner = try nodes(until: tag.name, isAtLineStart: standsAlone)
                pieces.nodes.append(.section(TemplatePath(tag.name), inner, isInverted: isInverted))
            case .partial: pieces.nodes.append(.partial(tag.name, blocks: [:]))
            case .parent:
                let inner = try nodes(until: tag.name, isAtLineStart: true)
                guard let blocks = Self.blocks(in: inner) else { throw fault("Only blocks stand in “\(tag.name)”.", at: tagPlace) }
                pieces.nodes.append(.partial(tag.name, blocks: blocks))
            case .block:
                let inner = try nodes(until: tag.name, isAtLineStart: standsAlone)
                pieces.nodes.append(.block(tag.name, otherwise: inner))
            }
            isAtLineStart = standsAlone
        }
        if let section {
            throw fault("“\(section)” is not ended.", at: start)
        }
        return pieces.nodes
    }

    /// nil where there is something else among them, but for text: people may write there what they like.
    private static func blocks(in nodes: [TemplateNode]) -> [String: [TemplateNode]]? {
        var blocks: [String: [TemplateNode]] = [:]
        for node in nodes {
            switch node {
            case .block(let name, let nodes): blocks[name] = nodes
            case .text: break
            case .value, .section, .partial: return nil
            }
        }
        return blocks
    }

    // MARK: Tags

    private struct Tag {
        enum Kind {
            case close, comment, partial, parent, block
            case value(isEscaped: Bool)
            case section(isInverted: Bool)
        }

        let kind: Kind
        let name: String

        var mayStandAlone: Bool { if case .value = kind { false } else { true } }

        var wouldIndent: Bool {
            switch kind {
            case .partial, .parent, .block: true
            case .close, .comment, .value, .section: false
            }
        }
    }

    /// The tag whose opening braces were just taken.
    private mutating func takeTag() throws(TemplateFault) -> Tag {
        let start = place
        let first = place < bytes.count ? bytes[place] : nil
        let kind: Tag.Kind? =
            switch first {
            case UInt8(ascii: "#"): .section(isInverted: false)
            case UInt8(ascii: "^"): .section(isInverted: true)
            case UInt8(ascii: "/"): .close
            case UInt8(ascii: "!"): .comment
            case UInt8(ascii: ">"): .partial
            case UInt8(ascii: "<"): .parent
            case UInt8(ascii: "$"): .block
            case UInt8(ascii: "{"), UInt8(ascii: "&"): .value(isEscaped: false)
            default: nil
            }
        if kind != nil { place += 1 }
        let content = place
        while place < bytes.count, !isAt("}}") { place += 1 }
        guard place < bytes.count else {
            throw fault("A tag is not ended.", at: start)
        }
        let inside = bytes[content..<place]
        place += 2
        if case .comment? = kind { return Tag(kind: .comment, name: "") }
        if first == UInt8(ascii: "{") {
            guard place < bytes.count, bytes[place] == UInt8(ascii: "}") else {
                throw fault("Three braces end with three.", at: start)
            }
            place += 1
        }
        let name = String(decoding: inside, as: UTF8.self)
        let trimmed = name.split(whereSeparator: \.isWhitespace)
        guard trimmed.count == 1, let only = trimmed.first, only.utf8.allSatisfy(Self.isOfName) else {
            throw fault("“\(name)” is no name.", at: start)
        }
        return Tag(kind: kind ?? .value(isEscaped: true), name: String(only))
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    // MARK: Bytes

    private func isAt(_ text: StaticString) -> Bool {
        place + text.utf8CodeUnitCount <= bytes.count
            && (0..<text.utf8CodeUnitCount).allSatisfy { bytes[place + $0] == text.utf8Start[$0] }
    }

    private mutating func takeBlanks() -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count, bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\t") { place += 1 }
        return bytes[start..<place]
    }

    /// The text until a tag, or a line's or the template's end.
    private mutating func takeText() -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "\n"), !isAt("{{") { place += 1 }
        return bytes[start..<place]
    }

    /// Takes the rest of the line, where it is blank.
    private mutating func takeLineEnd() -> Bool {
        let start = place
        _ = takeBlanks()
        if place == bytes.count { return true }
        if bytes[place] == UInt8(ascii: "\n") {
            place += 1
            return true
        }
        place = start
        return false
    }

    private func fault(_ message: String, at place: Int) -> TemplateFault {
        TemplateFault(template: name, line: 1 + bytes[..<place].count { $0 == UInt8(ascii: "\n") }, message: message)
    }
}
