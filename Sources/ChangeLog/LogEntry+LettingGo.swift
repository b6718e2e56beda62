import Causality
public import Vault

// A laptop may let contents go that others hold: what is left is the digest, marked so that it is never taken for what was destroyed, nor
// sent to anybody. Header, hash and signatures stay valid.

extension LogEntry {
    /// The numbers of the contents that were let go, with their digests. Throws `.malformed` where the bytes break the format.
    public func contentsLetGo() throws(LogError) -> [UInt16: Digest] {
        var found: [UInt16: Digest] = [:]
        try forEachContent { number, form in
            if case .letGo(let digest) = form { found[number] = digest }
        }
        return found
    }

    /// Whether none of the contents was let go, so that the entry can be sent. Throws `.malformed` as above.
    public var holdsAllContents: Bool {
        get throws(LogError) {
            var isWhole = true
            try forEachContent { _, form in
                if case .letGo = form { isWhole = false }
            }
            return isWhole
        }
    }

    /// The numbers of the contents that were not destroyed, whether they are held here or were let go. Throws `.malformed` as above.
    public func remainingContents() throws(LogError) -> Set<UInt16> {
        var remaining: Set<UInt16> = []
        try forEachContent { number, form in
            if case .destroyed = form { return }
            remaining.insert(number)
        }
        return remaining
    }

    /// The change set with those of the contents `numbers` let go that are held. Throws `.malformed` as above.
    public func lettingGo(_ numbers: Set<UInt16>) throws(LogError) -> LogEntry {
        try rewritten { number, form, writer in
            guard case .sealed = form, numbers.contains(number) else { return false }
            writer.data(ContentForm.letGoField, form.digest.bytes)
            return true
        }
    }

    /// The change set with contents back in their places that had been let go. What does not have the digest that the change set's author
    /// signed is passed over, as is what was not let go. Throws `.malformed` as above.
    public func takingBack(_ sealed: [UInt16: [UInt8]]) throws(LogError) -> LogEntry {
        try rewritten { number, form, writer in
            guard case .letGo(let digest) = form, let bytes = sealed[number], Self.isContent(bytes, of: digest) else { return false }
            writer.data(1, bytes)
            return true
        }
    }

    /// Whether `bytes` are the sealed content that has `digest`, and of a size that a content may have.
    public static func isContent(_ bytes: [UInt8], of digest: Digest) -> Bool {
        (SymmetricKey.overhead...LogLimits.contentBytesMax).contains(bytes.count) && Digest.hash(LogDomain.contentDigest, bytes) == digest
    }

    /// The change set with other contents: `change` writes what takes the place of one and says so, or says that it stays.
    private func rewritten(_ change: (UInt16, ContentForm, inout ByteWriter) -> Bool) throws(LogError) -> LogEntry {
        var output = ByteWriter(capacity: contents.count)
        try forEachContent { number, form in
            output.message(3) {
                if change(number, form, &$0) { return }
                switch form {
                case .sealed(let bytes): $0.data(1, Array(bytes))
                case .destroyed(let digest): $0.data(2, digest.bytes)
                case .letGo(let digest): $0.data(ContentForm.letGoField, digest.bytes)
                }
            }
        }
        return LogEntry(sequence: sequence, hash: hash, body: body, contents: output.bytes[...])
    }
}
