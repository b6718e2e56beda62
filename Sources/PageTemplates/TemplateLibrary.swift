/// Templates that know each other by name, and what they make of values: HTML.
///
/// The language is Mustache. Values are dictionaries (`[String: Any]`), lists (arrays), texts, flags (`Bool`) and numbers; an empty text
/// counts as present. Everything is made safe for HTML unless it stands in three braces or is HTML already (`RenderedHTML`).
public struct TemplateLibrary: Sendable {
    private let templates: [String: [TemplateNode]]

    /// Reads the templates. Throws where one is damaged, or names another that is not there or that leads back to it.
    public init(_ sources: [(name: String, bytes: [UInt8])]) throws(TemplateFault) {
        var templates: [String: [TemplateNode]] = [:]
        for source in sources {
            var parser = TemplateParser(source.name, source.bytes)
            templates[source.name] = try parser.nodes()
        }
        self.templates = templates
        for name in templates.keys.sorted() { try check(templates[name] ?? [], within: [name]) }
    }

    /// What the template of that name makes of `model`. Throws where there is none.
    public func render(_ name: String, _ model: [String: Any]) throws(TemplateFault) -> RenderedHTML {
        guard let nodes = templates[name] else {
            throw TemplateFault(template: name, line: 1, message: "There is none of this name among \(templates.count).")
        }
        var rendering = TemplateRendering(templates, model)
        rendering.render(nodes, blocks: [:])
        return RenderedHTML(bytes: rendering.bytes)
    }

    private func check(_ nodes: [TemplateNode], within names: [String]) throws(TemplateFault) {
        for node in nodes {
            switch node {
            case .text, .value: break
            case .section(_, let inner, _), .block(_, let inner): try check(inner, within: names)
            case .partial(let name, let blocks):
                func fault(_ message: String) -> TemplateFault { TemplateFault(template: names.last ?? "", line: 1, message: message) }
                guard let inner = templates[name] else { throw fault("It takes in “\(name)”, which is not there.") }
                guard !names.contains(name) else { throw fault("It takes in “\(name)”, which takes it in.") }
                try check(inner, within: names + [name])
                for block in blocks.keys.sorted() { try check(blocks[block] ?? [], within: names) }
            }
        }
    }
}

/// HTML that a template made. Where another template shows it in three braces, it is taken as it is.
public struct RenderedHTML: Hashable, Sendable {
    /// UTF-8.
    public var bytes: [UInt8]

    /// HTML that was made elsewhere; nothing for none.
    public init(bytes: [UInt8] = []) { self.bytes = bytes }

    /// As text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
