/// Something that is about to be said: plaintext and the key it is to be sealed under.
public struct ContentDraft: Sendable {
    /// Which key.
    public enum Key: Sendable {
        /// The epoch's: only for content keys themselves and what belongs to no thread.
        case epoch
        /// A thread's.
        case thread(ContentKey)
    }

    /// What is said.
    public let plaintext: [UInt8]
    /// What it is sealed under.
    public let key: Key

    /// `plaintext`, to be sealed under `key`.
    public init(_ plaintext: [UInt8], under key: Key) {
        self.plaintext = plaintext
        self.key = key
    }

    /// UTF-8 `text`, to be sealed under `key`.
    public init(_ text: String, under key: Key) { self.init(Array(text.utf8), under: key) }
}
