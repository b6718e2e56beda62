import Causality
import Foundation
import InboxModel
import SwiftProtobuf
import Testing
import Vault
import WireProtocol

@testable import ChangeLog

@Suite("Branches of forked logs")
struct LogBranchTests {
    private let author: Author

    init() throws {
        author = try Author()
        try author.write(5)
        try author.seal(nil, roster: [1, 2, 3])
    }

    private func branch(_ numbers: ClosedRange<UInt64>) throws -> LogBranch {
        let entries = numbers.map { author.log[Int($0) - 1] }
        return try LogBranch(
            origin: author.replica, author: author.member, previous: author.head(at: numbers.lowerBound - 1).hash, epoch: author.epoch.id,
            signature: try author.sign(author.head(at: numbers.upperBound).hash), entries: entries)
    }

    @Test("a branch is verified from its headers alone, and says the hash of its first change set", arguments: [1...1, 1...6, 3...4, 6...6])
    func verified(_ numbers: ClosedRange<UInt64>) throws {
        let branch = try branch(numbers)
        #expect(try branch.verify(in: author.group, key: author.key) == author.head(at: numbers.lowerBound).hash)
        let again = try LogBranch(bytes: branch.bytes)
        #expect(again == branch)
        let twin = try Suture_V1_Branch(serializedBytes: branch.bytes)
        #expect(try Array(twin.serializedData() as Data) == branch.bytes)
        #expect(twin.first == numbers.lowerBound && twin.links.count == numbers.count)
    }

    @Test("any bit that is altered is noticed")
    func altered() throws {
        let whole = try branch(3...4)
        let bytes = whole.bytes
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            guard let read = try? LogBranch(bytes: other), read != whole else { continue }
            // The author is named for whoever looks for its key.
            if read.author != whole.author { continue }
            #expect(throws: LogError.self, "byte \(index)") { _ = try read.verify(in: author.group, key: author.key) }
        }
    }

    @Test("another group, key or predecessor is none of it")
    func elsewhere() throws {
        let branch = try branch(3...4)
        #expect(throws: LogError.self) { _ = try branch.verify(in: GroupID(genesis: [9]), key: author.key) }
        let stranger = try Author(seed: 2)
        #expect(throws: LogError.self) { _ = try branch.verify(in: author.group, key: stranger.key) }
        let moved = LogBranch(
            origin: branch.origin, author: branch.author, first: 1, previous: branch.previous, epoch: branch.epoch,
            signature: branch.signature, links: branch.links)
        #expect(throws: LogError.self) { _ = try moved.verify(in: author.group, key: author.key) }
        let empty = LogBranch(
            origin: branch.origin, author: branch.author, first: 3, previous: branch.previous, epoch: branch.epoch,
            signature: branch.signature, links: [])
        #expect(throws: LogError.self) { _ = try empty.verify(in: author.group, key: author.key) }
    }

    @Test("a branch that is cut off, or whose links are no ends of headers, is malformed", arguments: [0, 65, 67, 97, 99])
    func malformed(_ count: Int) throws {
        #expect(throws: LogError.self) { _ = try LogBranch.Link([UInt8](repeating: 1, count: count)) }
        let bytes = try branch(3...4).bytes
        for cut in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: (any Error).self) {
                let read = try LogBranch(bytes: Array(bytes[..<cut]))
                _ = try read.verify(in: author.group, key: author.key)
            }
        }
    }

    @Test("the name of a branch follows from its log and first change set")
    func name() throws {
        let one = ReplicaID(branchOf: author.replica, from: author.head(at: 3).hash)
        #expect(one == ReplicaID(branchOf: author.replica, from: author.head(at: 3).hash))
        #expect(one != ReplicaID(branchOf: author.replica, from: author.head(at: 4).hash))
        #expect(one != ReplicaID(branchOf: ReplicaID(7), from: author.head(at: 3).hash))
    }

    @Test("a run under a branch's name is verified and opened as what its author wrote")
    func runOfABranch() throws {
        let name = ReplicaID(branchOf: author.replica, from: author.head(at: 3).hash)
        var writer = RunWriter()
        for entry in author.log[2...3] { writer.add(sequence: entry.sequence, body: entry.body, contents: entry.contents) }
        var header = try author.header(first: 3, hash: author.head(at: 4).hash)
        header.replica = name
        let frame = writer.frame(header)
        var keys = author.keys
        keys.authors[name] = author.member
        let base = LogHead(name, 2, author.head(at: 2).hash)
        var stranger = RunPreparer(group: author.group, heads: [base], keys: keys)
        guard case .refusedRun(let refusal, _) = stranger.prepare(frame), case .invalid = refusal.reason else {
            Issue.record("a run under another name than its author's was taken")
            return
        }
        keys.origins = LogOrigins([name: author.replica])
        var preparer = RunPreparer(group: author.group, heads: [base], keys: keys)
        guard case .run(let run, _) = preparer.prepare(frame) else {
            Issue.record("the run of a known branch was not taken")
            return
        }
        #expect(run.head == LogHead(name, 4, author.head(at: 4).hash))
        #expect(run.entries.compactMap(\.body?.set.dot) == [Dot(name, 3), Dot(name, 4)])
        let opener = ChangeSetOpener(group: author.group, origins: keys.origins)
        let text = try opener.content(0, of: author.log[2], replica: name, key: .thread(author.thread))
        #expect(String(decoding: text, as: UTF8.self) == "number 3")
    }
}
