import Testing
import Vault

@Suite struct NonceTests {
    @Test("A nonce gives back its bytes")
    func bytesBack() throws {
        let source = [UInt8](1...24)
        #expect(try Nonce(copying: source).bytes == source)
        #expect(try source.withUnsafeBytes { try Nonce(copying: $0) }.bytes == source)
        #expect(Nonce(bytes: source)?.description == "0102030405060708090a0b0c0d0e0f101112131415161718")
    }

    @Test("A random nonce is the next 24 bytes of the source")
    func random() { #expect(Nonce(random: seeded()).bytes == seeded().bytes(24)) }

    @Test("A nonce of another length than 24 is refused", arguments: [0, 12, 23, 25, 32])
    func wrongLength(count: Int) {
        let source = [UInt8](repeating: 1, count: count)
        #expect(message { try Nonce(copying: source) } == "a nonce must be 24 bytes, found \(count)")
        #expect(Nonce(bytes: source) == nil)
    }

    @Test("Nonces are equal only if every byte is", arguments: 0..<24)
    func equality(position: Int) throws {
        let source = seeded().bytes(24)
        var other = source
        other[position] ^= 1
        #expect(try Set([Nonce(copying: source), Nonce(copying: source), Nonce(copying: other)]).count == 2)
    }
}
