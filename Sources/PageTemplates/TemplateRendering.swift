/// Writes templates with what they show into one buffer.
struct TemplateRendering {
    private let templates: [String: [TemplateNode]]
    private(set) var bytes: [UInt8] = []
    /// The objects that names are looked for in, the innermost last.
    private var objects: [[String: Any]]
    /// What the section is about.
    private var subject: Any

    init(_ templates: [String: [TemplateNode]], _ model: [String: Any]) {
        self.templates = templates
        objects = [model]
        subject = model
        bytes.reserveCapacity(64 * 1024)
    }

    /// Writes `nodes`; `blocks` are what takes the place of the blocks in them.
    mutating func render(_ nodes: [TemplateNode], blocks: [String: [TemplateNode]]) {
        for node in nodes {
            switch node {
            case .text(let text): bytes += text
            case .value(let path, let isEscaped):
                if let value = value(at: path) { write(value, isEscaped) }
            case .section(let path, let inner, isInverted: false): renderSection(value(at: path), inner, blocks)
            case .section(let path, let inner, isInverted: true):
                let value = value(at: path)
                if Self.isPresent(value) { break }
                // The section is about the list that is empty, as in swift-mustache.
                if let value, !(value is Bool) { render(inner, blocks, about: value) } else { render(inner, blocks: blocks) }
            case .partial(let name, let filled):
                // What is filled in from outside has precedence: a page over the frame that its frame takes in.
                if let inner = templates[name] {
                    render(inner, blocks: filled.isEmpty ? blocks : blocks.merging(filled) { outer, _ in outer })
                }
            case .block(let name, let otherwise): render(blocks[name] ?? otherwise, blocks: blocks)
            }
        }
    }

    private mutating func renderSection(_ value: Any?, _ nodes: [TemplateNode], _ blocks: [String: [TemplateNode]]) {
        switch value {
        case nil: break
        case let flag as Bool:
            if flag { render(nodes, blocks: blocks) }
        case let object as [String: Any]: render(nodes, blocks, about: object)
        case let text as String: render(nodes, blocks, about: text)
        case let list as [[String: Any]]:
            for object in list { render(nodes, blocks, about: object) }
        case let list as [String]:
            for text in list { render(nodes, blocks, about: text) }
        case let list as [Any]:
            for element in list {
                if let object = element as? [String: Any] {
                    render(nodes, blocks, about: object)
                } else {
                    render(nodes, blocks, about: element)
                }
            }
        case let value?: render(nodes, blocks, about: value)
        }
    }

    private mutating func render(_ nodes: [TemplateNode], _ blocks: [String: [TemplateNode]], about object: [String: Any]) {
        objects.append(object)
        render(nodes, blocks, about: object as Any)
        objects.removeLast()
    }

    private mutating func render(_ nodes: [TemplateNode], _ blocks: [String: [TemplateNode]], about value: Any) {
        let outer = subject
        subject = value
        render(nodes, blocks: blocks)
        subject = outer
    }

    // MARK: Values

    private func value(at path: TemplatePath) -> Any? {
        guard let first = path.names.first else { return subject }
        guard path.climbs else { return Self.value(path.names[...], in: subject) }
        var place = objects.count
        while place > 0 {
            place -= 1
            if let value = objects[place][first] { return path.names.count == 1 ? value : Self.value(path.names.dropFirst(), in: value) }
        }
        return nil
    }

    private static func value(_ names: ArraySlice<String>, in value: Any) -> Any? {
        var value = value
        for name in names {
            guard let inner = (value as? [String: Any])?[name] else { return nil }
            value = inner
        }
        return value
    }

    private static func isPresent(_ value: Any?) -> Bool {
        switch value {
        case nil: false
        case let flag as Bool: flag
        case is [String: Any], is String: true
        case let list as [[String: Any]]: !list.isEmpty
        case let list as [String]: !list.isEmpty
        case let list as [Any]: !list.isEmpty
        case _?: true
        }
    }

    private mutating func write(_ value: Any, _ isEscaped: Bool) {
        switch value {
        case let text as String:
            if isEscaped { HTMLEscaping.append(text, to: &bytes) } else { bytes += text.utf8 }
        case let html as RenderedHTML:
            if isEscaped { HTMLEscaping.append(html.text, to: &bytes) } else { bytes += html.bytes }
        case let number as Int: bytes += String(number).utf8
        default:
            let text = String(describing: value)
            if isEscaped { HTMLEscaping.append(text, to: &bytes) } else { bytes += text.utf8 }
        }
    }
}
