import Causality
import Foundation
import InboxModel
import SwiftProtobuf
import Vault
import WireProtocol

@testable import ChangeLog

extension VectorWorld {
    private static let singleUseSecret = secret(0x51)

    static func grant(_ number: Int) throws -> Suture_V1_EpochGrant {
        let box = try BoxKeyPair(secret: secret(UInt8(0x21 + number)))
        let sealed = try box.publicKey.seal(secret(0xE0), random: CountingSource())
        return try .with {
            $0.epoch = Data(try epoch(0).id.digest.bytes)
            $0.member = Data(try memberID(number).digest.bytes)
            $0.sealedKey = Data(sealed)
        }
    }

    /// What the first change set of the founding replica carries, and the admission of a second member.
    private static func rosterMessage() throws -> Suture_V1_RosterChanges {
        let genesis = Data(try genesis())
        let started = Suture_V1_ReplicaStarted.with {
            $0.replica = replica.rawValue
            $0.member = (try? Data(memberID(0).digest.bytes)) ?? Data()
        }
        let (founder, laptop, admitted) = try (grant(0), grant(1), member(1))
        return .with {
            $0.changes = [
                .with { $0.genesis = genesis }, .with { $0.replicaStarted = started },
                .with { $0.epochGranted = founder },
                .with { $0.admitted = admitted }, .with { $0.epochGranted = laptop }
            ]
        }
    }

    static func rosterChanges() throws -> [UInt8] { try rosterMessage().serializedBytes() }

    static func endpointChange() throws -> [UInt8] {
        let member = Data(try memberID(0).digest.bytes)
        return try Suture_V1_RosterChanges.with {
            $0.changes = [
                .with {
                    $0.endpointChanged.member = member
                    $0.endpointChanged.endpoint = "tcp://towson.example:7401"
                }
            ]
        }.serializedBytes()
    }

    static func membership() throws -> Vector.Membership {
        let record: [UInt8] = try member(1).serializedBytes()
        let digest = Digest.hash(LogDomain.join, record)
        let signature = try signing(1).sign(LogDomain.join, digest)
        let code = try codeVector(record)
        let join = Suture_V1_Frame.with {
            $0.join.member = Data(record)
            $0.join.signature = Data(signature.bytes)
            $0.join.commitment = Data(code.commitment.bytes)
        }
        let (genesis, grant, inviter) = try (genesis(), grant(1), member(0))
        let (grantBytes, inviterBytes): ([UInt8], [UInt8]) = try (grant.serializedBytes(), inviter.serializedBytes())
        let welcome = Suture_V1_Frame.with {
            $0.welcome.genesis = Data(genesis)
            $0.welcome.grant = Data(grantBytes)
            $0.welcome.inviter = Data(inviterBytes)
        }
        return try Vector.Membership(
            grant: .init(
                epochKey: Hex(secret(0xE0)), boxSecret: Hex(secret(0x22)), sealedKey: Hex(grant.sealedKey),
                record: Hex(grantBytes)),
            join: .init(
                member: Hex(record), digest: Hex(digest.bytes), signature: Hex(signature.bytes),
                frame: Hex(join.serializedBytes() as [UInt8])),
            code: code, welcome: Hex(welcome.serializedBytes() as [UInt8]), invitation: invitation(inviter),
            rosterChanges: Hex(rosterChanges()), rosterChangesJSON: JSONTree(rosterMessage().jsonString()),
            frames: frames())
    }

    /// The numbers of both sides, and what follows from them.
    private static func codeVector(_ record: [UInt8]) throws -> Vector.Membership.Code {
        let (device, inviter) = (secret(0x61), secret(0x62))
        let (group, key) = try (group(), CurvePublicKey(copying: [UInt8](member(0).curveKey)))
        let commitment = JoinCode.commitment(group: group, member: record, inviter: key, deviceNonce: device)
        let code = JoinCode(group: group, member: record, inviter: key, deviceNonce: device, inviterNonce: inviter)
        let challenge = Suture_V1_Frame.with { $0.joinChallenge.nonce = Data(inviter) }
        let reveal = Suture_V1_Frame.with { $0.joinReveal.nonce = Data(device) }
        let waiting = Suture_V1_Frame.with { $0.joinWaiting = Suture_V1_JoinWaiting() }
        return try .init(
            group: Hex(group.digest.bytes), member: Hex(record), inviter: Hex(key.bytes), deviceNonce: Hex(device),
            inviterNonce: Hex(inviter), commitment: Hex(commitment.bytes), digits: code.digits,
            challenge: Hex(challenge.serializedBytes() as [UInt8]), reveal: Hex(reveal.serializedBytes() as [UInt8]),
            waiting: Hex(waiting.serializedBytes() as [UInt8]))
    }

    private static func invitation(_ inviter: Suture_V1_Member) throws -> Vector.Membership.Invitation {
        let group = try group()
        let message = Suture_V1_Invitation.with {
            $0.version = 2
            $0.group = Data(group.digest.bytes)
            $0.endpoint = inviter.endpoint
            $0.inviter = inviter.curveKey
            $0.secret = Data(singleUseSecret)
            $0.kind = 1
            $0.office = inviter.office
            $0.expires = 1_700_086_400_000
            $0.groupName = "Example Oral Surgery"
        }
        let bytes: [UInt8] = try message.serializedBytes()
        let check = Digest.hash(LogDomain.invitation, bytes).bytes.prefix(8)
        let base64 = Data(bytes + check).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
        return try .init(
            text: "suture-join-" + base64, message: Hex(bytes), json: JSONTree(message.jsonString()),
            singleUseSecret: Hex(singleUseSecret),
            singleUseKey: Hex(CurveKeyPair(secret: singleUseSecret).publicKey.bytes))
    }

    private static func frames() throws -> [Vector.Membership.Frame] {
        let log = try VectorLog()
        let heads = [LogHead(ReplicaID(0x0102), 9, log.head(at: 1).hash), log.head(at: 6)]
        let digest = Data(ClockDigest.digest(of: heads).bytes)
        let sealed = ClockDigest.sealedBytes(of: heads.prefix(1))
        let (group, member) = (Data(log.group.digest.bytes), Data(try memberID(0).digest.bytes))
        let messages = heads.map { head in
            Suture_V1_Head.with {
                $0.replica = head.replica.rawValue
                $0.sequence = head.sequence
                $0.tag = head.hash.tag
            }
        }
        let kinds: [(String, (inout Suture_V1_Frame) -> Void)] = [
            (
                "HELLO",
                {
                    $0.hello = .with {
                        $0.version = 1
                        $0.group = group
                        $0.member = member
                        $0.replica = replica.rawValue
                        $0.digest = digest
                        $0.capabilities = 1
                    }
                }
            ),
            ("SAME", { $0.same.digest = digest }),
            (
                "CLOCK",
                {
                    $0.clock.heads = messages
                    $0.clock.full = true
                }
            ),
            (
                "HELLO with sealed logs",
                {
                    $0.hello = .with {
                        $0.version = 1
                        $0.group = group
                        $0.member = member
                        $0.replica = replica.rawValue
                        $0.digest = digest
                        $0.sealed = sealed.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
                    }
                }
            ),
            (
                "CLOCK without sealed logs",
                {
                    $0.clock.heads = Array(messages.dropFirst())
                    $0.clock.full = true
                    $0.clock.sealed = Data(sealed)
                }
            ),
            (
                "WANT",
                {
                    $0.want.ranges = [
                        .with {
                            $0.replica = replica.rawValue
                            $0.first = 3
                            $0.last = 6
                        }
                    ]
                    $0.want.credit = 8_388_608
                }
            ),
            ("CREDIT", { $0.credit.bytes = 157_068 }), ("DONE", { $0.done = Suture_V1_Done() }),
            ("BUSY", { $0.busy.retryAfterMilliseconds = 1000 }),
            (
                "REFUSED",
                {
                    $0.refused.reason = .runInvalid
                    $0.refused.detail = "a1a2a3a4a5a6a7a8:3"
                }
            ),
            ("HEADS", { $0.heads.heads = [messages[1]] }),
            (
                "PARTIAL",
                {
                    $0.partial.ranges = [
                        .with {
                            $0.replica = replica.rawValue
                            $0.first = 3
                            $0.last = 6
                        }
                    ]
                }
            ),
            ("FETCH", { $0.fetch.places = [place(3, 0), place(3, 2)] }),
            (
                "CONTENTS",
                {
                    $0.contents.contents = [
                        .with {
                            $0.place = place(3, 0)
                            $0.sealed = Data((0..<20).map { UInt8($0) })
                        },
                        .with { $0.place = place(3, 2) },
                    ]
                }
            ),
        ]
        return try kinds.map { name, fill in
            let frame = Suture_V1_Frame.with { fill(&$0) }
            return try .init(
                kind: name, bytes: Hex(frame.serializedBytes() as [UInt8]), json: JSONTree(frame.jsonString()))
        }
    }

    private static func place(_ sequence: UInt64, _ content: UInt32) -> Suture_V1_ContentPlace {
        .with {
            $0.replica = replica.rawValue
            $0.sequence = sequence
            $0.content = content
        }
    }
}
