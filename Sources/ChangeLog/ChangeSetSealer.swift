public import Causality
import InboxModel
public import Vault

/// Seals one replica's new change sets and chains them to its log.
///
/// Ordering duty: a sealed entry must be durable before it or its hash leaves the node, and must not be sealed twice under one
/// number: that would be a fork.
public struct ChangeSetSealer: Sendable {
    /// The group.
    public let group: GroupID
    /// The end of the log: what the next change set follows.
    public private(set) var head: LogHead
    private var plaintext = ByteWriter(capacity: 4096)
    private var scratch = ByteWriter(capacity: 512)

    /// A sealer that goes on after `head`.
    public init(group: GroupID, head: LogHead) {
        self.group = group
        self.head = head
    }

    /// Seals the next change set and moves `head` to it.
    ///
    /// - Parameters:
    ///   - body: What happened; its dot must be the one after `head`. Nil for a set of roster changes alone.
    ///   - contents: What its changes refer to by number, in order.
    ///   - rosterChanges: A serialized `RosterChanges`, or empty.
    ///   - key: The epoch to seal under.
    ///   - random: Where the nonce comes from.
    ///
    /// Throws `.tooLarge` and `.malformed` for what a receiver would refuse: once sealed it would stop the log for good. Nothing is
    /// sealed then and `head` stays.
    public mutating func seal(
        _ body: ChangeSetBody?, contents: [ContentDraft] = [], rosterChanges: [UInt8] = [], under key: EpochKey,
        random: any RandomSource
    ) throws(LogError) -> LogEntry {
        let dot = Dot(head.replica, head.sequence + 1)
        var header = ChangeSetHeader(group: group, dot: dot, previous: head.hash, epoch: key.id)
        var output = ByteWriter(capacity: 512)
        if !rosterChanges.isEmpty {
            header.rosterDigest = Digest.hash(LogDomain.rosterDigest, rosterChanges)
            output.data(1, rosterChanges)
        }
        let nonce = Nonce(random: random)
        if let body {
            let sealed = try sealChanges(body, header: header, nonce: nonce, key: key)
            header.changesDigest = Digest.hash(LogDomain.changesDigest, sealed)
            output.data(2, sealed)
        } else if !contents.isEmpty {
            throw LogError(.malformed, "contents without changes that refer to them")
        }
        let bodyCount = output.count
        guard contents.count <= LogLimits.contentsMax else {
            throw LogError(.tooLarge, "\(contents.count) contents; one action may say \(LogLimits.contentsMax)")
        }
        for (index, content) in contents.enumerated() {
            let place = ContentPlace(group: group, dot: dot, index: UInt16(index))
            let sealed = try ContentSeal.seal(content, at: place, changesNonce: nonce, epoch: key)
            header.contentDigests.append(Digest.hash(LogDomain.contentDigest, sealed))
            output.message(3) { $0.data(1, sealed) }
        }
        guard output.count <= LogLimits.changeSetBytesMax else {
            throw LogError(.tooLarge, "a change set of \(output.count) bytes; the limit is \(LogLimits.changeSetBytesMax)")
        }
        head = LogHead(dot.replica, dot.sequence, header.hash(scratch: &scratch))
        let bytes = output.bytes
        return LogEntry(
            sequence: dot.sequence, hash: head.hash, body: bytes[..<bodyCount], contents: bytes[bodyCount...])
    }

    /// Makes the next change set of roster changes alone, which needs no key: what a relay writes. Throws and moves `head` as above.
    ///
    /// - Parameter epoch: What its header names; nothing in it is sealed.
    public mutating func seal(rosterChanges: [UInt8], epoch: EpochID) throws(LogError) -> LogEntry {
        let dot = Dot(head.replica, head.sequence + 1)
        var header = ChangeSetHeader(group: group, dot: dot, previous: head.hash, epoch: epoch)
        header.rosterDigest = Digest.hash(LogDomain.rosterDigest, rosterChanges)
        var output = ByteWriter(capacity: rosterChanges.count + 16)
        output.data(1, rosterChanges)
        guard output.count <= LogLimits.changeSetBytesMax else {
            throw LogError(.tooLarge, "a change set of \(output.count) bytes; the limit is \(LogLimits.changeSetBytesMax)")
        }
        head = LogHead(dot.replica, dot.sequence, header.hash(scratch: &scratch))
        let bytes = output.bytes
        return LogEntry(sequence: dot.sequence, hash: head.hash, body: bytes[...], contents: [])
    }

    private mutating func sealChanges(
        _ body: ChangeSetBody, header: ChangeSetHeader, nonce: Nonce, key: EpochKey
    ) throws(LogError) -> [UInt8] {
        guard body.set.dot == header.dot else {
            throw LogError(.malformed, "a change set numbered \(body.set.dot) where \(header.dot) comes next")
        }
        plaintext.removeAll()
        body.encode(into: &plaintext)
        guard plaintext.count + Nonce.byteCount + SymmetricKey.overhead <= LogLimits.changesBytesMax else {
            throw LogError(.tooLarge, "changes of \(plaintext.count) bytes; one action may make \(LogLimits.changesBytesMax)")
        }
        guard body.set.changes.count <= LogLimits.changesMax else {
            throw LogError(.tooLarge, "\(body.set.changes.count) changes; one action may make \(LogLimits.changesMax)")
        }
        do throws(ByteReader.Failure) {
            _ = try plaintext.withUnsafeBytes { buffer throws(ByteReader.Failure) in
                try ChangeSetBody.decode(buffer, of: body.set.dot)
            }
        } catch {
            throw LogError.malformed("the changes of \(body.set.dot), which nobody could read", error)
        }
        header.writeChangesSeal(into: &scratch)
        do {
            return try nonce.bytes + key.key.seal(plaintext.bytes, nonce: nonce, associated: scratch.bytes)
        } catch {
            throw LogError(.cannotSeal, "sealing changes failed: \(error)")
        }
    }
}
