import Causality
import Foundation
import InboxModel
import SwiftProtobuf
import Vault
import WireProtocol

@testable import ChangeLog

/// The log that the vectors of change sets, runs and refusals are about, and a second one like it that differs from number 3 on.
final class VectorLog {
    let group: GroupID
    let epoch: EpochKey
    let thread: ContentKey
    private(set) var entries: [LogEntry] = []
    private(set) var links: [Vector.Link] = []
    private var sealer: ChangeSetSealer
    private let signing: SigningKeyPair
    private let random = CountingSource()

    init(
        epoch number: Int = 0, member: Int = 0, group: GroupID? = nil, replica: ReplicaID = VectorWorld.replica,
        fork: Bool = false
    )
        throws
    {
        self.group = try group ?? VectorWorld.group()
        epoch = try VectorWorld.epoch(number)
        thread = try VectorWorld.contentKey()
        signing = try VectorWorld.signing(member)
        sealer = ChangeSetSealer(group: self.group, head: LogHead(empty: replica))
        try write(fork: fork)
    }

    func head(at sequence: Int) -> LogHead {
        sequence == 0
            ? LogHead(empty: sealer.head.replica)
            : LogHead(sealer.head.replica, UInt64(sequence), entries[sequence - 1].hash)
    }

    private func write(fork: Bool) throws {
        let office = OfficeID(high: 0x0190_0000_0000_0001, low: 1)
        let dana = StaffID(high: 0x0190_0000_0000_0002, low: 2)
        let queue = QueueID(high: 0x0190_0000_0000_0003, low: 3)
        let category = CategoryID(high: 0x0190_0000_0000_0004, low: 4)
        let profile = OfficeProfile(key: "TOW", name: "Towson", timeZone: "America/New_York")
        try add(
            [.directory(.office(office, profile), context: VersionVector())], by: .system,
            roster: VectorWorld.rosterChanges())
        let opening = ThreadOpening(
            patient: Samples.patient, office: office, category: category, urgency: .soon, queue: queue, language: "en")
        let question = MessagePosting(
            id: MessageID(high: 0x0190_0000_0000_0005, low: 5), direction: .inbound, channel: .portal, content: 2)
        try add(
            thread([.opened(opening), .contentKey(tag: 0, content: 0), .subject(content: 1), .message(question)]),
            by: .patient(Samples.patient),
            contents: [(nil, thread.bytes), (thread, text("Swelling")), (thread, text("Is this normal?"))])
        let context = VersionVector(Dot(sealer.head.replica, 2))
        let claim = OwnershipChange(act: .claimed, from: .queue(queue), to: .staff(dana))
        try add(
            thread([.ownership(claim)], context: context), by: .staff(dana),
            clock: [TaggedClockEntry(ReplicaID(0xB1B2), 300, tag: fork ? 1 : 0x0A0B_0C0D)])
        let reply = MessagePosting(
            id: MessageID(high: 0x0190_0000_0000_0006, low: 6), direction: .outbound, channel: .portal, content: 0,
            answers: [Dot(sealer.head.replica, 2)])
        try add(
            thread([.message(reply), .resolved(Resolution(outcome: "answered", told: .told))], context: context),
            by: .staff(dana),
            contents: [(thread, text("Yes, for two days."))])
        try add(nil, by: .system, roster: VectorWorld.endpointChange())
        try add([.unknown(UnknownChange(number: 200))], by: .automation("newer"))
    }

    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func thread(_ kinds: [ThreadChange], context: VersionVector = VersionVector()) -> [Change] {
        kinds.map { .thread(Samples.thread, context: context, $0) }
    }

    private func add(
        _ changes: [Change]?, by actor: Actor, clock: [TaggedClockEntry] = [], contents: [(ContentKey?, [UInt8])] = [],
        roster: [UInt8] = []
    ) throws {
        let before = sealer.head
        let dot = Dot(before.replica, before.sequence + 1)
        let stamp = Stamp(dot, HybridTimestamp(milliseconds: 1_700_000_000_000 + Int64(dot.sequence), counter: 1))
        let office = actor == .system ? nil : OfficeID(high: 0x0190_0000_0000_0001, low: 1)
        let body = changes.map {
            ChangeSetBody(
                set: ChangeSet(stamp: stamp, actor: actor, office: office, changes: $0), clock: clock,
                isFullClock: dot.sequence == 1)
        }
        let drafts = contents.map { ContentDraft($0.1, under: $0.0.map { .thread($0) } ?? .epoch) }
        let entry = try sealer.seal(body, contents: drafts, rosterChanges: roster, under: epoch, random: random)
        entries.append(entry)
        links.append(try link(entry, after: before, body: body, contents: contents, roster: roster))
    }

    /// The steps of sealing, each taken anew from what the entry says: not what the sealer had in between.
    private func link(
        _ entry: LogEntry, after before: LogHead, body: ChangeSetBody?, contents: [(ContentKey?, [UInt8])],
        roster: [UInt8]
    ) throws -> Vector.Link {
        let message = try Suture_V1_RunEntry(serializedBytes: Array(entry.body) + Array(entry.contents))
        let sealed = [UInt8](message.sealedChanges)
        var header = ChangeSetHeader(
            group: group, dot: Dot(before.replica, entry.sequence), previous: before.hash, epoch: epoch.id,
            rosterDigest: roster.isEmpty ? .zero : Digest.hash(LogDomain.rosterDigest, roster),
            changesDigest: sealed.isEmpty ? .zero : Digest.hash(LogDomain.changesDigest, sealed))
        var vectors: [Vector.Content] = []
        for (index, content) in message.contents.enumerated() {
            let place = ContentPlace(group: group, dot: header.dot, index: UInt16(index))
            let nonce = Nonce.derived(
                LogDomain.contentNonce, base: try Nonce(copying: Array(sealed.prefix(24))), index: UInt16(index))
            let digest = Digest.hash(LogDomain.contentDigest, [UInt8](content.sealed))
            header.contentDigests.append(digest)
            vectors.append(
                .init(
                    key: contents[index].0 == nil ? "epoch" : "thread", plaintext: Hex(contents[index].1),
                    nonce: Hex(nonce.bytes),
                    associatedData: Hex(place.associated), sealed: Hex(content.sealed), digest: Hex(digest.bytes)))
        }
        var seal = ByteWriter()
        header.writeChangesSeal(into: &seal)
        var bytes = ByteWriter()
        header.encode(into: &bytes)
        let plain = body.map { ChangeLogTests.bytes(of: $0) }
        return try Vector.Link(
            sequence: Wide(entry.sequence), previousHash: Hex(before.hash.bytes),
            rosterChanges: roster.isEmpty ? nil : Hex(roster),
            rosterDigest: Hex(header.rosterDigest.bytes), body: plain.map { Hex($0) },
            bodyJSON: plain.map { try JSONTree(Suture_V1_ChangeSetBody(serializedBytes: $0).jsonString()) },
            nonce: body == nil ? nil : Hex(sealed.prefix(24)), associatedData: body == nil ? nil : Hex(seal.bytes),
            sealedChanges: body == nil ? nil : Hex(sealed), changesDigest: Hex(header.changesDigest.bytes),
            contents: vectors,
            header: Hex(bytes.bytes), hash: Hex(entry.hash.bytes), signature: Hex(signature(entry.hash).bytes),
            runEntry: Hex(Array(entry.body) + Array(entry.contents)))
    }

    func signature(_ hash: ChangeSetHash) throws -> Signature {
        signing.sign(LogDomain.changeSetSignature, try Digest(copying: hash.bytes))
    }

    /// The frame of a run of `parts` from `first`, signed as if it ended with `hash`.
    func frame(
        first: UInt64, _ parts: [(body: [UInt8], contents: [UInt8])], hash: ChangeSetHash,
        _ change: (inout RunHeader) -> Void = { _ in }
    ) throws -> [UInt8] {
        var header = RunHeader(
            replica: sealer.head.replica, author: MemberID(signingKey: signing.publicKey), first: first,
            epoch: epoch.id,
            signature: try signature(hash))
        change(&header)
        var writer = RunWriter()
        for part in parts { writer.add(sequence: 0, body: part.body, contents: part.contents) }
        return writer.frame(header)
    }

    /// The frame of entries `numbers`.
    func frame(_ numbers: ClosedRange<Int>) throws -> [UInt8] {
        try frame(
            first: UInt64(numbers.lowerBound), entries[(numbers.lowerBound - 1)..<numbers.upperBound].map(\.parts),
            hash: head(at: numbers.upperBound).hash)
    }
}

extension VectorWorld {
    static func chain() throws -> Vector.Chain {
        let log = try VectorLog()
        return Vector.Chain(
            group: Hex(log.group.digest.bytes), replica: replicaHex(replica), author: Hex(try memberID(0).digest.bytes),
            epoch: Hex(log.epoch.id.digest.bytes), changeSets: log.links)
    }

    static func runs() throws -> [Vector.Run] {
        let log = try VectorLog()
        func run(_ name: String, _ numbers: ClosedRange<Int>, _ frame: [UInt8], destroyed: [String] = []) -> Vector.Run
        {
            let anchor = log.head(at: numbers.lowerBound - 1)
            let head = log.head(at: numbers.upperBound)
            return .init(
                name: name, anchorSequence: Wide(anchor.sequence), anchorHash: Hex(anchor.hash.bytes),
                frame: Hex(frame),
                headSequence: Wide(head.sequence), headHash: Hex(head.hash.bytes), destroyed: destroyed)
        }
        let purged = [purge(2, of: log.entries[1])] + log.entries[2...3].map(\.parts)
        let whole = try [
            log.entries[1].destroying([0, 1, 2]).parts, log.entries[2].parts, log.entries[3].destroying([0]).parts
        ]
        return try [
            run("the whole log", 1...6, log.frame(1...6)), run("one change set", 2...2, log.frame(2...2)),
            run("a part of the log", 3...5, log.frame(3...5)),
            run(
                "a content was destroyed", 2...4, log.frame(first: 2, purged, hash: log.head(at: 4).hash),
                destroyed: ["2/2"]),
            run(
                "a key and all that is sealed under it were destroyed", 2...4,
                log.frame(first: 2, whole, hash: log.head(at: 4).hash), destroyed: ["2/0", "2/1", "2/2", "4/0"])
        ]
    }
}
