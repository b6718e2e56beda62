import Causality
import ChangeLog
import InboxModel
import Vault

/// One replica of one member of a made-up group, with everything needed to seal its log and to read it. All of it follows from
/// the seed.
final class Author {
    let group: GroupID
    let replica: ReplicaID
    let epoch: EpochKey
    let thread: ContentKey
    let random: SeededRandomSource
    private let signing: SigningKeyPair
    private var sealer: ChangeSetSealer
    /// The log: entry n at index n - 1.
    private(set) var log: [LogEntry] = []

    init(seed: UInt64 = 1, replica: ReplicaID = ReplicaID(0xA1), group: String = "group", epoch: EpochKey? = nil) throws
    {
        random = SeededRandomSource(seed: seed, stream: "author")
        self.group = GroupID(genesis: Array(group.utf8))
        self.replica = replica
        self.epoch = try epoch ?? EpochKey(random: random)
        thread = try ContentKey(random: random)
        signing = try SigningKeyPair(random: random)
        sealer = ChangeSetSealer(group: self.group, head: LogHead(empty: replica))
    }

    var key: SigningPublicKey { signing.publicKey }
    var member: MemberID { MemberID(signingKey: key) }
    var head: LogHead { sealer.head }
    var keys: VerificationKeys {
        VerificationKeys(authors: [replica: member], signingKeys: [member: key], epochs: [epoch.id: epoch])
    }

    /// The body of the next change set.
    func body(_ changes: [Change], by actor: Actor = .system, clock: [TaggedClockEntry] = []) -> ChangeSetBody {
        let stamp = Stamp(Dot(replica, head.sequence + 1), HybridTimestamp(milliseconds: Int64(1_000 + head.sequence)))
        let set = ChangeSet(stamp: stamp, actor: actor, office: nil, changes: changes)
        return ChangeSetBody(set: set, clock: clock, isFullClock: head.sequence == 0)
    }

    @discardableResult
    func seal(_ body: ChangeSetBody?, contents: [ContentDraft] = [], roster: [UInt8] = []) throws -> LogEntry {
        let entry = try sealer.seal(body, contents: contents, rosterChanges: roster, under: epoch, random: random)
        log.append(entry)
        return entry
    }

    /// Seals `count` change sets, each one message with its text.
    func write(_ count: Int) throws {
        for _ in 0..<count {
            try seal(
                body([Samples.message]), contents: [ContentDraft("number \(head.sequence + 1)", under: .thread(thread))]
            )
        }
    }

    /// The head after entry `sequence`.
    func head(at sequence: UInt64) -> LogHead {
        sequence == 0 ? LogHead(empty: replica) : LogHead(replica, sequence, log[Int(sequence) - 1].hash)
    }

    func sign(_ hash: ChangeSetHash) throws -> Signature {
        signing.sign(LogDomain.changeSetSignature, try Digest(copying: hash.bytes))
    }

    /// The header of a run from `first` whose last entry has `hash`.
    func header(first: UInt64, hash: ChangeSetHash) throws -> RunHeader {
        RunHeader(replica: replica, author: member, first: first, epoch: epoch.id, signature: try sign(hash))
    }

    /// The frame of the run `numbers`.
    func frame(_ numbers: ClosedRange<UInt64>) throws -> [UInt8] {
        var writer = RunWriter()
        for number in numbers {
            let entry = log[Int(number) - 1]
            writer.add(sequence: number, body: entry.body, contents: entry.contents)
        }
        return writer.frame(try header(first: numbers.lowerBound, hash: head(at: numbers.upperBound).hash))
    }

    /// A frame of any entries under the header of a run of this log: for making runs that are wrong.
    func frame(first: UInt64, hash: ChangeSetHash, entries: [(body: [UInt8], contents: [UInt8])]) throws -> [UInt8] {
        var writer = RunWriter()
        for entry in entries { writer.add(sequence: 0, body: entry.body, contents: entry.contents) }
        return writer.frame(try header(first: first, hash: hash))
    }
}

extension LogEntry {
    var parts: (body: [UInt8], contents: [UInt8]) { (Array(body), Array(contents)) }
}

/// Reads the run in `frame` as the log of `author`.
func read(
    _ frame: [UInt8], of author: Author, after anchor: LogHead? = nil, group: GroupID? = nil, key: EpochKey?? = nil,
    signedBy signer: SigningPublicKey? = nil
) throws(LogError) -> VerifiedRun {
    guard let range = RunReader.runRange(in: frame) else { throw LogError(.malformed, "no run") }
    var reader = RunReader(group: group ?? author.group)
    return try reader.read(
        frame, in: range, after: anchor ?? LogHead(empty: author.replica), author: signer ?? author.key,
        key: key ?? author.epoch)
}

/// The code with which `body` is refused, or nil where it is not.
func refusal(_ body: () throws -> Void) -> LogError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? LogError)?.code
    }
}
