import Testing
import Vault

@Suite struct BoxTests {
    let content = Array("an epoch key!".utf8)

    @Test("A box that libsodium's crypto_box_seal made opens")
    func libsodiumBox() throws {
        let pair = try BoxKeyPair(secret: bytes(hex: "3d94eea49c580aef816935762be049559d6d1440dede12e6a125f1841fff8e6f"))
        #expect(pair.publicKey.description == "4701d08488451f545a409fb58ae3e58581ca40ac3f7f114698cd71deac73ca01")
        let box = bytes(
            hex: """
                3b307b50fcefe51c640e1a6a5cb187b160a1a8c317be1854959a8e8276924206
                d21b05252caa2235082f98da0284aed95e1adaa63ba0fd3be5d265935d
                """)
        #expect(try pair.open(box) == content)
    }

    // `open` is libsodium's crypto_box_seal_open, so this also shows that what we seal, libsodium opens.
    @Test("What was sealed opens, at any length", arguments: [0, 1, 32, 1000])
    func roundTrip(count: Int) throws {
        let random = seeded()
        let pair = try BoxKeyPair(random: random)
        let content = random.bytes(count)
        let box = try pair.publicKey.seal(content, random: random)
        #expect(box.count == count + BoxPublicKey.overhead)
        #expect(try pair.open(box) == content)
        let stored = try BoxKeyPair(secret: pair.withSecret { Array($0) })
        #expect(try stored.open(box) == content)
    }

    @Test("Boxes follow from the random source: alike from the same, different from another")
    func deterministic() throws {
        let key = try BoxKeyPair(random: seeded()).publicKey
        let first = try key.seal(content, random: seeded("a"))
        #expect(try key.seal(content, random: seeded("a")) == first)
        let second = try key.seal(content, random: seeded("b"))
        #expect(second.prefix(32) != first.prefix(32))
        #expect(second.suffix(29) != first.suffix(29))
    }

    @Test("A flipped bit anywhere in a box is noticed")
    func flippedBit() throws {
        let pair = try BoxKeyPair(random: seeded())
        let box = try pair.publicKey.seal(content, random: seeded())
        for position in box.indices {
            var altered = box
            altered[position] ^= 1 << (position % 7)
            #expect(code { try pair.open(altered) } == .authenticationFailed, "byte \(position)")
        }
    }

    @Test("Another member's pair does not open it")
    func otherPair() throws {
        let random = seeded()
        let first = try BoxKeyPair(random: random)
        let second = try BoxKeyPair(random: random)
        let box = try first.publicKey.seal(content, random: random)
        #expect(code { try second.open(box) } == .authenticationFailed)
    }

    @Test("A box shorter than its overhead is refused by its length", arguments: [0, 1, 32, 47])
    func tooShort(count: Int) throws {
        let pair = try BoxKeyPair(random: seeded())
        #expect(code { try pair.open([UInt8](repeating: 0, count: count)) } == .wrongLength)
    }

    @Test("Sealing to a key of small order is refused", arguments: [0, 1] as [UInt8])
    func weakKey(first: UInt8) throws {
        let key = try BoxPublicKey(copying: [first] + [UInt8](repeating: 0, count: 31))
        #expect(code { try key.seal(content, random: seeded()) } == .weakKey)
    }

    @Test("Keys of another length are refused", arguments: [0, 31, 33])
    func wrongLength(count: Int) {
        let source = [UInt8](repeating: 1, count: count)
        #expect(code { try BoxKeyPair(secret: source) } == .wrongLength)
        let expected = count == 0 ? "a secret must be" : "the secret of a box key pair must be"
        #expect(message { try BoxKeyPair(secret: source) }?.hasPrefix(expected) == true)
        #expect(code { try BoxPublicKey(copying: source) } == .wrongLength)
        #expect(BoxPublicKey(bytes: source) == nil)
    }
}
