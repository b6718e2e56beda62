import Causality
import Foundation
import Vault

@testable import ChangeLog

extension VectorWorld {
    static func clocks() throws -> Vector.Clocks {
        let plain: [[VersionVector.Entry]] = [
            [], [.init(ReplicaID(1), 1)],
            [.init(ReplicaID(0), 127), .init(ReplicaID(0xA1), 128), .init(ReplicaID(.max), .max)]
        ]
        let tagged: [[TaggedClockEntry]] = [
            [], [TaggedClockEntry(ReplicaID(1), 300, tag: 0x0102_0304)],
            [TaggedClockEntry(ReplicaID(2), 1, tag: 0), TaggedClockEntry(ReplicaID(.max), 2_097_152, tag: .max)]
        ]
        let dots: [[Dot]] = [[Dot(ReplicaID(1), 1), Dot(ReplicaID(1), 2), Dot(ReplicaID(2), 1)]]
        return Vector.Clocks(
            packed: plain.map { entries in
                packed("clock", entries.map { entry($0.replica, $0.sequence) }) {
                    $0.packedClock(VersionVector(entries))
                }
            }
                + tagged.map { entries in
                    packed("tagged clock", entries.map { entry($0.replica, $0.sequence, $0.tag) }) {
                        $0.packedClock(entries)
                    }
                }
                + dots.map { dots in packed("dots", dots.map { entry($0.replica, $0.sequence) }) { $0.packedDots(dots) }
                },
            refused: try [
                ("entries out of order", "000000000000000201000000000000000101"),
                ("an entry repeated", "000000000000000101000000000000000101"), ("a number of 0", "000000000000000100"),
                ("cut off inside a replica", "00000000000000"), ("cut off before the number", "0000000000000001"),
                ("a number of more than 64 bits", "0000000000000001ffffffffffffffffff7f")
            ].map { Vector.Clocks.Refused(why: $0.0, packed: Hex(try hexadecimal($0.1))) },
            digests: [[], [try head(2, 5, 0xBB)], [try head(2, 5, 0xBB), try head(1, 9, 0xAA)]].map(digest),
            timestamps: [
                (0, 0), (1, 2), (1_700_000_000_123, 7), (HybridTimestamp.millisecondsMax, .max)
            ].map { (milliseconds: Int64, counter: UInt16) in
                .init(
                    milliseconds: Wide(UInt64(milliseconds)), counter: Int(counter),
                    value: Wide(HybridTimestamp(milliseconds: milliseconds, counter: counter).rawValue))
            })
    }

    static func replicaHex(_ replica: ReplicaID) -> Hex {
        Hex(withUnsafeBytes(of: replica.rawValue.bigEndian) { Array($0) })
    }

    private static func entry(_ replica: ReplicaID, _ sequence: UInt64, _ tag: UInt32? = nil) -> Vector.Clocks.Entry {
        let tag = tag.map { tag in Hex(withUnsafeBytes(of: tag.bigEndian) { Array($0) }) }
        return .init(replica: replicaHex(replica), sequence: Wide(sequence), tag: tag)
    }

    private static func packed(
        _ form: String, _ entries: [Vector.Clocks.Entry], _ write: (inout ByteWriter) -> Void
    ) -> Vector.Clocks.Packed {
        var writer = ByteWriter()
        write(&writer)
        return .init(form: form, entries: entries, packed: Hex(writer.bytes))
    }

    private static func head(_ replica: UInt64, _ sequence: UInt64, _ byte: UInt8) throws -> LogHead {
        guard let hash = ChangeSetHash(bytes: secret(byte)) else { throw ProtobufTwin.Unreadable() }
        return LogHead(ReplicaID(replica), sequence, hash)
    }

    private static func digest(_ heads: [LogHead]) -> Vector.Clocks.DigestOfClock {
        var hashed = ByteWriter()
        hashed.fixed64(UInt64(heads.count))
        for head in heads.sorted(by: { $0.replica < $1.replica }) {
            hashed.fixed64(head.replica.rawValue)
            hashed.fixed64(head.sequence)
            hashed.raw(head.hash.bytes)
        }
        return .init(
            heads: heads.map {
                .init(replica: replicaHex($0.replica), sequence: Wide($0.sequence), hash: Hex($0.hash.bytes))
            },
            hashed: Hex(hashed.bytes), digest: Hex(ClockDigest.digest(of: heads).bytes),
            sealed: Hex(ClockDigest.sealedBytes(of: heads)))
    }

    static func hexadecimal(_ text: String) throws -> [UInt8] {
        guard let bytes = Hexadecimal.bytes(of: text) else { throw ProtobufTwin.Unreadable() }
        return bytes
    }
}
