import InboxModel
import Testing

@testable import ReplicaStore

@Suite("Short codes")
struct ShortCodeTests {
    @Test(
        "Four characters of Crockford's base 32 spell the last 20 bits",
        arguments: [(UInt64(0), "0000"), (31, "000Z"), (32, "0010"), (0xFFFFF, "ZZZZ"), (0xABC_0000_0001, "0001"), (0x12345, "28T5")])
    func suffix(low: UInt64, text: String) {
        #expect(ShortCode.suffix(of: ThreadID(high: 9, low: low)) == text)
        #expect(ShortCode.number(of: text) == Int64(low & 0xFFFFF))
    }

    @Test("The office's key stands before it")
    func text() {
        let thread = ThreadID(high: 1, low: 0x12345)
        #expect(ShortCode.text(of: thread, officeKey: "towson") == "TOW-28T5")
        #expect(ShortCode.text(of: thread, officeKey: "") == "28T5")
    }

    @Test("People may write a code in either case, without the office, and with letters that look like digits")
    func lenient() {
        #expect(ShortCode.number(of: "tow-28t5") == 0x12345)
        #expect(ShortCode.number(of: "28T5") == 0x12345)
        #expect(ShortCode.number(of: "TOW-OIL0") == ShortCode.number(of: "0110"))
    }

    @Test("What is no code is refused", arguments: ["", "-", "TOW-", "TOW", "28T", "28T55", "TOW-28U5", "28é5", "TOW-28T5-"])
    func refused(text: String) {
        #expect(ShortCode.number(of: text) == nil)
    }

    @Test("A lookup gives every thread that the code fits and no other")
    func lookup() throws {
        let store = try ReplicaStore(.memory)
        let ids = [
            ThreadID(high: 1, low: 0x12345), ThreadID(high: 2, low: 0x7_0001_2345), ThreadID(high: 3, low: 0x22345),
            ThreadID(high: 4, low: 0x12346),
        ]
        for (index, id) in ids.enumerated() { try store.receive(SimpleHistory(replica: UInt64(index) + 1, thread: id).sets) }
        #expect(try store.reader.threads(matching: "TOW-28T5").map(\.id) == [ids[0], ids[1]])
        #expect(try store.reader.threads(matching: "28t6").map(\.id) == [ids[3]])
        #expect(try store.reader.threads(matching: "ZZZZ").isEmpty)
        #expect(try store.reader.threads(matching: "nonsense").isEmpty)
    }
}
