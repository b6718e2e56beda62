import Testing
import Vault

@Suite struct DigestTests {
    @Test("A digest gives back its bytes, and hexadecimal text of them")
    func bytesBack() throws {
        let digest = try Digest(copying: [UInt8](0..<32))
        #expect(digest.bytes == [UInt8](0..<32))
        #expect(digest.description == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
        #expect(digest.withUnsafeBytes { Array($0) } == [UInt8](0..<32))
        #expect(Digest(bytes: [UInt8](0..<32)) == digest)
    }

    @Test("The prefix is the first four bytes, high byte first")
    func prefix() throws {
        #expect(try Digest(copying: bytes(hex: "deadbeef") + [UInt8](repeating: 9, count: 28)).prefix32 == 0xdead_beef)
    }

    @Test("A digest of another length than 32 is refused", arguments: [0, 1, 31, 33, 64])
    func wrongLength(count: Int) {
        let source = [UInt8](repeating: 1, count: count)
        #expect(code { try Digest(copying: source) } == .wrongLength)
        #expect(message { try Digest(copying: source) } == "a digest must be 32 bytes, found \(count)")
        #expect(code { try source.withUnsafeBytes { try Digest(copying: $0) } } == .wrongLength)
        #expect(Digest(bytes: source) == nil)
    }

    @Test("A digest can be copied from an unaligned place")
    func unaligned() throws {
        let source = [UInt8](0..<40)
        let digest = try source.withUnsafeBytes { try Digest(copying: UnsafeRawBufferPointer(rebasing: $0[3..<35])) }
        #expect(digest.bytes == [UInt8](3..<35))
    }

    @Test("The order is that of the bytes, whichever byte differs first", arguments: 0..<32)
    func order(position: Int) throws {
        var low = [UInt8](repeating: 0x80, count: 32)
        var high = low
        low[position] = 0x7f
        high[position] = 0x81
        // What comes after the first difference must not matter.
        for later in (position + 1)..<max(32, position + 1) {
            low[later] = 0xff
            high[later] = 0
        }
        let (smaller, larger) = (try Digest(copying: low), try Digest(copying: high))
        #expect(smaller < larger)
        #expect(!(larger < smaller))
        #expect(smaller != larger)
        #expect(!(smaller < smaller))
    }

    @Test("Equal digests hash alike and any changed byte makes them differ", arguments: 0..<32)
    func equality(position: Int) throws {
        let source = seeded().bytes(32)
        var other = source
        other[position] ^= 1
        let set: Set = [try Digest(copying: source), try Digest(copying: source), try Digest(copying: other)]
        #expect(set.count == 2)
    }

    @Test("Zero is 32 zero bytes")
    func zero() { #expect(Digest.zero.bytes == [UInt8](repeating: 0, count: 32)) }

    @Test("A digest takes 32 bytes and no reference")
    func layout() {
        #expect(MemoryLayout<Digest>.size == 32)
        #expect(MemoryLayout<Nonce>.size == 24)
        #expect(MemoryLayout<Signature>.size == 64)
        #expect(MemoryLayout<SigningPublicKey>.size == 32)
    }
}
