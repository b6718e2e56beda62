/// Looks for a fixed text in many byte strings, most of which do not hold it.
///
/// Steps over as many bytes as the text is long wherever the last of them does not occur in it. Source: Horspool, "Practical fast
/// searching in strings".
struct ByteSearch: Sendable {
    private let text: [UInt8]
    /// How far the window may move where its last byte is this one.
    private var steps: [Int]

    /// Looks for `text`; an empty one is never found.
    init(_ text: [UInt8]) {
        self.text = text
        steps = Array(repeating: max(1, text.count), count: 256)
        for (place, byte) in text.dropLast().enumerated() { steps[Int(byte)] = text.count - 1 - place }
    }

    /// Whether `bytes` hold the text.
    func isFound(in bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer(isFound) }

    /// Whether a string's UTF-8 holds the text.
    func isFound(in string: String) -> Bool {
        var string = string
        return string.withUTF8(isFound)
    }

    private func isFound(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let last = text.last, bytes.count >= text.count else { return false }
        return text.withUnsafeBufferPointer { text in
            steps.withUnsafeBufferPointer { steps in
                var end = text.count - 1
                while end < bytes.count {
                    let byte = bytes[end]
                    if byte == last {
                        let start = end - text.count + 1
                        var place = 0
                        while place < text.count && bytes[start + place] == text[place] { place += 1 }
                        if place == text.count { return true }
                    }
                    end += steps[Int(byte)]
                }
                return false
            }
        }
    }
}
