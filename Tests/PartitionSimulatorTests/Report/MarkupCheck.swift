import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What an XML parser makes of a picture or a page: the check that it is well-formed, and material to ask about.
final class MarkupCheck: NSObject, XMLParserDelegate {
    private(set) var error: String?
    /// Names of elements, in the order of their beginnings.
    private(set) var elements: [String] = []
    /// Values of `id`, as often as they occur.
    private(set) var ids: [String] = []
    /// Names and values of all attributes.
    private(set) var attributes: [(name: String, value: String)] = []
    /// Contents of `title` elements within groups: what hovering shows.
    private(set) var titles: [String] = []
    /// All text outside of styles and scripts.
    private(set) var text = ""
    private var open: [String] = []

    init(_ markup: String) {
        super.init()
        let parser = XMLParser(data: Data(markup.utf8))
        parser.delegate = self
        if !parser.parse(), error == nil { error = "\(parser.parserError.map { "\($0)" } ?? "unknown") in line \(parser.lineNumber)" }
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(element)
        open.append(element)
        for (name, value) in attributes { self.attributes.append((name, value)) }
        if let id = attributes["id"] { ids.append(id) }
        if element == "title" { titles.append("") }
    }

    func parser(_ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if open.last == "title", !titles.isEmpty { titles[titles.count - 1] += string }
        if open.last != "style", open.last != "script" { text += string }
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        error = "\(parseError) in line \(parser.lineNumber), column \(parser.columnNumber)"
    }
}
