import Causality
import Testing

@Suite("Replica ids, dots and log heads")
struct NameTests {
    @Test("A replica id comes back from its sixteen digits", arguments: [UInt64(0), 1, 0x0123_4567_89AB_CDEF, .max])
    func replicaText(value: UInt64) {
        let replica = ReplicaID(value)
        #expect(replica.description.utf8.count == 16)
        #expect(ReplicaID(hexadecimal: replica.description) == replica)
    }

    @Test(
        "Text that is not sixteen digits is no replica id",
        arguments: [
            "", "1", "000000000000000g", "00000000000000001", "+00000000000000f", "-000000000000000", " 00000000000000f",
            "00000000000000é",
        ])
    func badReplicaText(text: String) {
        #expect(ReplicaID(hexadecimal: text) == nil)
    }

    @Test("Replica ids ascend by their number without sign")
    func replicaOrder() {
        #expect(ReplicaID(1) < ReplicaID(1 << 63))
        #expect(!(ReplicaID(1) < ReplicaID(1)))
    }

    @Test("Dots ascend by replica, then by sequence")
    func dotOrder() {
        let dots = [Dot(ReplicaID(2), 1), Dot(ReplicaID(1), 9), Dot(ReplicaID(1), 2)]
        #expect(dots.sorted() == [Dot(ReplicaID(1), 2), Dot(ReplicaID(1), 9), Dot(ReplicaID(2), 1)])
        #expect(Dot(ReplicaID(1), 9).description == "0000000000000001:9")
    }

    @Test("A log head names its last change set, and that of an empty log is number 0 with the zero hash")
    func logHeads() {
        let hash = ChangeSetHash(words: (1, 2, 3, 4))
        #expect(LogHead(ReplicaID(5), 6, hash).dot == Dot(ReplicaID(5), 6))
        #expect(LogHead(empty: ReplicaID(5)) == LogHead(ReplicaID(5), 0, .zero))
    }
}
