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
        var young: [ContentReference: String] = [:]
        var old: [ContentReference: String] = [:]
    }

    private let contents = Mutex(Contents())

    init() {}

    /// The text at `reference`, where it was opened lately.
    public func text(at reference: ContentReference) -> String? {
        contents.withLock { contents in
            if let text = contents.young[reference] { return text }
            guard let text = contents.old[reference] else { return nil }
            Self.insert(text, at: reference, in: &contents)
            return text
        }
    }

    /// Keeps a text that was opened.
    public func keep(_ text: String, at reference: ContentReference) {
        guard text.utf8.count <= Self.byteCountMax else { return }
        contents.withLock { Self.insert(text, at: reference, in: &$0) }
    }

    /// Forgets all of them.
    func forget() { contents.withLock { $0 = Contents() } }

    private static func insert(_ text: String, at reference: ContentReference, in contents: inout Contents) {
        if contents.young.count >= generationMax {
            contents.old = contents.young
            contents.young = [:]
        }
        contents.young[reference] = text
    }
}
