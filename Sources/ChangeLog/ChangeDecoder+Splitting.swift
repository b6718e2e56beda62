import Causality
import InboxModel

// Messages that go on in another thread; each function takes a reader over the kind's own message. Nil where something is missing that a
// newer version may write otherwise.
extension ChangeDecoder {
    static func split(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var into: ThreadID?
        var parts: [ThreadSplit.Part?] = []
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: into = try reader.identifier(tag)
            case 2: parts.append(try part(ByteReader(try reader.delimited(tag))))
            default: try reader.skip(tag)
            }
        }
        guard let into, let parts = whole(parts) else { return nil }
        return .split(ThreadSplit(parts, into: into))
    }

    static func continuation(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadChange? {
        var reader = source
        var from: ThreadID?
        var parts: [ThreadSplit.Part?] = []
        var isWaiting = false
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: from = try reader.identifier(tag)
            case 2: parts.append(try part(ByteReader(try reader.delimited(tag))))
            case 3: isWaiting = try reader.number(tag) != 0
            default: try reader.skip(tag)
            }
        }
        guard let from, let parts = whole(parts) else { return nil }
        return .continued(ThreadContinuation(from: from, parts, isWaiting: isWaiting))
    }

    private static func whole(_ parts: [ThreadSplit.Part?]) -> [ThreadSplit.Part]? {
        let known = parts.compactMap(\.self)
        return known.count == parts.count ? known : nil
    }

    /// Nil where not exactly one change set is named.
    private static func part(_ source: ByteReader) throws(ByteReader.Failure) -> ThreadSplit.Part? {
        var reader = source
        var message: MessageID?
        var dots: [Dot] = []
        while let tag = try reader.nextField() {
            switch tag.number {
            case 1: message = try reader.identifier(tag)
            case 2:
                var inner = ByteReader(try reader.delimited(tag))
                dots = try inner.packedDots()
            default: try reader.skip(tag)
            }
        }
        guard let message, let dot = dots.first, dots.count == 1 else { return nil }
        return ThreadSplit.Part(message, in: dot)
    }
}
