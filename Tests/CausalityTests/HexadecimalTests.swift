import Causality
import Testing

@Suite("Hexadecimal")
struct HexadecimalTests {
    @Test(
        "Numbers have sixteen digits",
        arguments: [(UInt64(0), "0000000000000000"), (0xAB, "00000000000000ab"), (.max, "ffffffffffffffff")])
    func numbers(value: UInt64, text: String) {
        #expect(Hexadecimal.string(of: value) == text)
        #expect(Hexadecimal.value(of: text) == value)
        #expect(Hexadecimal.value(of: "0" + text) == nil)
    }

    @Test("Fewer digits are a number too, no digits, a sign and another letter are none")
    func shortNumbers() {
        #expect(Hexadecimal.value(of: "fF") == 255)
        for text in ["", "+1", "-0", " 1", "g", "é"] { #expect(Hexadecimal.value(of: text) == nil, "\(text)") }
    }

    @Test("Bytes come back from their digits", arguments: UInt64(0)..<50)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<Int(seed)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let text = Hexadecimal.string(of: bytes)
        #expect(text.utf8.count == 2 * bytes.count, "seed \(seed)")
        #expect(Hexadecimal.bytes(of: text) == bytes, "seed \(seed)")
        #expect(Hexadecimal.bytes(of: text.uppercased()) == bytes, "seed \(seed)")
    }

    @Test(
        "An odd number of digits, a sign, a blank or another letter is no bytes",
        arguments: ["a", "abc", "+a", "-0", "0x", " a", "ga", "é"])
    func refused(text: String) {
        #expect(Hexadecimal.bytes(of: text) == nil)
    }
}
