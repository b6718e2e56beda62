public import InboxModel
import Synchronization

/// Short texts that were opened lately, such as the subjects of a list: opening one takes two change sets from the log and two
/// decryptions, and every page of a list shows fifty of the same.
///
/// A text never changes: it is named by the change set that carries it. Whether somebody may see it, and whether it was purged since, is
/// asked before this is. All are forgotten with a transaction that destroys contents, and when the store is closed.
public final class OpenedTexts: Sendable {
    /// Longer ones are not kept, in UTF-8 bytes.
    static let byteCountMax = 512
    /// How many are kept at least, where so many are asked for.
    private static let generationMax = 8_192

    private struct Contents {
        var texts = TwoGenerations<ContentReference, String>(generationMax: OpenedTexts.generationMax)
        var forgotten: UInt64 = 0
    }

    private let contents = Mutex(Contents())

    init() {}

    /// How often all were forgotten. To be taken before a text is read that is to be kept.
    public var forgotten: UInt64 { contents.withLock { $0.forgotten } }

    /// The text at `reference`, where it was opened lately.
    public func text(at reference: ContentReference) -> String? { contents.withLock { $0.texts.find(reference) } }

    /// Keeps a text that was opened, unless all were forgotten since `forgotten` was taken: it may be what was destroyed meanwhile.
    public func keep(_ text: String, at reference: ContentReference, since forgotten: UInt64) {
        guard text.utf8.count <= Self.byteCountMax else { return }
        contents.withLock { contents in
            if contents.forgotten == forgotten { contents.texts.keep(text, for: reference) }
        }
    }

    /// Forgets all of them.
    func forget() {
        contents.withLock { contents in
            contents.texts.removeAll()
            contents.forgotten += 1
        }
    }
}
