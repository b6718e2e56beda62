import Causality
import Vault

/// Where a content belongs: moved anywhere else, it does not open.
struct ContentPlace {
    let group: GroupID
    let dot: Dot
    let index: UInt16

    var associated: [UInt8] {
        var writer = ByteWriter(capacity: 96)
        writer.raw(LogDomain.contentSeal.bytes)
        writer.digest(group.digest)
        writer.fixed64(dot.replica.rawValue)
        writer.fixed64(dot.sequence)
        writer.fixed16(index)
        return writer.bytes
    }
}

enum ContentSeal {
    /// Seals one content. Its nonce follows from the change set's own random nonce and the content's number, so that none is
    /// stored and none repeats.
    static func seal(
        _ content: ContentDraft, at place: ContentPlace, changesNonce: Nonce, epoch: EpochKey
    ) throws(LogError) -> [UInt8] {
        guard content.plaintext.count + SymmetricKey.overhead <= LogLimits.contentBytesMax else {
            throw LogError(
                .tooLarge, "a content of \(content.plaintext.count) bytes; the limit is \(LogLimits.contentBytesMax)")
        }
        let nonce = Nonce.derived(LogDomain.contentNonce, base: changesNonce, index: place.index)
        do {
            switch content.key {
            case .epoch: return try epoch.key.seal(content.plaintext, nonce: nonce, associated: place.associated)
            case .thread(let key): return try key.key.seal(content.plaintext, nonce: nonce, associated: place.associated)
            }
        } catch {
            throw LogError(.cannotSeal, "sealing content failed: \(error)")
        }
    }
}
