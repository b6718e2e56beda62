/// A declaration as far as the scan for documentation needs it.
struct Declaration: Equatable {
    /// `func`, `struct`, `var` ...
    var keyword: String
    var name: String
    /// Line of the keyword, counted from 1.
    var line: Int

    /// The public declarations that no documentation comment precedes.
    ///
    /// Public are: what says `public` or `open`, the members of a public extension and the requirements of a public
    /// protocol. Left out are the cases of an enum (the enum's comment speaks for them) and what another protocol
    /// already documents: members of an extension that declares a conformance, and in a type's own body the well-known
    /// requirements of `Equatable`, `CustomStringConvertible` and their like.
    static func undocumented(in tokens: [SwiftToken]) -> [Declaration] {
        var scanner = DeclarationScanner(tokens: tokens)
        return scanner.undocumented()
    }
}

/// Walks over the tokens of a file with a stack of the braces that are open.
private struct DeclarationScanner {
    /// What an opened brace belongs to.
    private enum Scope {
        case file
        case type
        case publicProtocol
        case publicExtension
        /// An extension that declares a conformance: the protocol documents its members.
        case conformance
        /// A body, a closure, an accessor: nothing in it is visible outside.
        case code
    }

    private static let keywords: Set<String> = [
        "actor", "associatedtype", "class", "enum", "func", "init", "let", "protocol", "struct", "subscript", "typealias",
        "var",
    ]

    private static let typeKeywords: Set<String> = ["actor", "class", "enum", "protocol", "struct"]

    private static let modifiers: Set<String> = [
        "borrowing", "class", "consuming", "convenience", "distributed", "dynamic", "fileprivate", "final", "indirect",
        "infix", "internal", "isolated", "lazy", "mutating", "nonisolated", "nonmutating", "open", "optional", "override",
        "package", "postfix", "prefix", "private", "public", "required", "static", "unowned", "unsafe", "weak",
    ]

    /// Requirements of the standard library's protocols, whose meaning everybody knows.
    private static let wellKnown: Set<String> = [
        "func ==", "func <", "func hash", "func encode", "func makeIterator", "func next", "func index", "var description",
        "var debugDescription", "var errorDescription", "var hashValue", "var rawValue", "let rawValue", "var allCases",
        "var customMirror", "var startIndex", "var endIndex", "init from", "init rawValue", "init stringLiteral",
        "init integerLiteral", "init arrayLiteral", "init dictionaryLiteral", "typealias RawValue", "typealias Element",
        "typealias Iterator", "typealias Index", "typealias ArrayLiteralElement",
    ]

    private let tokens: [SwiftToken]
    private var scopes: [(scope: Scope, parentheses: Int)] = [(.file, 0)]
    /// Parentheses and brackets open since the innermost brace.
    private var parentheses = 0
    /// The scope the next brace opens, once a type or an extension has been named.
    private var pending: Scope?

    init(tokens: [SwiftToken]) {
        self.tokens = tokens
    }

    mutating func undocumented() -> [Declaration] {
        var found: [Declaration] = []
        for index in tokens.indices {
            switch tokens[index].text {
            case "{":
                scopes.append((pending ?? .code, parentheses))
                pending = nil
                parentheses = 0
            case "}":
                if scopes.count > 1 { parentheses = scopes.removeLast().parentheses }
            case "(", "[":
                parentheses += 1
            case ")", "]":
                parentheses -= 1
            case "extension" where isDeclaration(at: index):
                pending = scopeOfExtension(at: index)
            case let word where Self.keywords.contains(word) && isDeclaration(at: index):
                if let declaration = missing(at: index) { found.append(declaration) }
            default:
                break
            }
        }
        return found
    }

    /// Whether the keyword begins a declaration that can be seen outside: not an argument label, not a member
    /// reference, not a modifier (`class func`), not inside a body.
    private func isDeclaration(at index: Int) -> Bool {
        guard parentheses == 0, scopes[scopes.count - 1].scope != .code, index + 1 < tokens.count else { return false }
        if index > 0, [".", "import", ":", "&", ","].contains(tokens[index - 1].text) { return false }
        let next = tokens[index + 1].text
        switch tokens[index].text {
        case "class": return !Self.keywords.contains(next) && !Self.modifiers.contains(next)
        case "init": return ["(", "<", "?", "!"].contains(next)
        case "subscript": return ["(", "<"].contains(next)
        case "actor": return tokens[index + 1].isWord && !tokens[index + 1].touchesPrevious
        default: return true
        }
    }

    /// The declaration at a keyword if it is public and nothing documents it. Also notes the scope a type opens.
    private mutating func missing(at index: Int) -> Declaration? {
        let (words, documented) = modifiersBefore(index)
        let keyword = tokens[index].text
        let scope = scopes[scopes.count - 1].scope
        let isPublic = isPublic(words, in: scope)
        if Self.typeKeywords.contains(keyword) {
            pending = keyword == "protocol" && isPublic ? .publicProtocol : .type
        }
        guard isPublic, !documented, scope != .conformance else { return nil }
        let name = nameOfDeclaration(at: index)
        guard !Self.wellKnown.contains("\(keyword) \(name)") else { return nil }
        return Declaration(keyword: keyword, name: name, line: tokens[index].line)
    }

    private func isPublic(_ modifiers: Set<String>, in scope: Scope) -> Bool {
        if modifiers.contains("public") || modifiers.contains("open") { return true }
        switch scope {
        case .publicProtocol: return true
        case .publicExtension: return modifiers.isDisjoint(with: ["internal", "package", "fileprivate", "private"])
        default: return false
        }
    }

    /// The modifiers that stand before a keyword, and whether a documentation comment precedes the declaration. A
    /// modifier with an argument, such as `private(set)`, says nothing about the declaration's own access.
    private func modifiersBefore(_ keyword: Int) -> (words: Set<String>, documented: Bool) {
        var words: Set<String> = []
        var documented = tokens[keyword].followsDocComment
        var index = keyword - 1
        while index >= 0 {
            var start = index
            let hasArgument = tokens[index].text == ")"
            if hasArgument { start = openingParenthesis(before: index) - 1 }
            guard start >= 0 else { break }
            if start > 0, tokens[start - 1].text == "@" {
                start -= 1
            } else if Self.modifiers.contains(tokens[start].text) {
                if !hasArgument { words.insert(tokens[start].text) }
            } else {
                break
            }
            documented = documented || tokens[start].followsDocComment
            index = start - 1
        }
        return (words, documented)
    }

    private func openingParenthesis(before closing: Int) -> Int {
        var depth = 0
        for index in stride(from: closing, through: 0, by: -1) {
            if tokens[index].text == ")" { depth += 1 }
            if tokens[index].text == "(" { depth -= 1 }
            if depth == 0 { return index }
        }
        return 0
    }

    /// A name, an operator, or the first label of an initialiser.
    private func nameOfDeclaration(at keyword: Int) -> String {
        var index = keyword + 1
        if tokens[keyword].text == "init" {
            while index < tokens.count, tokens[index].text != "(" { index += 1 }
            return index + 1 < tokens.count && tokens[index + 1].isWord ? tokens[index + 1].text : ""
        }
        guard index < tokens.count, !tokens[index].isWord else { return index < tokens.count ? tokens[index].text : "" }
        var name = tokens[index].text
        index += 1
        while index < tokens.count, tokens[index].touchesPrevious, tokens[index].text != "(", !tokens[index].isWord {
            name += tokens[index].text
            index += 1
        }
        return tokens[keyword].text == "subscript" ? "" : name
    }

    private func scopeOfExtension(at keyword: Int) -> Scope {
        let header = tokens[keyword...].prefix { $0.text != "{" && $0.text != "where" }
        if header.contains(where: { $0.text == ":" }) { return .conformance }
        return modifiersBefore(keyword).words.contains("public") ? .publicExtension : .type
    }
}
