import Causality
import Foundation
import InboxModel
import SwiftProtobuf
import Vault
import WireProtocol

@testable import ChangeLog

/// The group that all vectors are of. Every secret in it is public: 32 bytes of one value.
enum VectorWorld {
    static let replica = ReplicaID(0xA1A2_A3A4_A5A6_A7A8)
    static let names = ["towson", "laptop"]

    static func secret(_ byte: UInt8) -> [UInt8] { [UInt8](repeating: byte, count: 32) }

    static func signing(_ member: Int) throws -> SigningKeyPair {
        try SigningKeyPair(seed: secret(UInt8(0x11 + member)))
    }

    static func epoch(_ number: Int) throws -> EpochKey {
        try secret(UInt8(0xE0 + number)).withUnsafeBytes { try EpochKey(copying: $0) }
    }

    static func contentKey() throws -> ContentKey { try secret(0xC0).withUnsafeBytes { try ContentKey(copying: $0) } }

    static func member(_ number: Int) throws -> Suture_V1_Member {
        let signing = try signing(number)
        let box = try BoxKeyPair(secret: secret(UInt8(0x21 + number)))
        let curve = try CurveKeyPair(secret: secret(UInt8(0x31 + number)))
        return .with {
            $0.signingKey = Data(signing.publicKey.bytes)
            $0.boxKey = Data(box.publicKey.bytes)
            $0.curveKey = Data(curve.publicKey.bytes)
            $0.name = names[number]
            $0.kind = UInt32(number)
            $0.office = ProtobufTwin.data(OfficeID(high: 0x0190_0000_0000_0001, low: 1))
            $0.endpoint = number == 0 ? "tcp://towson.example:7400" : ""
            $0.administrator = number == 0
        }
    }

    static func memberID(_ number: Int) throws -> MemberID { MemberID(signingKey: try signing(number).publicKey) }

    static func genesis() throws -> [UInt8] {
        let message = try Suture_V1_Genesis.with {
            $0.groupName = "Example Oral Surgery"
            $0.nonce = Data([UInt8](repeating: 0x99, count: 16))
            $0.administrators = [try member(0)]
            $0.epoch = Data(try epoch(0).id.digest.bytes)
        }
        return try message.serializedBytes()
    }

    static func group() throws -> GroupID { GroupID(genesis: try genesis()) }

    static func keys() throws -> Vector.Keys {
        let labels = [
            LogDomain.genesis, LogDomain.member, LogDomain.epoch, LogDomain.changeSet, LogDomain.changeSetSignature,
            LogDomain.changesDigest, LogDomain.rosterDigest, LogDomain.contentDigest, LogDomain.changesSeal,
            LogDomain.contentSeal, LogDomain.contentNonce, LogDomain.clock, LogDomain.join,
            LogDomain.joinCommitment, LogDomain.joinCode, LogDomain.invitation, LogDomain.branch, LogDomain.sealedLogs
        ]
        let members = try names.indices.map { number in
            let message = try member(number)
            return Vector.Keys.Member(
                name: names[number], signingSeed: Hex(secret(UInt8(0x11 + number))),
                signingKey: Hex(message.signingKey),
                memberID: Hex(try memberID(number).digest.bytes), boxSecret: Hex(secret(UInt8(0x21 + number))),
                boxKey: Hex(message.boxKey), curveSecret: Hex(secret(UInt8(0x31 + number))),
                curveKey: Hex(message.curveKey),
                curveKeyZ85: try CurvePublicKey(copying: [UInt8](message.curveKey)).z85,
                record: Hex(try message.serializedBytes() as [UInt8]))
        }
        return Vector.Keys(
            labels: labels.map {
                .init(label: $0.description, encoded: Hex($0.bytes), hashOfNothing: Hex(Digest.hash($0, []).bytes))
            },
            members: members, genesis: Hex(try genesis()), groupID: Hex(try group().digest.bytes),
            epochs: try [0, 1].map {
                let key = try epoch($0)
                return .init(key: Hex(secret(UInt8(0xE0 + $0))), epochID: Hex(key.id.digest.bytes))
            }, contentKey: Hex(try contentKey().bytes))
    }
}

/// Gives out nonces that a stranger can write down: each byte one more than the byte before, each nonce from a new start.
final class CountingSource: RandomSource {
    // Confined to the one test that seals the chain.
    nonisolated(unsafe) private var next: UInt8 = 0

    func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        for index in buffer.indices { buffer[index] = next &+ UInt8(truncatingIfNeeded: index) }
        next &+= 0x20
    }
}
