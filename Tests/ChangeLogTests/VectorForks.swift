import Causality
import Foundation
import SwiftProtobuf
import Testing
import Vault
import WireProtocol

@testable import ChangeLog

extension Vector {
    /// What proves that a log was forked, and the names that follow.
    struct Forks: Codable, Equatable {
        struct Branch: Codable, Equatable {
            /// The serialized `Branch`.
            let branch: Hex
            /// The hash of its first change set.
            let firstHash: Hex
            /// What the name is the beginning of the hash of, and the name.
            let named: Hex
            let name: Hex
        }
        struct Refused: Codable, Equatable {
            let why: String
            let branch: Hex
            let expected: String
        }
        let replica: Hex
        let author: Int
        /// Number of the first change set of each branch.
        let first: Wide
        let previousHash: Hex
        let branches: [Branch]
        /// A frame with all of them.
        let frame: Hex
        /// A frame with numbers and tags of the first history: how the two sides find `first`.
        let trace: Hex
        let refused: [Refused]
    }
}

extension VectorWorld {
    /// The log of `chain.json` and the one like it that differs from number 3 on.
    static func forks() throws -> Vector.Forks {
        let logs = try [VectorLog(), VectorLog(fork: true)]
        let branches = try logs.enumerated().map { try branch(of: $1, through: 3 + $0) }
        let messages = try branches.map { try Suture_V1_Branch(serializedBytes: $0.bytes) }
        let frame = Suture_V1_Frame.with { $0.fork.branches = messages }
        let trace = Suture_V1_Frame.with { frame in
            frame.trace.heads = (2...4).map { number in
                Suture_V1_Head.with {
                    $0.replica = replica.rawValue
                    $0.sequence = UInt64(number)
                    $0.tag = logs[0].head(at: number).hash.tag
                }
            }
        }
        return Vector.Forks(
            replica: replicaHex(replica), author: 0, first: Wide(3), previousHash: Hex(logs[0].head(at: 2).hash.bytes),
            branches: zip(branches, logs).map { branch, log in
                let first = log.head(at: 3).hash
                var named = ByteWriter()
                named.raw(LogDomain.branch.bytes)
                named.fixed64(replica.rawValue)
                named.hash(first)
                return .init(
                    branch: Hex(branch.bytes), firstHash: Hex(first.bytes), named: Hex(named.bytes),
                    name: replicaHex(ReplicaID(branchOf: replica, from: first)))
            },
            frame: Hex(try frame.serializedBytes() as [UInt8]), trace: Hex(try trace.serializedBytes() as [UInt8]),
            refused: try refusedBranches(branches[0], messages[0]))
    }

    private static func branch(of log: VectorLog, through last: Int) throws -> LogBranch {
        let hash = log.head(at: last).hash
        return try LogBranch(
            origin: replica, author: try memberID(0), previous: log.head(at: 2).hash, epoch: log.epoch.id,
            signature: try signing(0).sign(LogDomain.changeSetSignature, hash.digest), entries: Array(log.entries[2..<last]))
    }

    private static func refusedBranches(
        _ branch: LogBranch, _ message: Suture_V1_Branch
    ) throws -> [Vector.Forks.Refused] {
        func altered(
            _ why: String, _ expected: LogError.Code = .badSignature, _ change: (inout Suture_V1_Branch) throws -> Void
        ) throws -> Vector.Forks.Refused {
            var message = message
            try change(&message)
            return .init(why: why, branch: Hex(try message.serializedBytes() as [UInt8]), expected: expected.rawValue)
        }
        return try [
            altered("another number") { $0.first = 4 }, altered("another log") { $0.replica = 7 },
            altered("another change set before it") { $0.previous = Data(secret(1)) },
            altered("another epoch") { $0.epoch = Data(try epoch(1).id.digest.bytes) },
            altered("a bit of a digest") { $0.links[0][40] ^= 1 },
            altered("signed by somebody else") {
                let hash = try branch.verify(in: try group(), key: try signing(0).publicKey)
                $0.signature = Data(try signing(1).sign(LogDomain.changeSetSignature, hash.digest).bytes)
            },
            altered("number 1 with a change set before it", .malformed) { $0.first = 1 },
            altered("no change sets", .malformed) { $0.links = [] },
            altered("a header that is cut off", .malformed) { $0.links[0].removeLast() },
        ]
    }
}

extension VectorTests {
    @Test("branches of a forked log are verified, named and refused as the vectors say")
    func forks() throws {
        let forks = try VectorFile.forks.load(VectorWorld.forks)
        #expect(try forks == VectorWorld.forks())
        let key = try VectorWorld.signing(forks.author).publicKey
        let group = try VectorWorld.group()
        var names: Set<Hex> = []
        for vector in forks.branches {
            let branch = try LogBranch(bytes: vector.branch.bytes)
            #expect(branch.first == forks.first.value)
            #expect(branch.previous.bytes == forks.previousHash.bytes)
            let first = try branch.verify(in: group, key: key)
            #expect(first.bytes == vector.firstHash.bytes)
            #expect(VectorWorld.replicaHex(ReplicaID(branchOf: branch.origin, from: first)) == vector.name)
            names.insert(vector.name)
        }
        #expect(names.count == forks.branches.count && names.count == 2)
        for vector in forks.refused {
            let code = refusal { _ = try LogBranch(bytes: vector.branch.bytes).verify(in: group, key: key) }
            #expect(code?.rawValue == vector.expected, "\(vector.why)")
        }
    }
}
