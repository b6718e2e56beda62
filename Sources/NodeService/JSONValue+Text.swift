extension JSONValue {
    /// The value that `text` spells: JSON in UTF-8, nested at most 128 levels deep, no name twice in an object.
    /// - Throws: ``NodeServiceError`` with ``NodeServiceError/Code/controlProtocol``, which repeats nothing of the text.
    public init(text: some Sequence<UInt8>) throws(NodeServiceError) {
        do throws(JSONReader.Fault) {
            self = try JSONReader.value(of: text)
        } catch {
            throw NodeServiceError(
                .controlProtocol, "it is not JSON: expected \(error.expected) after \(error.offset) bytes")
        }
    }

    /// The value on one line, members sorted by name, without blanks.
    public var oneLine: String { String(decoding: JSONWriter.text(of: self, indentation: nil), as: UTF8.self) }

    /// The value over several lines, members sorted by name, indented by two blanks a level.
    public var pretty: String { String(decoding: JSONWriter.text(of: self, indentation: 2), as: UTF8.self) }

    /// The value as a line for the control socket, with its line end.
    var line: [UInt8] { JSONWriter.text(of: self, indentation: nil) + [UInt8(ascii: "\n")] }
}
