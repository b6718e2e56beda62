import Causality
import InboxModel
import Testing

@Suite("Entity ids")
struct EntityIDTests {
    @Test("An id comes back from its digits and from its bytes", arguments: UInt64(0)..<20)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let id = ThreadID(high: random.next(), low: random.next())
        #expect(id.description.utf8.count == 32, "seed \(seed)")
        #expect(ThreadID(hexadecimal: id.description) == id, "seed \(seed)")
        #expect(try ThreadID(canonicalBytes: id.canonicalBytes) == id, "seed \(seed)")
    }

    @Test(
        "Text that is not thirty-two digits is no id",
        arguments: [
            "", "1", "0000000000000000000000000000000g", "+0000000000000000000000000000000",
            "0000000000000000+000000000000000", "0000000000000000-000000000000000", "000000000000000000000000000000000",
        ])
    func badText(text: String) {
        #expect(ThreadID(hexadecimal: text) == nil)
    }

    @Test("Ids made later are greater, whatever their random bits")
    func timeOrder() {
        let early = ThreadID(milliseconds: 1000, entropy: (.max, .max))
        let late = ThreadID(milliseconds: 1001, entropy: (0, 0))
        #expect(early < late)
        #expect(early.high >> 16 == 1000)
        #expect(early != ThreadID(milliseconds: 1000, entropy: (.max, 0)))
        #expect(early != ThreadID(milliseconds: 1000, entropy: (0, .max)))
    }
}
