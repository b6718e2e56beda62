/// Reads JSON as RFC 8259 has it, and nothing beyond it: one value, UTF-8, no name twice in an object, no lone surrogates.
///
/// Of its own because the system's decoder finds out what a value is by trying one type after the other, which takes
/// seconds for a deeply nested text and makes a long list slow.
struct JSONReader {
    /// Arrays and objects within each other. Deeper text is refused before it can use up the stack.
    static let depthMax = 128

    /// What is wrong, and how many bytes stand before it. Repeats nothing of the text.
    struct Fault: Error, Hashable {
        let offset: Int
        let expected: String
    }

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func value(of text: some Sequence<UInt8>) throws(Fault) -> JSONValue {
        var reader = JSONReader(Array(text))
        reader.skipBlanks()
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.position == reader.bytes.count else { throw reader.fault("the end") }
        return value
    }

    private func fault(_ expected: String) -> Fault { Fault(offset: position, expected: expected) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        switch next {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        default: throw fault("a value")
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw fault("a value") }
        position += word.utf8CodeUnitCount
        return value
    }

    private mutating func array(depth: Int) throws(Fault) -> [JSONValue] {
        guard depth <= Self.depthMax else { throw fault("at most \(Self.depthMax) levels") }
        position += 1
        var elements: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            skipBlanks()
            elements.append(try value(depth: depth))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw fault("a comma or ]") }
        }
    }

    private mutating func object(depth: Int) throws(Fault) -> [String: JSONValue] {
        guard depth <= Self.depthMax else { throw fault("at most \(Self.depthMax) levels") }
        position += 1
        var members: [String: JSONValue] = [:]
        skipBlanks()
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw fault("a name in quotes") }
            let start = position
            let name = try string()
            guard members[name] == nil else { throw Fault(offset: start, expected: "each name once") }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon") }
            skipBlanks()
            members[name] = try value(depth: depth)
            skipBlanks()
            if take(UInt8(ascii: "}")) { return members }
            guard take(UInt8(ascii: ",")) else { throw fault("a comma or }") }
        }
    }

    // MARK: - Numbers

    private mutating func digits() throws(Fault) {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw fault("a digit") }
    }

    private mutating func number() throws(Fault) -> JSONValue {
        let start = position
        var isWhole = true
        _ = take(UInt8(ascii: "-"))
        // A zero in front stands alone.
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let value = Int(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else {
            throw Fault(offset: start, expected: "a number of smaller magnitude")
        }
        return .double(value)
    }

    // MARK: - Strings

    private mutating func string() throws(Fault) -> String {
        position += 1
        let start = position
        // Most strings have no escapes: find the end and take the bytes as they are.
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        var content = bytes[start..<position]
        while !take(UInt8(ascii: "\"")) {
            switch next {
            case UInt8(ascii: "\\"):
                position += 1
                content += try escaped()
            case .some(let byte) where byte >= 0x20:
                position += 1
                content.append(byte)
            default:
                throw fault("the end of a string")
            }
        }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Fault(offset: start, expected: "UTF-8")
        }
        return text
    }

    /// The bytes that stand for what follows a backslash.
    private mutating func escaped() throws(Fault) -> [UInt8] {
        guard let byte = next else { throw fault("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        default:
            position -= 1
            throw fault("an escape")
        }
    }

    /// The character of `\uXXXX`, or of two of them that make a pair.
    private mutating func scalar() throws(Fault) -> Unicode.Scalar {
        let start = position
        var value = try codeUnit()
        if (0xD800...0xDBFF).contains(value), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try codeUnit()
            if (0xDC00...0xDFFF).contains(low) { value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00) }
        }
        guard let scalar = Unicode.Scalar(value) else { throw Fault(offset: start, expected: "a whole character") }
        return scalar
    }

    private mutating func codeUnit() throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
