import Causality
import Foundation
import InboxModel
import Vault

@testable import ChangeLog

extension VectorWorld {
    /// One run of each kind that must be refused, and contents that must not open.
    static func refusals() throws -> Vector.Refusals {
        let log = try VectorLog()
        return Vector.Refusals(
            runs: try altered(log) + elsewhere(log) + malformed(log), contents: try contents(log))
    }

    private static func refusal(
        _ name: String, _ why: String, _ frame: [UInt8], _ expected: LogError.Code, after anchor: LogHead,
        epoch: Int = 0,
        author: Int = 0
    ) -> Vector.Refusal {
        .init(
            name: name, why: why, anchorSequence: Wide(anchor.sequence), anchorHash: Hex(anchor.hash.bytes),
            epoch: epoch,
            author: author, frame: Hex(frame), expected: expected.rawValue)
    }

    private static func altered(_ log: VectorLog) throws -> [Vector.Refusal] {
        let anchor = log.head(at: 2)
        let parts = log.entries[2...3].map(\.parts)
        let hash = log.head(at: 4).hash
        func flipped(_ entry: Int, _ part: WritableKeyPath<(body: [UInt8], contents: [UInt8]), [UInt8]>) throws
            -> [UInt8]
        {
            var changed = parts
            changed[entry][keyPath: part][changed[entry][keyPath: part].count - 1] ^= 1
            return try log.frame(first: 3, changed, hash: hash)
        }
        var rosterFlipped = log.entries[4].parts
        rosterFlipped.body[2] ^= 1
        let fork = try VectorLog(fork: true)
        return try [
            refusal(
                "changes-bit", "one bit of sealed changes is flipped", flipped(0, \.body), .badSignature, after: anchor),
            refusal(
                "content-bit", "one bit of a sealed content is flipped", flipped(1, \.contents), .badSignature,
                after: anchor),
            refusal(
                "roster-bit", "one bit of roster changes is flipped",
                log.frame(first: 5, [rosterFlipped], hash: log.head(at: 5).hash), .badSignature, after: log.head(at: 4)),
            refusal(
                "content-digest", "a destroyed content with the digest of another",
                log.frame(
                    first: 4,
                    [
                        {
                            var parts = purge(0, of: log.entries[3])
                            parts.contents[parts.contents.count - 1] ^= 1
                            return parts
                        }()
                    ], hash: hash), .badSignature, after: log.head(at: 3)),
            refusal(
                "reordered", "two change sets changed places", log.frame(first: 3, parts.reversed(), hash: hash),
                .badSignature, after: anchor),
            refusal(
                "removed", "a change set is missing in the middle",
                log.frame(first: 2, [log.entries[1].parts, log.entries[3].parts], hash: hash), .badSignature,
                after: log.head(at: 1)),
            refusal(
                "repeated", "a change set stands there twice",
                log.frame(first: 3, [parts[0], parts[0], parts[1]], hash: hash), .badSignature, after: anchor),
            refusal(
                "end-removed", "the last change set is missing", log.frame(first: 3, [parts[0]], hash: hash),
                .badSignature, after: anchor),
            refusal(
                "signature-of-another", "the signature is that of the change set before the last",
                log.frame(first: 3, parts, hash: log.head(at: 3).hash), .badSignature, after: anchor),
            refusal(
                "spliced", "two histories of one replica are joined",
                log.frame(first: 3, [parts[0], fork.entries[3].parts], hash: fork.head(at: 4).hash), .badSignature,
                after: anchor)
        ]
    }

    private static func elsewhere(_ log: VectorLog) throws -> [Vector.Refusal] {
        let anchor = log.head(at: 2)
        let frame = try log.frame(3...4)
        let otherGroup = try VectorLog(group: GroupID(genesis: Array("another group".utf8)))
        let otherReplica = try VectorLog(replica: ReplicaID(0x0102))
        let otherEpoch = try VectorLog(epoch: 1)
        let entries = otherReplica.entries[..<2].map(\.parts)
        return try [
            refusal(
                "wrong-anchor", "the run follows another history than the one held", frame, .badSignature,
                after: LogHead(anchor.replica, 2, log.head(at: 1).hash)),
            refusal("gap", "the run does not begin after the anchor", frame, .malformed, after: log.head(at: 1)),
            refusal(
                "wrong-author", "the roster names another member as the author", frame, .badSignature, after: anchor,
                author: 1),
            refusal(
                "other-group", "the log was sealed in another group", otherGroup.frame(1...2), .badSignature,
                after: log.head(at: 0)),
            refusal(
                "other-replica", "the log was sealed by another replica",
                log.frame(first: 1, entries, hash: otherReplica.head(at: 2).hash), .badSignature, after: log.head(at: 0)
            ),
            refusal(
                "other-epoch-named", "the run names another epoch than its change sets were sealed under",
                log.frame(first: 3, log.entries[2...3].map(\.parts), hash: log.head(at: 4).hash) {
                    $0.epoch = otherEpoch.epoch.id
                },
                .badSignature, after: anchor),
            refusal(
                "other-epoch-key", "the changes were sealed under another key than the one at hand", frame, .cannotOpen,
                after: anchor, epoch: 1)
        ]
    }

    private static func malformed(_ log: VectorLog) throws -> [Vector.Refusal] {
        let anchor = log.head(at: 2)
        let hash = log.head(at: 3).hash
        let entry = log.entries[2].parts
        func run(_ name: String, _ why: String, _ body: [UInt8], _ contents: [UInt8] = []) throws -> Vector.Refusal {
            refusal(name, why, try log.frame(first: 3, [(body, contents)], hash: hash), .malformed, after: anchor)
        }
        func cut(_ count: Int) throws -> [UInt8] {
            var run = try log.frame(3...3)
            run = Array(run[(RunReader.runRange(in: run)?.lowerBound ?? 0)...].dropLast(count))
            var frame = ByteWriter()
            frame.data(5, run)
            return frame.bytes
        }
        func bare(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
            var frame = ByteWriter()
            frame.message(5, write)
            return frame.bytes
        }
        let many = Array(repeating: (body: [UInt8](), contents: [UInt8]()), count: LogLimits.runEntriesMax + 1)
        let epoch = try VectorWorld.epoch(0)
        return try [
            refusal("truncated", "the run ends inside its entry", cut(1), .malformed, after: anchor),
            refusal(
                "truncated-more", "the run ends inside its header", cut(entry.body.count + 40), .malformed,
                after: anchor),
            refusal("empty", "a run without fields", bare { _ in }, .malformed, after: anchor),
            refusal(
                "first-0", "a run from number 0", log.frame(first: 0, [entry], hash: hash), .malformed, after: anchor),
            refusal(
                "short-author", "an author of 31 bytes",
                bare {
                    $0.littleEndian64(1, anchor.replica.rawValue)
                    $0.data(2, [UInt8](repeating: 0, count: 31))
                    $0.number(3, 3)
                    $0.data(4, epoch.id.digest.bytes)
                    $0.data(5, [UInt8](repeating: 0, count: 64))
                    $0.data(6, entry.body)
                }, .malformed, after: anchor),
            refusal(
                "oversized-count", "4,097 change sets", log.frame(first: 3, many, hash: hash), .tooLarge, after: anchor),
            run("entry-field-twice", "sealed changes twice in one entry", entry.body + entry.body),
            run("entry-order", "roster changes after sealed changes", entry.body + [0x0A, 1, 0]),
            run("entry-empty-roster", "roster changes that are present and empty", [0x0A, 0] + entry.body),
            run("entry-unknown", "an unknown field in an entry", entry.body + [0x22, 1, 0]),
            run("entry-long-length", "a length with a needless byte", [0x12] + long(entry.body)),
            run("entry-short-changes", "sealed changes of 39 bytes", [0x12, 39] + [UInt8](repeating: 0, count: 39)),
            run(
                "entry-contents-alone", "contents without changes", [],
                [0x1A, 18, 0x0A, 16] + [UInt8](repeating: 0, count: 16)),
            run(
                "content-short", "a sealed content of 15 bytes", entry.body,
                [0x1A, 17, 0x0A, 15] + [UInt8](repeating: 0, count: 15)),
            run(
                "content-digest-short", "a content digest of 31 bytes", entry.body,
                [0x1A, 33, 0x12, 31] + [UInt8](repeating: 0, count: 31)),
            run("content-empty", "a content without form", entry.body, [0x1A, 0])
        ]
    }

    /// The entry's body after its first byte, with one needless byte in the length.
    private static func long(_ body: [UInt8]) -> [UInt8] {
        // The length takes one byte below 128 and two from there on.
        let lengthBytes = body[1] < 0x80 ? 1 : 2
        var bytes = Array(body.dropFirst())
        bytes[lengthBytes - 1] |= 0x80
        bytes.insert(0, at: lengthBytes)
        return bytes
    }

    private static func contents(_ log: VectorLog) throws -> [Vector.ContentRefusal] {
        let entry = log.entries[1]
        let message = entry.parts
        let whole = message.body + message.contents
        let purged = purge(2, of: entry)
        // The last two contents change places: what stood at number 2 is offered as number 1.
        let fields = try split(message.contents)
        let moved = message.body + fields[0] + fields[2] + fields[1]
        let other = log.entries[3].parts.body + fields[2]
        func refused(
            _ name: String, _ sequence: UInt64, _ index: Int, _ key: String, _ entry: [UInt8], _ code: LogError.Code
        ) -> Vector.ContentRefusal {
            .init(
                name: name, sequence: Wide(sequence), index: index, key: key, runEntry: Hex(entry),
                expected: code.rawValue)
        }
        return [
            refused("moved to another number", 2, 1, "thread", moved, .cannotOpen),
            refused("moved to another change set", 4, 0, "thread", other, .cannotOpen),
            refused("opened as another number's change set", 3, 2, "thread", whole, .cannotOpen),
            refused("a thread's content with the epoch key", 2, 1, "epoch", whole, .cannotOpen),
            refused("a content key with the thread key", 2, 0, "thread", whole, .cannotOpen),
            refused("destroyed", 2, 2, "thread", purged.body + purged.contents, .purged),
            refused("no such number", 2, 3, "thread", whole, .noSuchContent)
        ]
    }

    /// The content fields of an entry, one by one.
    private static func split(_ contents: [UInt8]) throws -> [[UInt8]] {
        try contents.withReader { reader in
            var fields: [[UInt8]] = []
            while let tag = try reader.nextField() {
                var writer = ByteWriter()
                writer.data(3, Array(try reader.delimited(tag)))
                fields.append(writer.bytes)
            }
            return fields
        }
    }
}
