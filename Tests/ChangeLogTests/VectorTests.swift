import Causality
import Foundation
import InboxModel
import SwiftProtobuf
import Testing
import Vault
import WireProtocol

@testable import ChangeLog

/// `Protocol/vectors` says how the format is; the program must produce, accept and refuse exactly that.
///
/// Where SUTURE_WRITE_VECTORS is set to 1 the files are written anew first: then see in the difference what changed, and why.
@Suite("Test vectors", .serialized)
struct VectorTests {
    @Test("keys, ids, labels and the genesis record are as the vectors say")
    func keys() throws {
        let keys = try VectorFile.keys.load(VectorWorld.keys)
        #expect(try keys == VectorWorld.keys())
        for member in keys.members {
            let signing = try SigningKeyPair(seed: member.signingSeed.bytes)
            #expect(signing.publicKey.bytes == member.signingKey.bytes)
            #expect(MemberID(signingKey: signing.publicKey).digest.bytes == member.memberID.bytes)
            #expect(try CurveKeyPair(secret: member.curveSecret.bytes).publicKey.z85 == member.curveKeyZ85)
        }
        #expect(GroupID(genesis: keys.genesis.bytes).digest.bytes == keys.groupID.bytes)
    }

    @Test("packed clocks, clock digests and timestamps are as the vectors say")
    func clocks() throws {
        let clocks = try VectorFile.clocks.load(VectorWorld.clocks)
        #expect(try clocks == VectorWorld.clocks())
        for packed in clocks.packed {
            try packed.packed.bytes.withReader { reader in
                switch packed.form {
                case "clock":
                    #expect(
                        try reader.packedClock().entries.map { Wide($0.sequence) } == packed.entries.map(\.sequence))
                case "dots":
                    #expect(try reader.packedDots().map { Wide($0.sequence) } == packed.entries.map(\.sequence))
                default:
                    let entries = try reader.packedTaggedClock()
                    #expect(entries.map { Wide($0.sequence) } == packed.entries.map(\.sequence))
                    #expect(entries.map { VectorWorld.replicaHex($0.replica) } == packed.entries.map(\.replica))
                }
            }
        }
        for refused in clocks.refused {
            #expect(throws: ByteReader.Failure.self, "\(refused.why)") {
                try refused.packed.bytes.withReader { reader in try reader.packedClock() }
            }
        }
    }

    @Test("change set bodies are written, read and refused as the vectors say")
    func changes() throws {
        let vectors = try VectorFile.changes.load(VectorWorld.changes)
        #expect(try vectors == VectorWorld.changes())
        let dot = Dot(VectorWorld.replica, vectors.dotSequence.value)
        for vector in vectors.bodies {
            let body = try decode(vector.bytes.bytes, of: dot)
            #expect(bytes(of: body) == vector.bytes.bytes, "\(vector.name)")
            #expect(try JSONTree(ProtobufTwin.message(body).jsonString()) == vector.body, "\(vector.name)")
            let message = try Suture_V1_ChangeSetBody(jsonString: vector.body.text())
            #expect(try ProtobufTwin.body(message, of: dot) == body, "\(vector.name)")
        }
        for vector in vectors.unknown {
            let changes = try decode(vector.bytes.bytes, of: dot).set.changes
            #expect(changes.count == vector.changes, "\(vector.name)")
            let unknown = changes.indices.filter { if case .unknown = changes[$0] { true } else { false } }
            #expect(unknown == vector.unknownAt, "\(vector.name)")
        }
        for vector in vectors.refused {
            #expect(throws: ByteReader.Failure.self, "\(vector.name)") { try decode(vector.bytes.bytes, of: dot) }
        }
    }

    @Test("a log is sealed, chained and signed as the vectors say, step by step")
    func chain() throws {
        let chain = try VectorFile.chain.load(VectorWorld.chain)
        #expect(try chain == VectorWorld.chain())
        let key = try VectorWorld.epoch(0)
        let author = try VectorWorld.signing(0).publicKey
        var previous = ChangeSetHash.zero
        for link in chain.changeSets {
            #expect(previous.bytes == link.previousHash.bytes)
            previous = ChangeSetHash(Digest.hash(LogDomain.changeSet, link.header.bytes))
            #expect(previous.bytes == link.hash.bytes)
            try author.verify(
                Signature(copying: link.signature.bytes), LogDomain.changeSetSignature, Digest(copying: link.hash.bytes)
            )
            guard let body = link.body, let sealed = link.sealedChanges, let seal = link.associatedData else {
                continue
            }
            let nonce = try Nonce(copying: Array(sealed.bytes.prefix(24)))
            #expect(
                try key.key.open(Array(sealed.bytes.dropFirst(24)), nonce: nonce, associated: seal.bytes) == body.bytes)
        }
        #expect(previous == (try VectorLog().head(at: chain.changeSets.count).hash))
    }

    @Test("runs are accepted as the vectors say, and open to what the log's vectors say")
    func runs() throws {
        let runs = try VectorFile.runs.load(VectorWorld.runs)
        #expect(try runs == VectorWorld.runs())
        let chain = try VectorFile.chain.load(VectorWorld.chain)
        for vector in runs {
            let run = try read(vector.frame, after: vector.anchorSequence, vector.anchorHash)
            #expect(run.head.sequence == vector.headSequence.value && run.head.hash.bytes == vector.headHash.bytes)
            for entry in run.entries {
                let link = chain.changeSets[Int(entry.entry.sequence) - 1]
                #expect(entry.rosterChanges == link.rosterChanges?.bytes, "\(vector.name)")
                if entry.entry.sequence != 6 {
                    #expect(entry.body.map { bytes(of: $0) } == link.body?.bytes, "\(vector.name)")
                }
                for (index, content) in link.contents.enumerated() {
                    let isDestroyed = vector.destroyed.contains("\(entry.entry.sequence)/\(index)")
                    try expect(content, index, of: entry.entry, destroyed: isDestroyed)
                }
            }
            #expect(
                run.entries.allSatisfy {
                    $0.entry.sequence != 6 || $0.body?.set.changes == [.unknown(UnknownChange(number: 200))]
                })
        }
    }

    @Test("runs and contents are refused as the vectors say")
    func refusals() throws {
        let vectors = try VectorFile.refusals.load(VectorWorld.refusals)
        #expect(try vectors == VectorWorld.refusals())
        for vector in vectors.runs {
            let code = refusal {
                _ = try read(
                    vector.frame, after: vector.anchorSequence, vector.anchorHash, epoch: vector.epoch,
                    author: vector.author)
            }
            #expect(code?.rawValue == vector.expected, "\(vector.name): \(vector.why)")
        }
        let opener = ChangeSetOpener(group: try VectorWorld.group())
        for vector in vectors.contents {
            let entry = LogEntry(
                sequence: vector.sequence.value, hash: .zero, body: vector.runEntry.bytes[...], contents: [])
            let key: ChangeSetOpener.SealingKey =
                try vector.key == "epoch" ? .epoch(VectorWorld.epoch(0)) : .thread(VectorWorld.contentKey())
            let code = refusal {
                _ = try opener.content(UInt16(vector.index), of: entry, replica: VectorWorld.replica, key: key)
            }
            #expect(code?.rawValue == vector.expected, "\(vector.name)")
        }
    }

    @Test("grants, joining, invitations and frames are as the vectors say")
    func membership() throws {
        let vectors = try VectorFile.membership.load(VectorWorld.membership)
        #expect(try vectors == VectorWorld.membership())
        let box = try BoxKeyPair(secret: vectors.grant.boxSecret.bytes)
        #expect(try box.open(vectors.grant.sealedKey.bytes) == vectors.grant.epochKey.bytes)
        let member = try Suture_V1_Member(serializedBytes: vectors.join.member.bytes)
        let key = try SigningPublicKey(copying: [UInt8](member.signingKey))
        try key.verify(
            Signature(copying: vectors.join.signature.bytes), LogDomain.join, Digest(copying: vectors.join.digest.bytes)
        )
        for vector in vectors.frames {
            let frame = try Suture_V1_Frame(serializedBytes: vector.bytes.bytes)
            #expect(try JSONTree(frame.jsonString()) == vector.json, "\(vector.kind)")
        }
        let invitation = try Suture_V1_Invitation(serializedBytes: vectors.invitation.message.bytes)
        #expect(try JSONTree(invitation.jsonString()) == vectors.invitation.json)
    }

    @Test("the vectors are the files that their README lists, and small enough to read")
    func files() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: VectorFile.folder.path).sorted()
        #expect(names == (VectorFile.allCases.map { "\($0.rawValue).json" } + ["README.md"]).sorted())
        let sizes = try names.map { try Data(contentsOf: VectorFile.folder.appendingPathComponent($0)).count }
        #expect(sizes.reduce(0, +) <= 400 * 1024)
    }

    private func read(
        _ frame: Hex, after sequence: Wide, _ hash: Hex, epoch: Int = 0, author: Int = 0
    ) throws -> VerifiedRun {
        let range = try #require(RunReader.runRange(in: frame.bytes))
        let anchor = LogHead(VectorWorld.replica, sequence.value, try #require(ChangeSetHash(bytes: hash.bytes)))
        var reader = RunReader(group: try VectorWorld.group())
        return try reader.read(
            frame.bytes, in: range, after: anchor, author: VectorWorld.signing(author).publicKey,
            key: VectorWorld.epoch(epoch))
    }

    private func expect(_ content: Vector.Content, _ index: Int, of entry: LogEntry, destroyed: Bool) throws {
        let opener = ChangeSetOpener(group: try VectorWorld.group())
        let key: ChangeSetOpener.SealingKey =
            try content.key == "epoch" ? .epoch(VectorWorld.epoch(0)) : .thread(VectorWorld.contentKey())
        if destroyed {
            #expect(
                refusal { _ = try opener.content(UInt16(index), of: entry, replica: VectorWorld.replica, key: key) }
                    == .purged)
        } else {
            #expect(
                try opener.content(UInt16(index), of: entry, replica: VectorWorld.replica, key: key)
                    == content.plaintext.bytes)
        }
    }
}
