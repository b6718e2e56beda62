/// Looks for a canary, bytes that must never pass in the clear, in a stream that comes in pieces.
struct CanaryScan: Sendable {
    private let canary: [UInt8]
    /// The end of what came before, too short to hold the canary.
    private var tail: [UInt8] = []

    /// Looks for `canary`; an empty one is never found.
    init(_ canary: [UInt8]) { self.canary = canary }

    /// Takes the next piece. Returns how often the canary ends in it.
    mutating func feed(_ piece: [UInt8]) -> Int {
        guard let first = canary.first else { return 0 }
        let text = tail + piece
        var found = 0
        if text.count >= canary.count {
            var index = 0
            while index <= text.count - canary.count {
                if text[index] == first, text[index..<index + canary.count].elementsEqual(canary) {
                    found += 1
                    index += canary.count
                } else {
                    index += 1
                }
            }
            // What was found must not be found again together with the piece after it.
            tail = Array(text[max(index, text.count - canary.count + 1)...])
        } else {
            tail = text
        }
        return found
    }

    /// How often `canary` stands in `text`.
    static func count(of canary: [UInt8], in text: [UInt8]) -> Int {
        var scan = CanaryScan(canary)
        return scan.feed(text)
    }
}
