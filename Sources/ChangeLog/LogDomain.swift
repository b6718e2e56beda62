public import Vault

/// The domain labels of everything that the log hashes, signs or seals. Listed in `Protocol/README.md`; never reused.
public enum LogDomain {
    /// Group id: hash of the genesis record.
    public static let genesis = Domain("suture genesis v1")
    /// Member id: hash of the signing key.
    public static let member = Domain("suture member v1")
    /// Epoch id: hash of the epoch key.
    public static let epoch = Domain("suture epoch v1")
    /// Change set hash: over the header.
    public static let changeSet = Domain("suture change set v1")
    /// Signature over a change set hash.
    public static let changeSetSignature = Domain("suture change set signature v1")
    /// Digest of sealed changes.
    public static let changesDigest = Domain("suture sealed changes v1")
    /// Digest of roster changes.
    public static let rosterDigest = Domain("suture roster changes v1")
    /// Digest of sealed content.
    public static let contentDigest = Domain("suture content v1")
    /// Associated data of sealed changes.
    public static let changesSeal = Domain("suture changes seal v1")
    /// Associated data of sealed content.
    public static let contentSeal = Domain("suture content seal v1")
    /// Nonce of sealed content, from the nonce of its change set's changes.
    public static let contentNonce = Domain("suture content nonce v1")
    /// Name of a branch of a log that was forked.
    public static let branch = Domain("suture branch v1")
    /// Digest of a clock with head hashes.
    public static let clock = Domain("suture clock v1")
    /// Digest of logs that are sealed.
    public static let sealedLogs = Domain("suture sealed logs v1")
    /// Signature of a joiner over its member record.
    public static let join = Domain("suture join v1")
    /// Digest and signature of an order of the recovery signers.
    public static let recovery = Domain("suture recovery v1")
    /// Commitment of a joiner to its random number.
    public static let joinCommitment = Domain("suture join commitment v1")
    /// The code that two people compare.
    public static let joinCode = Domain("suture join code v1")
    /// Check of an invitation's text.
    public static let invitation = Domain("suture invitation v1")
}
